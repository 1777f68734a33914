/**
 * What a backup file is made of, inside its compression (zstd): frames, each a letter, a length of four bytes, and as many
 * bytes. A header, then for every table its name, its rows as PostgreSQL's COPY writes them and its end, and last a frame
 * with the digest of all before it. So a file that was cut off or altered is known as such before anything of it counts.
 */
import { createHash } from 'node:crypto'
import { StartError } from '../base/start-error.ts'

/** TABLE: the kinds of frames, by their letters. */
const LETTERS = { header: 'H', table: 'T', data: 'D', end: 'E', close: 'Z' } as const

/** A kind of frame. */
export type FrameKind = keyof typeof LETTERS

/** A frame as it is read. */
export type Frame = { kind: FrameKind; payload: Buffer }

/** The file is no backup, or not all of one. */
export class DamagedBackupError extends StartError {}

const HEAD_BYTES = 5
/** COPY hands out rows one by one or in chunks of 64 KB; a row may be as long as a field of PostgreSQL. */
const LONGEST_FRAME = 1_100_000_000

/** Writes frames, and knows the digest of what it has written. */
export function frameWriter(): { frame: (kind: FrameKind, payload: Buffer | object) => Buffer; close: () => Buffer } {
  const digest = createHash('sha256')
  const frame = (kind: FrameKind, content: Buffer | object) => {
    const payload = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))
    const head = Buffer.alloc(HEAD_BYTES)
    head.write(LETTERS[kind], 'latin1')
    head.writeUInt32BE(payload.length, 1)
    const bytes = Buffer.concat([head, payload])
    digest.update(bytes)
    return bytes
  }
  return { frame, close: () => frame('close', { sha256: digest.copy().digest('hex') }) }
}

/**
 * Reads frames. The closing one is checked and not handed out.
 * @throws DamagedBackupError at the first byte that does not fit, or when the end is missing
 */
export async function* readFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  const digest = createHash('sha256')
  const bytes = byteReader(source)
  for (;;) {
    const head = await bytes.take(HEAD_BYTES)
    const kind = kindOf(head)
    const length = head.readUInt32BE(1)
    if (length > LONGEST_FRAME) throw damaged()
    const payload = await bytes.take(length)
    if (kind === 'close') {
      if (parse(payload).sha256 !== digest.digest('hex') || !(await bytes.isAtEnd())) throw damaged()
      return
    }
    digest.update(head).update(payload)
    yield { kind, payload }
  }
}

/** The content of a frame that holds JSON. @throws DamagedBackupError when it does not */
export function parse(payload: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'))
    if (value !== null && typeof value === 'object') return { ...value }
  } catch {
    // Falls through: it is no JSON of ours.
  }
  throw damaged()
}

/** What is said of a file that cannot be believed. */
export function damaged(cause?: unknown): DamagedBackupError {
  return new DamagedBackupError(
    'The file is not a backup of Tenantry, or it was cut off or altered. Nothing was restored. Take another copy of it.',
    { cause },
  )
}

function kindOf(head: Buffer): FrameKind {
  const letter = head.toString('latin1', 0, 1)
  const found = Object.entries(LETTERS).find(([, each]) => each === letter)
  if (!found) throw damaged()
  // The entries are the table's own.
  return found[0] as FrameKind
}

function byteReader(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]()
  let rest: Buffer[] = []
  let held = 0
  const more = async (): Promise<boolean> => {
    const { done, value } = await chunks.next()
    if (done) return false
    rest.push(value)
    held += value.length
    return true
  }
  return {
    take: async (count: number): Promise<Buffer> => {
      while (held < count) if (!(await more())) throw damaged()
      const all = rest.length === 1 && rest[0] ? rest[0] : Buffer.concat(rest)
      rest = [all.subarray(count)]
      held -= count
      return all.subarray(0, count)
    },
    isAtEnd: async (): Promise<boolean> => held === 0 && !(await more()),
  }
}
