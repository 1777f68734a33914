/** Files in DATA_DIR that the server makes for itself at its first start: keys and certificates. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../base/start-error.ts'
import { inWords } from '../db/embedded-postgres-error.ts'
import { openFolder } from '../db/postgres-place.ts'
import { acquireLock } from '../db/process-lock.ts'

const WAIT_LIMIT_MS = 10_000

/** What a file holds; undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw inWords(error)
  }
}

/**
 * Makes files in a folder of DATA_DIR while no other server process does: two that start at once would each make
 * a key, and one of them would go on with a key that is no longer on the disk. `work` looks again before it makes.
 *
 * @throws EmbeddedPostgresError in words when the folder cannot be written
 */
export async function whileAlone<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  try {
    const path = join(await openFolder(dataDir), 'generating.pid')
    const lock = await waitForLock(path)
    try {
      return await work()
    } finally {
      lock.release()
    }
  } catch (error) {
    throw inWords(error)
  }
}

async function waitForLock(path: string): Promise<{ release: () => void }> {
  const began = performance.now()
  for (;;) {
    const lock = await acquireLock(path)
    if ('release' in lock) return lock
    if (performance.now() - began > WAIT_LIMIT_MS) {
      throw new StartError(`Process ${lock.heldBy} has been making the keys in this folder for too long (${path}).`)
    }
    await sleep(50)
  }
}
