import type { LogEntry } from '../api/types.ts'

/** Whom an entry is about, by the id. Of what was refused before anybody was looked for, the path alone says it. */
export function targetIdOf({ user_id: id, details }: Pick<LogEntry, 'user_id' | 'details'>): string | undefined {
  if (id) return id
  const [, named = ''] = /\/(?:members|users)\/([^/?]+)/.exec(details?.request?.path ?? '') ?? []
  const found = named.replace(/%7c/gi, '|')
  // Anything may have been asked for; what is no id is not looked up.
  return /^[\w.-]+\|[\w.@|-]+$/.test(found) ? found : undefined
}
