/**
 * The users of an organization for its administrators: the same lists and searches as the tenant's, over its members
 * alone. Who is not a member is neither found nor counted, and no field is asked that is not shown.
 */
import { type RawBuilder, sql } from 'kysely'
import type { OrganizationActor } from '../../authorization/visible-to.ts'
import type { Connection, Db } from '../../db/database.ts'
import type { Query } from '../../lucene/query.ts'
import { memberCount } from '../../organizations/member-count.ts'
import { documentArray, isoDate } from '../document.ts'
import { both, type Sql } from '../search/condition.ts'
import { type Hits, hitsSql } from '../search/hits.ts'
import { conditionOf } from '../search/translate.ts'
import type { Documents, UserQuery } from '../search.ts'
import { isMember, memberFields, memberOrderOf } from './fields.ts'
import { memberDocument } from './view.ts'

/**
 * Who of the members is on a page, as a statement.
 * @throws QueryFault for a field that an administrator cannot ask
 */
export function memberHitsSql(
  actor: OrganizationActor,
  query: Omit<UserQuery, 'q'>,
  asked: Query | undefined,
): RawBuilder<Hits> {
  const { organizationId } = actor
  const { sort, after, needsTotal } = query
  const condition = asked && conditionOf(asked, memberFields(organizationId))
  const conditions = [...(condition ? [condition] : []), ...(after ? [isAfter(after.time, after.id)] : [])]
  const from = sql`${isMember(organizationId)} where ${conditions.length > 0 ? both(...conditions) : sql`true`}`
  const totalOfAll = needsTotal ? memberCount(organizationId) : sql`null::bigint`
  return hitsSql({ ...query, from, order: memberOrderOf(sort), isPart: condition !== undefined, totalOfAll })
}

/** The documents of a page. Its text is the same for every actor of a kind, so that it is read and planned once. */
export function readMembersPage(
  { tx, finish }: Connection,
  actor: OrganizationActor,
  ids: string[],
): Promise<Documents[]> {
  const { sql: text, parameters } = sql`
    select ${sql.raw(documentArray('p.document', 'p.n'))} as users, (array_agg(p.key order by p.n desc))[1] as last
    from (select k.n, ${memberDocument(actor)} as document,
        json_build_array(${sql.raw(isoDate('m.created_at'))}, u.user_id) as key
      from unnest((select ${ids}::text[])) with ordinality as k (id, n)
      join users u on u.user_id = k.id
      join memberships m on m.user_id = k.id and m.organization_id = ${actor.organizationId}) p`.compile(tx())
  return finish<Documents>({ name: `members-documents-${actor.kind}`, text }, [...parameters])
}

function isAfter(time: string, id: string): Sql {
  return sql`(m.created_at, m.user_id) > (${time}::timestamptz, ${id})`
}

/** The document of one member; undefined when there is none. */
export async function readMember(db: Db, actor: OrganizationActor, userId: string): Promise<string | undefined> {
  const { rows } = await sql<{ document: string }>`
    select ${memberDocument(actor)} as document from ${isMember(actor.organizationId)} where u.user_id = ${userId}`.execute(
    db,
  )
  return rows[0]?.document
}

/** The members with exactly this stored address, as a JSON array. */
export async function readMembersByEmail(db: Db, actor: OrganizationActor, email: string): Promise<string> {
  const { rows } = await sql<{ users: string }>`
    select ${sql.raw(documentArray('found.document', 'found.user_id'))} as users
    from (select u.user_id, ${memberDocument(actor)} as document from ${isMember(actor.organizationId)}
      where u.email collate "C" = ${email}) as found`.execute(db)
  return rows[0]?.users ?? '[]'
}
