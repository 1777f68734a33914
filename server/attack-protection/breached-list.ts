/**
 * The list of breached passwords that the operator supplies: a file of lines in ascending order, which is searched by halves
 * where it lies, so that a list of forty gigabytes costs no memory. Its lines are SHA-1 hashes in hexadecimal, or their first
 * sixteen digits and more, each with a count behind a colon or without (as haveibeenpwned.com publishes them), or else the
 * passwords themselves in the order of their bytes (`LC_ALL=C sort -u`).
 */
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { StartError } from '../base/start-error.ts'
import { errorCodeOf } from '../db/error-code.ts'
import { perServer } from '../http/server.ts'

/** The list. */
export type BreachedList = { has: (password: string) => Promise<boolean>; close: () => Promise<void> }

/** The list of a server; undefined where none is set. A file that cannot be read any more finds nothing, and the log says so. */
export const breachedListOf = perServer<Pick<BreachedList, 'has'> | undefined>(({ config, log }) => {
  const { breachedPasswordsFile: path } = config
  if (path === undefined) return undefined
  let opening: Promise<BreachedList> | undefined
  return {
    async has(password) {
      try {
        opening ??= openBreachedList(path)
        return await (await opening).has(password)
      } catch (error) {
        opening = undefined
        log.error({ code: errorCodeOf(error) }, 'the list of breached passwords could not be read')
        return false
      }
    },
  }
})

/** Lines are read in portions of this size; a longer line is none that could be searched for. */
const PORTION = 4_096
const HASH_LINE = /^[0-9A-F]{16,40}(?::\d+)?$/i

/**
 * Opens a list, and looks at some of its lines to see whether they are in order.
 * @throws StartError in words for the operator
 */
export async function openBreachedList(path: string): Promise<BreachedList> {
  const { file, size } = await openFile(path)
  const first = (await lineAt(file, size, 0))?.text ?? ''
  const isHashed = HASH_LINE.test(first)
  const compare = isHashed ? compareHash : comparePlain
  await refuseDisorder(path, file, size)
  return {
    async has(password) {
      const wanted = isHashed ? createHash('sha1').update(password).digest('hex').toUpperCase() : password
      return await search(file, size, (line) => compare(line, wanted))
    },
    close: () => file.close(),
  }
}

async function openFile(path: string): Promise<{ file: FileHandle; size: number }> {
  try {
    const file = await open(path, 'r')
    const stats = await file.stat()
    if (stats.isFile()) return { file, size: stats.size }
    await file.close()
  } catch (error) {
    throw new StartError(`BREACHED_PASSWORDS_FILE names a file that cannot be read (${errorCodeOf(error)}): ${path}`, {
      cause: error,
    })
  }
  throw new StartError(`BREACHED_PASSWORDS_FILE names what is no file: ${path}`)
}

type Compare = (line: string) => number

/** Below zero for a line that comes before what is wanted. A line may hold the beginning of the hash alone. */
function compareHash(line: string, wanted: string): number {
  const hash = line.split(':', 1)[0]?.toUpperCase() ?? ''
  const beginning = wanted.slice(0, hash.length)
  return hash === '' || hash < beginning ? -1 : hash > beginning ? 1 : 0
}

function comparePlain(line: string, wanted: string): number {
  return Buffer.compare(Buffer.from(line), Buffer.from(wanted))
}

/** A line that is wanted begins in [low, high), which is halved until one portion holds it. */
async function search(file: FileHandle, size: number, compare: Compare): Promise<boolean> {
  let low = 0
  let high = size
  while (high - low > PORTION) {
    const middle = Math.floor((low + high) / 2)
    const line = await lineAfter(file, size, middle)
    if (!line || line.start >= high || compare(line.text) > 0) high = middle + 1
    else low = line.start
  }
  for (let at = low; at < high; ) {
    const line = await lineAt(file, size, at)
    if (!line) return false
    const order = compare(line.text)
    if (order === 0) return true
    if (order > 0) return false
    at = line.end
  }
  return false
}

type Line = { text: string; start: number; end: number }

/** The first line that begins after a place; undefined when there is none. */
async function lineAfter(file: FileHandle, size: number, at: number): Promise<Line | undefined> {
  const rest = await lineAt(file, size, at)
  return rest && rest.end < size ? await lineAt(file, size, rest.end) : undefined
}

/** What stands from a place to the end of its line; undefined at the end of the file. */
async function lineAt(file: FileHandle, size: number, start: number): Promise<Line | undefined> {
  if (start >= size) return undefined
  const { buffer, bytesRead } = await file.read(Buffer.alloc(PORTION), 0, PORTION, start)
  const found = buffer.subarray(0, bytesRead).indexOf('\n')
  const length = found === -1 ? bytesRead : found
  const text = buffer.toString('utf8', 0, length).replace(/\r$/, '')
  return { text, start, end: start + Math.max(1, found === -1 ? bytesRead : found + 1) }
}

const PROBES = 100

/** Lines at even distances have to ascend: that finds nearly every list that was never sorted. */
async function refuseDisorder(path: string, file: FileHandle, size: number): Promise<void> {
  let before: Buffer | undefined
  for (let probe = 0; probe < PROBES; probe += 1) {
    const line = await lineAfter(file, size, Math.floor((size / PROBES) * probe))
    if (!line) continue
    const text = Buffer.from(line.text)
    if (before && Buffer.compare(before, text) > 0) {
      await file.close()
      throw new StartError(
        `The lines of BREACHED_PASSWORDS_FILE are not in order: ${path}. Sort them with \`LC_ALL=C sort -u\`, and start again.`,
      )
    }
    before = text
  }
}
