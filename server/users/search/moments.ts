/** Dates in queries: as precise as they are written, so `2025-12` is the whole month. UTC where no zone is named. */
import { sql } from 'kysely'
import { type Bound, QueryFault, type Value } from '../../lucene/query.ts'
import { both, type Sql } from './condition.ts'

/** A span of time, its end no part of it. ISO 8601. */
type Span = { from: string; until: string }

const WRITTEN =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/

/** Whether a moment lies in what the value says. @throws QueryFault when it is no date */
export function isWhen(column: string, value: Exclude<Value, { kind: 'pattern' }>): Sql {
  const moment = sql.raw(column)
  if (value.kind === 'text') {
    const { from, until } = spanOf(value)
    return sql`(${moment} >= ${from}::timestamptz and ${moment} < ${until}::timestamptz)`
  }
  const { from, to } = value
  return both(
    ...(from ? [sql<boolean>`${moment} >= ${edge(from, from.isIncluded)}::timestamptz`] : []),
    ...(to ? [sql<boolean>`${moment} < ${edge(to, !to.isIncluded)}::timestamptz`] : []),
  )
}

/** Where a range begins or ends that takes its end in or not. */
function edge(bound: Bound, isBefore: boolean): string {
  const { from, until } = spanOf(bound)
  return isBefore ? from : until
}

/** The day after one, `2026-01-01` for `2025-12-31`; undefined for any other text. */
export function dayAfter(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const moment = new Date(`${text}T00:00:00.000Z`)
  if (Number.isNaN(moment.getTime())) return undefined
  moment.setUTCDate(moment.getUTCDate() + 1)
  return moment.toISOString().slice(0, 10)
}

function spanOf({ text, at }: { text: string; at: number }): Span {
  const [, year = '', month, day, hour, minute, second, fraction, zone = 'Z'] = WRITTEN.exec(text) ?? []
  const offset = minutesOf(zone)
  const parts = [year, month ?? '1', day ?? '1', hour ?? '0', minute ?? '0', second ?? '0'].map(Number)
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = parts
  const ms = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'))
  const local = new Date(0)
  local.setUTCFullYear(y, mo - 1, d)
  local.setUTCHours(h, mi, s, ms)
  const isReal = local.getUTCMonth() === mo - 1 && local.getUTCDate() === d && h < 24 && mi < 60 && s < 60
  if (year === '' || y < 1_000 || !isReal || Math.abs(offset) > 14 * 60) {
    throw new QueryFault('Expected a date such as 2025-12-31 or 2025-12-31T10:00:00Z', at)
  }
  const until = new Date(local)
  if (month === undefined) until.setUTCFullYear(y + 1)
  else if (day === undefined) until.setUTCMonth(mo)
  else if (hour === undefined) until.setUTCDate(d + 1)
  else if (minute === undefined) until.setUTCHours(h + 1)
  else if (second === undefined) until.setUTCMinutes(mi + 1)
  else if (fraction === undefined) until.setUTCSeconds(s + 1)
  else until.setUTCMilliseconds(ms + 1)
  return { from: isoOf(local, offset), until: isoOf(until, offset) }
}

function minutesOf(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? []
  const total = Number(hours) * 60 + Number(minutes)
  return sign === '-' ? -total : total
}

// PostgreSQL takes years of more than four digits without the sign that JavaScript puts before them.
function isoOf(local: Date, offsetMinutes: number): string {
  return new Date(local.getTime() - offsetMinutes * 60_000).toISOString().replace(/^\+0*/, '')
}
