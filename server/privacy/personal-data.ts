/** Everything that is kept of a person, for whoever has to give him account of it. */
import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import type { Db } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { findUser } from '../users/store.ts'
import { idsOf } from './known-as.ts'

/** A log that is longer is cut, and says so: the whole of it comes by `/api/v2/logs/export`. */
const MOST_ENTRIES = 10_000

const Rows = (description: string) =>
  Type.Array(Type.Object({}, { additionalProperties: true }), { description: `${description}, the newest first` })

/** The report. Empty columns are left out of it. */
export const PersonalData = Type.Object({
  made_at: Type.String(),
  user: Type.Object({}, { additionalProperties: true, description: 'As `GET /users/{id}` answers' }),
  organizations: Rows('Memberships, with roles and what the organization says of the member'),
  acceptances: Rows('What was said to terms and consents'),
  grants: Rows('What was allowed to applications'),
  sessions: Rows('Sessions'),
  closed_applications: Rows('Applications that are closed to the user'),
  deletion: Rows('The wish to have the account deleted, where one waits'),
  invitations: Rows('Invitations that were accepted'),
  mails: Rows('Mails of the last thirty days: which, and when'),
  log: Rows('Entries of the log about the user and by the user'),
  log_is_whole: Type.Boolean({ description: `False where there are more than ${MOST_ENTRIES} entries` }),
})

/** TABLE: the parts that are rows, by the statement that reads them; `$1` is the user. */
const PARTS = {
  organizations: `
    select o.id, o.name, o.display_name, m.created_at as joined_at, m.blocked_at, m.blocked_reason, m.ends_at,
      m.attributes, m.last_login, m.last_ip, m.logins_count,
      array(select r.name from membership_roles mr join roles r on r.id = mr.role_id
        where mr.organization_id = m.organization_id and mr.user_id = m.user_id order by r.name) as roles
    from memberships m join organizations o on o.id = m.organization_id
    where m.user_id = $1 order by m.created_at desc`,
  acceptances: `
    select a.terms_id, t.name as terms_name, a.version, a.outcome, a.language, a.sha256, a.created_at, a.ip, a.user_agent,
      a.client_id, a.organization_id
    from acceptances a join terms t on t.id = a.terms_id where a.user_id = $1 order by a.created_at desc`,
  grants: `
    select g.client_id, c.name as client_name, g.audience, g.scope, g.created_at, g.updated_at
    from consents g join clients c on c.client_id = g.client_id where g.user_id = $1 order by g.created_at desc`,
  closed_applications: `
    select client_id, organization_id, reason, closed_at from closed_applications where user_id = $1 order by closed_at desc`,
  deletion: `select requested_at, due_at from account_deletions where user_id = $1`,
  sessions: `
    select created_at, authenticated_at, updated_at, expires_at, initial_ip, initial_user_agent, last_ip, last_user_agent,
      session_metadata
    from sessions where user_id = $1 order by created_at desc`,
  invitations: `
    select organization_id, client_id, inviter_name, email, created_at, accepted_at
    from organization_invitations where accepted_by = $1 order by created_at desc`,
  mails: `
    select template, state, created_at, done_at, organization_id
    from emails where user_id = $1 order by created_at desc limit 1000`,
} as const

type Part = keyof typeof PARTS

/** Collects it. @throws ApiError inexistent_user */
export async function collectPersonalData(db: Db, actor: Actor, userId: string): Promise<Static<typeof PersonalData>> {
  const user = await findUser(db, actor, userId)
  if (!user) throw new ApiError('inexistent_user')
  const parts: Partial<Record<Part, object[]>> = {}
  for (const [name, text] of Object.entries(PARTS)) {
    const [before = '', ...rest] = text.split('$1')
    const query = rest.reduce((made, next) => sql`${made}${userId}${sql.raw(next)}`, sql`${sql.raw(before)}`)
    const { rows } = await sql<Record<string, unknown>>`${query}`.execute(db)
    parts[name as Part] = rows.map(withoutNulls)
  }
  const log = await readLog(db, await idsOf(db, userId))
  return {
    made_at: now().toISOString(),
    user: { ...user },
    // Each part of the table was read.
    ...(parts as Record<Part, object[]>),
    log: log.slice(0, MOST_ENTRIES),
    log_is_whole: log.length <= MOST_ENTRIES,
  }
}

async function readLog(db: Db, ids: readonly string[]): Promise<object[]> {
  const { rows } = await sql<Record<string, unknown>>`
    select log_id, date, type, description, client_id, client_name, organization_id, connection, details, person
    from events where user_id = any(${[...ids]}::text[])
      or (actor_id = any(${[...ids]}::text[]) and actor_kind = 'user' and actor_id is distinct from user_id)
    order by log_id desc limit ${MOST_ENTRIES + 1}`.execute(db)
  return rows.map(withoutNulls)
}

function withoutNulls(row: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
}
