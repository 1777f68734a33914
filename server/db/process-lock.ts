/**
 * A lock file that says which process holds it: process id and the moment that process started, so that an id
 * which the system gave to another program later does not count. A lock outlives a killed process; the next
 * one takes it over, and of several that try at once exactly one gets it.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A lock we hold. Releasing is synchronous, so that it works while the process ends, and may be repeated. */
export type Lock = { release: () => void }

/**
 * Takes the lock, or says which process has it.
 *
 * @returns the lock, or the id of the living process that holds it
 */
export async function acquireLock(path: string): Promise<Lock | { heldBy: number }> {
  const text = await describe(process.pid)
  const heldBy = await take(path, text)
  return heldBy === undefined ? { release: () => release(path, text) } : { heldBy }
}

/** The id of the living process that holds the lock, without taking it; undefined when nobody does. */
export async function lockHolder(path: string): Promise<number | undefined> {
  const [pid, started] = ((await readIfThere(path)) ?? '').split('\n')
  return (await isAlive(Number(pid), started)) ? Number(pid) : undefined
}

/**
 * Whether a process lives. One that has ended and only waits for its parent to notice does not.
 *
 * @param started as `processStart` gave it; empty if only the id is known
 */
export async function isAlive(pid: number, started = ''): Promise<boolean> {
  // Zero and negative ids mean groups of processes to the system, our own among them.
  if (!(Number.isSafeInteger(pid) && pid > 0)) return false
  const stat = await readStat(pid)
  if (stat) return !stat.ended && (started === '' || started === stat.started)
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function take(path: string, text: string): Promise<number | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    if (await createWhole(path, text)) return undefined
    const found = await readIfThere(path)
    if (found === undefined) continue
    if (found === '' && attempt === 1) {
      // Without hard links a lock is empty for a moment while it is being written.
      await sleep(50)
      continue
    }
    const [pid, started] = found.split('\n')
    if (await isAlive(Number(pid), started)) return Number(pid)
    const busy = await removeDead(path, found, text)
    // Taking over lasts a moment; who is still at it after five seconds has been stopped in the middle.
    if (busy !== undefined && attempt > 500) return busy
  }
}

/**
 * Removes a lock whose process is dead. Two that both saw it dead must not both remove: the slower would throw
 * away the lock of the faster. So removing needs a lock of its own, of the same kind, dead holders included.
 *
 * @returns the process that is removing it at this moment, if there is one
 */
async function removeDead(path: string, dead: string, text: string): Promise<number | undefined> {
  const guard = `${path}.takeover`
  const busy = await take(guard, text)
  if (busy !== undefined) {
    await sleep(10)
    return busy
  }
  try {
    if ((await readIfThere(path)) === dead) await rm(path)
  } finally {
    release(guard, text)
  }
  return undefined
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Creates the file with its content in one step; false if it is there already. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`
  await writeFile(draft, text, { flag: 'wx' })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    // Some network and desktop file systems know no hard links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    return await writeFile(path, text, { flag: 'wx' }).then(
      () => true,
      (reason: NodeJS.ErrnoException) => {
        if (reason.code === 'EEXIST') return false
        throw reason
      },
    )
  } finally {
    await rm(draft, { force: true })
  }
}

function release(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) rmSync(path)
  } catch {
    // The folder is gone, and the lock with it.
  }
}

async function describe(pid: number): Promise<string> {
  return `${pid}\n${(await readStat(pid))?.started ?? ''}\n`
}

/** What Linux tells of a process; undefined where there is no such process or no /proc. */
async function readStat(pid: number): Promise<{ ended: boolean; started: string } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return undefined
  // proc(5): the name in parentheses may itself hold spaces; state is field 3, start in clock ticks field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // Ticks count from the boot, and containers and small machines boot alike each time.
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return { ended: fields[0] === 'Z' || fields[0] === 'X', started: `${fields[19]} ${boot.trim()}` }
}
