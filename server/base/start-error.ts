/** What stops a start and is the operator's to mend: settings, files, ports, the database. */

/** The message is whole sentences for the person who starts the server; nobody should need a stack trace for it. */
export class StartError extends Error {
  override name = 'StartError'
}

/** Why a file could not be read, in words that go on from "which cannot be read:". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? error.message
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  EROFS: 'the disk takes no changes',
  ENOTDIR: 'a part of the path is no folder',
}
