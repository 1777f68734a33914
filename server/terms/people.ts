/** Who has accepted terms and who has not: of an organization's own its members, of the operator's everybody, or one organization's. */
import { type RawBuilder, sql } from 'kysely'
import { type Static, Type } from 'typebox'
import { now } from '../base/clock.ts'
import type { Db } from '../db/database.ts'
import { idCheckpointOf, offsetOf } from '../http/checkpoint.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'
import type { Terms } from './terms.ts'

/** Whose people, of which terms. */
export type Circle = { terms: Terms; organizationId: string | undefined }

/** Somebody who has not accepted the version in effect. */
export const PendingPerson = Type.Object({
  user_id: Type.String(),
  name: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  accepted_version: Type.Optional(Type.Integer({ description: 'The last version that was accepted' })),
})

export const SummaryReply = Type.Object({
  current_version: Type.Integer({ description: 'The newest in effect; 0 while there is none' }),
  people: Type.Integer({ description: 'Of whom it is asked' }),
  pending: Type.Integer({ description: 'Of them, who has not accepted the current version' }),
  versions: Type.Array(
    Type.Object({
      version: Type.Integer(),
      accepted: Type.Integer({ description: 'People who have accepted it' }),
      declined: Type.Integer(),
      withdrawn: Type.Integer(),
    }),
  ),
})

/** The same of terms in a list. */
export const ListedSummary = Type.Object({
  terms_id: Type.String(),
  ...Type.Pick(SummaryReply, ['current_version', 'people', 'pending']).properties,
})

const current = (
  termsId: string | RawBuilder<string>,
) => sql<number>`(select coalesce(max(version), 0) from term_versions
  where terms_id = ${termsId} and effective_at <= ${now()})`

/** As a condition on a column that names a user. */
const isAmong = (column: string, { organizationId }: Circle) =>
  organizationId === undefined
    ? sql<boolean>`true`
    : sql<boolean>`exists (select from memberships m
        where m.organization_id = ${organizationId} and m.user_id = ${sql.ref(column)})`

/** As a condition on `a`: a consent that was withdrawn counts for nothing; terms stay accepted. */
const counts = sql<boolean>`(a.outcome = 'accepted' and not exists (
  select from acceptances w where w.user_id = a.user_id and w.terms_id = a.terms_id
    and w.outcome = 'withdrawn' and (w.created_at, w.id) > (a.created_at, a.id)))`

const accepted = (terms: Terms) => sql<number | null>`(select max(a.version) from acceptances a
  where a.user_id = u.user_id and a.terms_id = ${terms.id} and ${counts})`

/** Whether somebody has not accepted the version in effect, as a condition on `u`, a user. */
export function isPending(circle: Circle): RawBuilder<boolean> {
  const { terms } = circle
  return sql<boolean>`(${isAmong('u.user_id', circle)} and coalesce(${accepted(terms)}, 0) < ${current(terms.id)})`
}

/** In the order of their ids. */
export async function listPendingPeople(
  db: Db,
  circle: Circle,
  paging: Paging,
): Promise<Found<Static<typeof PendingPerson> & { user_id: string }>> {
  const { terms } = circle
  const after = idCheckpointOf(paging)
  const matching = db.selectFrom('users as u').where(isPending(circle))
  const rows = await matching
    .$if(after !== undefined, (query) => query.where('u.user_id', '>', after ?? ''))
    .select(['u.user_id', 'u.name', 'u.email', accepted(terms).as('accepted_version')])
    .orderBy('u.user_id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  const people = rows.map(({ user_id, ...rest }) => {
    const known = Object.entries(rest).filter(([, value]) => value !== null)
    return { user_id, ...Object.fromEntries(known) }
  })
  return await withTotal(people, matching, paging)
}

/** How many have said what. */
export async function summarize(db: Db, circle: Circle): Promise<Static<typeof SummaryReply>> {
  const { terms } = circle
  const versions = await sql<{ version: number; accepted: number; declined: number; withdrawn: number }>`
    select v.version,
      count(distinct a.user_id) filter (where a.outcome = 'accepted')::integer as accepted,
      count(distinct a.user_id) filter (where a.outcome = 'declined')::integer as declined,
      count(distinct a.user_id) filter (where a.outcome = 'withdrawn')::integer as withdrawn
    from term_versions v
    left join acceptances a on a.terms_id = v.terms_id and a.version = v.version and ${isAmong('a.user_id', circle)}
    where v.terms_id = ${terms.id} group by v.version order by v.version desc`.execute(db)
  const totals = await sql<{ current_version: number; people: number; pending: number }>`
    select ${current(terms.id)} as current_version, count(*)::integer as people,
      (count(*) filter (where coalesce(${accepted(terms)}, 0) < ${current(terms.id)}))::integer as pending
    from users u where ${isAmong('u.user_id', circle)}`.execute(db)
  const [found = { current_version: 0, people: 0, pending: 0 }] = totals.rows
  return { ...found, versions: versions.rows }
}

/** How many have accepted each of some terms: of an organization's own its members, of the operator's everybody. */
export async function summarizeList(db: Db, terms: readonly Terms[]): Promise<Static<typeof ListedSummary>[]> {
  const ids = terms.map(({ id }) => id)
  const isAsked = sql<boolean>`(t.organization_id is null or exists (
    select from memberships m where m.organization_id = t.organization_id and m.user_id = a.user_id))`
  const { rows } = await sql<Static<typeof ListedSummary>>`
    select s.id as terms_id, s.current_version, s.people,
      case when s.current_version = 0 then 0 else s.people - (
        select count(distinct a.user_id)::integer from acceptances a join terms t on t.id = a.terms_id
        where t.id = s.id and a.version >= s.current_version and ${counts} and ${isAsked}) end as pending
    from (
      select t.id, ${current(sql.ref('t.id'))} as current_version, case when t.organization_id is null
        then (select count(*)::integer from users)
        else (select count(*)::integer from memberships m where m.organization_id = t.organization_id) end as people
      from terms t where t.id = any(${ids})) as s
    order by array_position(${ids}, s.id)`.execute(db)
  return rows
}
