/** What the list of members is asked for: the filters in the address as a query of the Management API. */
import type { Query } from '../search.ts'
import type { TextKey } from '../texts/texts.ts'

/** TABLE: what a status means. */
export const STATUSES = {
  active: { key: 'status.active', q: 'blocked:false AND email_verified:true' },
  unverified: { key: 'status.unverified', q: 'blocked:false AND email_verified:false' },
  blocked: { key: 'status.blocked', q: 'blocked:true' },
} as const satisfies Record<string, { key: TextKey; q: string }>

/** A status. */
export type MemberStatus = keyof typeof STATUSES

/** TABLE: when somebody signed in last. Days are counted back from today. */
export const SEEN = {
  week: { key: 'seen.week', q: (since: (days: number) => string) => `last_login:[${since(7)} TO *]` },
  month: { key: 'seen.month', q: (since: (days: number) => string) => `last_login:[${since(30)} TO *]` },
  'not-month': { key: 'seen.not_month', q: (since: (days: number) => string) => `last_login:[* TO ${since(30)}]` },
  'not-quarter': { key: 'seen.not_quarter', q: (since: (days: number) => string) => `last_login:[* TO ${since(90)}]` },
  never: { key: 'seen.never', q: () => 'NOT _exists_:last_login' },
} as const satisfies Record<string, { key: TextKey; q: (since: (days: number) => string) => string }>

/** TABLE: what the list can be sorted by. */
export const SORTS: ReadonlySet<string> = new Set(['name', 'email', 'last_login', 'logins_count', 'created_at'])

const DEFAULT_SORT = 'name:1'

/** The API looks for words of so many letters anywhere in a text, for shorter ones at its beginning. */
const SHORTEST_WITHIN = 3
/** Further words find nobody else: the API takes 16 gaps in a query at most, and a word has two. */
const MOST_WORDS = 8

/** People in whose names or addresses every word stands; undefined for no words. */
export function textQuery(text: string): string | undefined {
  const words = text.trim().split(/\s+/).filter(Boolean).slice(0, MOST_WORDS)
  return words.length === 0 ? undefined : words.map(wordQuery).join(' AND ')
}

function wordQuery(word: string): string {
  return [...word].length < SHORTEST_WITHIN ? `${escaped(word)}*` : `*${escaped(word)}*`
}

/** The query of the filters; undefined where none is set. @param now milliseconds */
export function membersQuery({ text = '', role, status, seen }: Query, now: number): string | undefined {
  const since = (days: number) => new Date(now - days * 86_400_000).toISOString().slice(0, 10)
  const parts = [
    textQuery(text),
    role && `roles:"${role.replace(/["\\]/g, '\\$&')}"`,
    isStatus(status) ? STATUSES[status].q : undefined,
    isSeen(seen) ? SEEN[seen].q(since) : undefined,
  ].filter((part) => part !== undefined && part !== '')
  return parts.length === 0 ? undefined : parts.map((part) => `(${part})`).join(' AND ')
}

/** The order that the address asks for. */
export function sortOf({ sort }: Query): string {
  const [field = '', direction] = (sort ?? '').split(':')
  return SORTS.has(field) && (direction === '1' || direction === '-1') ? `${field}:${direction}` : DEFAULT_SORT
}

/** Whether it is one. */
export function isStatus(text: string | undefined): text is MemberStatus {
  return text !== undefined && Object.hasOwn(STATUSES, text)
}

/** Whether it is one. */
export function isSeen(text: string | undefined): text is keyof typeof SEEN {
  return text !== undefined && Object.hasOwn(SEEN, text)
}

/** Whether any filter is set. */
export function isFiltered({ text, role, status, seen }: Query): boolean {
  return Boolean(text || role || status || seen)
}

function escaped(word: string): string {
  return word.replace(/[+\-&|!(){}[\]^"~*?:\\/<>=]/g, '\\$&')
}
