/**
 * What of terms and consents is still to be asked of a person. Of each, the newest version in effect is asked for; terms
 * stand in the way from the deadline of a version on which he has not accepted, nor a later one.
 */
import { type RawBuilder, sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { Db } from '../db/database.ts'
import type { TermsText } from '../db/tables-terms.ts'

/** A sign-in, as far as terms go by it. */
export type Asked = { userId: string; clientId: string; organizationId?: string | undefined }

/** Something that is to be asked. */
export type Pending = {
  id: string
  name: string
  required: boolean
  organization_id: string | null
  version: number
  texts: Record<string, TermsText>
  effective_at: Date
  deadline_at: Date
  /** Whether nobody gets in any more without it. */
  is_due: boolean
  /** The version that he has accepted last. */
  accepted_version: number | null
  /** Whether what he said last, to whichever version, was yes. */
  is_given: boolean
}

/**
 * A person looks after his own data, withdraws a consent and leaves without having accepted anything: his portal asks for
 * terms, and is not closed by them.
 */
const OPEN_CLIENT = 'tenantry-account'

/** Terms that are asked of a sign-in, as a condition on `t`: the operator's own, and those of the organization to which it is. */
function isAskedOf({ clientId, organizationId }: Omit<Asked, 'userId'>): RawBuilder<boolean> {
  return sql`(t.retired_at is null and (t.client_id is null or t.client_id = ${clientId})
    and (t.organization_id is null or t.organization_id = ${organizationId ?? null}))`
}

/** @param userId as SQL; @param which a condition on `t` */
function pendingRows(userId: RawBuilder<unknown>, which: RawBuilder<boolean>) {
  const at = now()
  return sql<Pending>`
    select t.id, t.name, t.required, t.organization_id, t.created_at,
      v.version, v.texts, v.effective_at, v.deadline_at, a.version as accepted_version, a.is_given,
      t.required and exists (
        select from term_versions d
        where d.terms_id = t.id and d.deadline_at <= ${at} and d.version > coalesce(a.version, 0)) as is_due
    from terms t
    cross join lateral (
      select * from term_versions n where n.terms_id = t.id and n.effective_at <= ${at}
      order by n.version desc limit 1) v
    cross join lateral (
      select max(s.version) filter (where s.outcome = 'accepted') as version, max(s.version) as answered,
        coalesce((array_agg(s.outcome order by s.created_at desc, s.id desc))[1] = 'accepted', false) as is_given
      from acceptances s where s.user_id = ${userId} and s.terms_id = t.id) a
    where ${which} and coalesce(case when t.required then a.version else a.answered end, 0) < v.version`
}

/** As an expression on `u`, a user: 2 where terms are due, 1 where something may be asked, null where nothing is. */
export function termsToAsk(asked: Omit<Asked, 'userId'>): RawBuilder<number | null> {
  if (asked.clientId === OPEN_CLIENT) return sql`null::integer`
  return sql`(select max(case when p.is_due then 2 else 1 end)
    from (${pendingRows(sql`u.user_id`, isAskedOf(asked))}) as p)`
}

/** What a sign-in is asked, what is due first. */
export async function listAsked(db: Db, asked: Asked): Promise<Pending[]> {
  if (asked.clientId === OPEN_CLIENT) return []
  const { rows } = await sql<Pending>`
    select * from (${pendingRows(sql`${asked.userId}`, isAskedOf(asked))}) as p
    order by not p.is_due, not p.required, p.organization_id is not null, p.created_at, p.id`.execute(db)
  return rows
}
