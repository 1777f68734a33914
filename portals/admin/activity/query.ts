/** What the activity is asked for: the filters in the address as a query of the log. */
import { beginOfDay, dayIn, endOfDay, isDay } from '../../shared/days.ts'
import { typesQuery } from '../pieces/event-kinds.ts'
import type { Query } from '../search.ts'

/** TABLE: spans of days back from today. */
export const SPANS = { today: 0, week: 6, month: 29, quarter: 89 } as const

/** None of them. */
export const NO_FILTERS: Query = {
  text: undefined,
  kind: undefined,
  result: undefined,
  span: undefined,
  from: undefined,
  to: undefined,
  actor: undefined,
}

/** Whether any is set. */
export function isFiltered(values: Query): boolean {
  return Object.keys(NO_FILTERS).some((name) => values[name])
}

/** The filters as a query of the log. Days are those of the reader's zone. */
export function activityQuery(values: Query, { now, zone }: { now: number; zone: string }): string {
  const { text = '', kind, result, span, from, to, actor } = values
  const days = span && Object.hasOwn(SPANS, span) ? SPANS[span as keyof typeof SPANS] : undefined
  const first = days === undefined ? from : dayIn(new Date(now - days * 86_400_000).toISOString(), zone)
  // Anything may stand in an address.
  const begin = isDay(first) ? beginOfDay(first, zone) : undefined
  const end = isDay(to) ? endOfDay(to, zone) : undefined
  const parts = [
    begin || end ? `date:[${begin ?? '*'} TO ${end ?? '*'}]` : '',
    typesQuery(kind, result),
    actor && `actor_id:"${quoted(actor)}"`,
    text.trim() &&
      `(user_name:*${escaped(text.trim())}* OR ip:*${escaped(text.trim())}* OR user_id:"${quoted(text.trim())}")`,
  ].filter(Boolean)
  return parts.join(' AND ')
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}

function escaped(text: string): string {
  return text.replace(/[+\-&|!(){}[\]^"~*?:\\/<>=\s]/g, '\\$&')
}
