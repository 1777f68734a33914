/** Runs commands as an operator does: in processes of their own, on the database of a server under test. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { TEST_KEY, type TestServer } from '../../test/harness.ts'

const SCRIPT = join(import.meta.dirname, 'tenantry.ts')

/** What a command left behind. */
export type Ran = { code: number; out: string; error: string }

/** Makes the runners. */
export function commands({ server }: Pick<TestServer, 'server'>) {
  const settings = {
    DATABASE_URL: server.config.databaseUrl ?? '',
    ENCRYPTION_KEY: TEST_KEY.toString('base64'),
    LOG_LEVEL: 'error',
  }

  function run(words: string[], more: Record<string, string> = {}): Promise<Ran> {
    return new Promise((resolve) => {
      const env = { PATH: process.env.PATH ?? '', ...settings, ...more }
      execFile(process.execPath, [SCRIPT, ...words], { env }, (failed, out, error) => {
        resolve({ code: Number(failed?.code ?? 0), out, error })
      })
    })
  }

  return {
    /** Runs one. @param more settings of its own */
    run,
    /** Runs one with `--json`, and reads what it says. */
    async asJson(words: string[], more: Record<string, string> = {}) {
      const { code, out, error } = await run([...words, '--json'], more)
      assert.equal(error, '')
      return { code, facts: JSON.parse(out) }
    },
  }
}
