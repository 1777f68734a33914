/** The PostgreSQL of a run: the one DATABASE_URL names, or a built-in one on a temporary folder. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../server/db/embedded-postgres.ts'

/** Opens it. Takes DATABASE_URL out of the environment: servers of the run get their settings from the run alone. */
export async function openPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const { DATABASE_URL } = process.env
  delete process.env.DATABASE_URL
  if (DATABASE_URL) return { url: DATABASE_URL, stop: async () => {} }
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-test-'))
  await chmod(dataDir, 0o755)
  const embedded = await startEmbeddedPostgres({ dataDir, log: () => {}, temporary: true })
  return {
    url: embedded.connectionString,
    stop: async () => {
      await embedded.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
