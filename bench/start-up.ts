/** How long a start takes on a database that is there already, and how much memory a server keeps that nobody asks. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchDatabase } from './database.ts'
import { memoryOf } from './processor-time.ts'
import { type OurServer, startOurs } from './servers.ts'
import { median } from './statistics.ts'

/** From `node server/main.ts` to the first 200 of `/health/ready`, and the memory some seconds later. */
export type StartUp = { startMs: number | undefined; idleMiB: number | undefined }

const STARTS = 3
const IDLE_MS = 3_000

/** Measures it; with the built-in database, its start is part of ours, so the bench must have stopped it. */
export async function measureStartUp({ dataDir, url, isBuiltIn }: BenchDatabase): Promise<StartUp> {
  const settings = { DATA_DIR: dataDir, ...(isBuiltIn ? {} : { DATABASE_URL: url }) }
  const starts: number[] = []
  let idleMiB: number | undefined
  for (let start = 0; start < STARTS; start += 1) {
    const server: OurServer = await startOurs(settings)
    starts.push(server.startMs)
    await sleep(IDLE_MS)
    idleMiB = memoryOf(server.pid)
    await server.stop()
  }
  return { startMs: median(starts), idleMiB }
}
