/** `/api/v2/stats`. */
import { Type } from 'typebox'
import { now } from '../base/clock.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { countActiveUsers, isoDay, listDays } from './store.ts'

const Day = Type.Object({
  date: Type.String({ format: 'date-time' }),
  logins: Type.Integer(),
  signups: Type.Integer(),
  leaked_passwords: Type.Integer(),
  created_at: Type.String({ format: 'date-time' }),
  updated_at: Type.String({ format: 'date-time' }),
})
const day = (description: string) => Type.Optional(Type.String({ pattern: '^\\d{8}$', description }))
const DAY_MS = 86_400_000
const DEFAULT_DAYS = 30
/** PostgreSQL has no year 0. */
const FIRST_DAY_MS = Date.parse('0001-01-01T00:00:00Z')

export const statsRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/stats/active-users',
    operationId: 'get_active-users',
    summary: 'Get active users count',
    scope: ['read:stats'],
    withinOrganization: 'refused',
    reply: { 200: Type.Integer() },
    handler: async ({ db }) => await countActiveUsers(db),
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/stats/daily',
    operationId: 'get_daily',
    summary: 'Get daily stats',
    scope: ['read:stats'],
    withinOrganization: 'refused',
    query: Type.Object({ from: day('First day, YYYYMMDD'), to: day('Last day, YYYYMMDD') }),
    reply: { 200: Type.Array(Day) },
    handler: async ({ db, query }) => {
      const to = isoOf('to', query.to) ?? isoDay(now().getTime())
      const earlier = Math.max(FIRST_DAY_MS, Date.parse(to) - DEFAULT_DAYS * DAY_MS)
      const from = isoOf('from', query.from) ?? isoDay(earlier)
      const rows = await listDays(db, from, to)
      return rows.map((row) => ({
        date: `${row.day}T00:00:00.000Z`,
        logins: row.logins,
        signups: row.signups,
        leaked_passwords: row.leaked_passwords,
        created_at: row.created_at.toISOString(),
        updated_at: row.updated_at.toISOString(),
      }))
    },
  }),
]

/** @throws ApiError invalid_query_string for a day that no calendar has */
function isoOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const iso = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
  const time = Date.parse(`${iso}T00:00:00Z`)
  if (!text.startsWith('0000') && !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso)) return iso
  throw new ApiError('invalid_query_string', {
    with: { reason: `Query validation error: 'Not a day: ${text}' on property ${name} (YYYYMMDD).` },
  })
}
