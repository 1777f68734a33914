import type { LogEntry } from '../api/types.ts'

/** Whom an entry is about, by the id. Of what was refused before anybody was looked for, the path alone says it. */
export function targetIdOf({ user_id: id, details }: Pick<LogEntry, 'user_id' | 'details'>): string | undefined {
  if (id) return id
  const [, named = ''] = /\/(?:members|users)\/([^/?]+)/.exec(details?.request?.path ?? '') ?? []
  const found = named.replace(/%7c/gi, '|')
  // Anything may have been asked for; what is no id is not looked up.
  return /^[\w.-]+\|[\w.@|-]+$/.test(found) ? found : undefined
}

/** What else it is about, by its name: terms, or an application. */
export function thingOf({ details }: Pick<LogEntry, 'details'>): string | undefined {
  return details?.terms?.name ?? details?.application?.name
}

/** What was done: the name of the operation, and of one that does a thing or its contrary, which of them. */
export function actOf({ details }: Pick<LogEntry, 'details'>): string | undefined {
  const operation = details?.operation
  return operation && details?.request?.body?.closed === false ? `${operation}_open` : operation
}
