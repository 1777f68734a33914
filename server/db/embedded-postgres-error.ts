/**
 * What can go wrong with the built-in PostgreSQL, said to the person who starts the server. Everything here ends
 * on a console, so it names the folder or setting to change; nobody should have to read a stack trace for it.
 */
import { open } from 'node:fs/promises'
import { StartError } from '../base/start-error.ts'

/** A failure of the built-in PostgreSQL that the operator must read; the message is whole sentences. */
export class EmbeddedPostgresError extends StartError {
  override name = 'EmbeddedPostgresError'
  /** Whether the same attempt can succeed a moment later: a port just taken, a predecessor still leaving. */
  readonly passing: boolean

  constructor(message: string, options: ErrorOptions & { passing?: boolean } = {}) {
    super(message, options)
    this.passing = options.passing ?? false
  }
}

/** What the programs of PostgreSQL print when they give up, and what that means here. The first that fits counts. */
const FAILURES = [
  {
    pattern: /No space left on device|Disk quota exceeded/,
    words: 'The disk is full. Free some space and start again; nothing that was saved is lost.',
    passing: false,
  },
  {
    pattern: /shared librar|shared object|Library not loaded|\.bki/,
    words: 'A file of PostgreSQL itself is missing. Run `npm ci` again, or set DATABASE_URL.',
    passing: false,
  },
  {
    pattern: /could not bind|Address already in use/,
    words: 'The port chosen for PostgreSQL was taken by another program.',
    passing: true,
  },
  {
    pattern: /pre-existing shared memory block .* still in use/,
    words:
      'An earlier PostgreSQL still works on this data. Stop its processes (`ps aux | grep postgres`) and start again.',
    passing: true,
  },
  {
    pattern: /lock file "postmaster.pid" already exists/,
    words: 'Another PostgreSQL already runs on this data.',
    passing: false,
  },
  {
    pattern: /database files are incompatible with server/,
    words: 'The data was written by another version of PostgreSQL.',
    passing: false,
  },
  {
    pattern: /Cannot allocate memory|could not create shared memory segment/,
    words: 'There is not enough memory for PostgreSQL (it takes about 150 MB).',
    passing: false,
  },
  {
    pattern: /Permission denied|Operation not permitted|wrong ownership/,
    words: 'PostgreSQL may not read or write its data. Check owner and mode of the folder.',
    passing: false,
  },
  {
    pattern:
      /PANIC|could not (locate|find|read) .*checkpoint|invalid .*checkpoint|pg_control|invalid page|No such file/,
    words: 'The data is damaged or incomplete. Restore the folder from a backup.',
    passing: false,
  },
] as const satisfies { pattern: RegExp; words: string; passing: boolean }[]

/**
 * The error for a program of PostgreSQL that gave up.
 *
 * @param what the sentence it begins with, such as `PostgreSQL did not start in /srv/data/postgres.`
 * @param output what the program printed; its last lines end the message
 */
export function failureOf(what: string, output: string): EmbeddedPostgresError {
  const known = FAILURES.find(({ pattern }) => pattern.test(output))
  const lines = output.trim().split('\n').slice(-8).join('\n  ')
  const text = [known ? `${what} ${known.words}` : what, lines && `Its last lines:\n  ${lines}`].filter(Boolean)
  return new EmbeddedPostgresError(text.join('\n'), { passing: known?.passing ?? false })
}

const FILE_ERRORS: Record<string, string> = {
  EACCES: 'The user that starts Tenantry may not read or write there. Change the owner of the folder, or set DATA_DIR.',
  EPERM: 'The user that starts Tenantry may not do that there. Change the owner of the folder, or set DATA_DIR.',
  EROFS: 'It lies on a file system that is read-only. Set DATA_DIR to a folder that can be written.',
  ENOSPC: 'The disk is full. Free some space and start again; nothing that was saved is lost.',
  EDQUOT: 'The disk quota is used up. Free some space and start again; nothing that was saved is lost.',
  ENOTDIR: 'There is a file where a folder should be. Set DATA_DIR to a folder.',
  EEXIST: 'There is a file where a folder should be. Set DATA_DIR to a folder.',
}

/** The same error in words if the file system refused something; any other error as it is. */
export function inWords(error: unknown): unknown {
  if (error instanceof EmbeddedPostgresError || !(error instanceof Error)) return error
  const { code, path } = error as NodeJS.ErrnoException
  // Only errors of system calls carry a path; what is left is a fault of ours and keeps its stack.
  if (code === undefined || path === undefined) return error
  const words = FILE_ERRORS[code] ?? `The system says: ${error.message}.`
  return new EmbeddedPostgresError(`Tenantry cannot use ${path}. ${words}`, { cause: error })
}

/** What a log file holds from a position on, at most its last 8 kB; empty when there is no such file. */
export async function readLogFrom(path: string, position: number): Promise<string> {
  const file = await open(path).catch(() => undefined)
  if (!file) return ''
  try {
    const { size } = await file.stat()
    const from = Math.max(position, size - 8192)
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(Math.max(size - from, 1)), position: from })
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
