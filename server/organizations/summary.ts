/** An organization at a glance, counted in PostgreSQL. */
import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import { actsForOrganization } from '../authorization/visible-to.ts'
import { now } from '../base/clock.ts'
import type { Db } from '../db/database.ts'
import { EVENT_TYPES } from '../logs/event-types.ts'
import { dayOf } from '../logs/partitions.ts'
import { isoDay } from '../stats/store.ts'
import { countMembers } from './member-count.ts'

const DAY_MS = 86_400_000
const DAYS = 30

/** The numbers. Days are in UTC, the last one is today. */
export const SummaryReply = Type.Object({
  members: Type.Integer(),
  blocked: Type.Integer(),
  unverified: Type.Integer(),
  active_30_days: Type.Integer(),
  open_invitations: Type.Integer(),
  with_factor: Type.Integer(),
  sign_ins: Type.Array(Type.Object({ day: Type.String(), ok: Type.Integer(), failed: Type.Integer() })),
})
type Summary = Static<typeof SummaryReply>

/**
 * Counts them. Whether an account of a person's own has a factor is not the organization's to know (users/members/view.ts),
 * so its administrators are told of those that it manages.
 */
export async function readSummary(db: Db, actor: Actor, organizationId: string): Promise<Summary> {
  const at = now()
  const since = new Date(at.getTime() - DAYS * DAY_MS)
  const { rows } = await sql<Omit<Summary, 'members' | 'sign_ins'>>`
    select count(*) filter (where m.blocked_at is not null) as blocked,
      count(*) filter (where u.email is not null and u.email_verified is not true) as unverified,
      count(*) filter (where m.last_login > ${since}) as active_30_days,
      count(*) filter (where cardinality(u.multifactor) > 0
        and (u.managing_organization_id = m.organization_id or ${!actsForOrganization(actor)})) as with_factor,
      (select count(*) from organization_invitations i where i.organization_id = ${organizationId}
        and i.accepted_at is null and i.revoked_at is null and i.expires_at > ${at}) as open_invitations
    from memberships m join users u on u.user_id = m.user_id
    where m.organization_id = ${organizationId}`.execute(db)
  const [counts] = rows
  if (!counts) throw new Error('A count without a row.')
  return {
    members: await countMembers(db, organizationId),
    ...counts,
    sign_ins: await countSignIns(db, organizationId, at),
  }
}

const FAILED = Object.entries(EVENT_TYPES).flatMap(([type, { category }]) =>
  category === 'auth.login.fail' ? [type] : [],
)

async function countSignIns(db: Db, organizationId: string, at: Date): Promise<Summary['sign_ins']> {
  const days = Array.from({ length: DAYS }, (_, index) => isoDay(at.getTime() - (DAYS - 1 - index) * DAY_MS))
  // The ids of events begin with their time.
  const { rows } = await sql<{ day: string; ok: number; failed: number }>`
    select substr(log_id, 4, 8) as day, count(*) filter (where type = 's') as ok,
      count(*) filter (where type <> 's') as failed
    from events
    where organization_id = ${organizationId} and type = any(${['s', ...FAILED]}::text[])
      and log_id >= ${dayOf(at.getTime() - (DAYS - 1) * DAY_MS)}
    group by 1`.execute(db)
  const counted = new Map(rows.map(({ day, ...counts }) => [day, counts]))
  return days.map((day) => ({ day, ok: 0, failed: 0, ...counted.get(day.replaceAll('-', '')) }))
}
