/** All SQL that lists and removes grants. */
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Actor } from '../authorization/actor.ts'
import { usersVisibleTo } from '../authorization/visible-to.ts'
import type { Db, Tx } from '../db/database.ts'
import { offsetOf } from '../http/checkpoint.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'

/** A stored grant; an empty audience stands for the scopes of OpenID Connect. */
export type Grant = { id: string; user_id: string; client_id: string; audience: string; scope: string[] }

/** What grants can be narrowed down by. */
export type GrantChoice = { id?: string; userId?: string; clientId?: string; audience?: string }

/** Grants that fit, the oldest first. */
export async function listGrants(db: Db, actor: Actor, choice: GrantChoice, paging: Paging): Promise<Found<Grant>> {
  const matching = visible(db, actor).where(conditionOf(choice))
  const rows = await matching
    .select(['g.id', 'g.user_id', 'g.client_id', 'g.audience', 'g.scope'])
    .orderBy('g.created_at')
    .orderBy('g.id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  return await withTotal(rows, matching, paging)
}

/** Removes grants that fit. Answers them. */
export async function deleteGrants(tx: Tx, actor: Actor, choice: GrantChoice): Promise<Grant[]> {
  return await tx
    .deleteFrom('consents')
    .where('id', 'in', visible(tx, actor).select('g.id').where(conditionOf(choice)))
    .returning(['id', 'user_id', 'client_id', 'audience', 'scope'])
    .execute()
}

/** What an application was given of somebody's. */
export type GivenOut = { userId: string; clientId: string; kinds: readonly ('AuthorizationCode' | 'AccessToken')[] }

/** Removes the codes, or opaque access tokens, that an application has of somebody. */
export async function endGivenOut(tx: Tx, { userId, clientId, kinds }: GivenOut): Promise<void> {
  // An exchange under way holds the code it uses up; what it has made instead is found by looking again.
  let isMore = true
  while (isMore) {
    const { numDeletedRows } = await tx
      .deleteFrom('oidc_artifacts')
      .where('user_id', '=', userId)
      .where('client_id', '=', clientId)
      .where('kind', 'in', kinds)
      .executeTakeFirst()
    isMore = numDeletedRows > 0n
  }
}

function visible(db: Db, actor: Actor) {
  return db
    .selectFrom('consents as g')
    .innerJoin('users as u', 'u.user_id', 'g.user_id')
    .where(usersVisibleTo(actor, 'u'))
}

function conditionOf({ id, userId, clientId, audience }: GrantChoice): Expression<SqlBool> {
  const columns = { id, user_id: userId, client_id: clientId, audience }
  const conditions = Object.entries(columns).flatMap(([column, value]) =>
    value === undefined ? [] : [sql<SqlBool>`${sql.ref(`g.${column}`)} = ${value}`],
  )
  return sql<SqlBool>`${sql.join([sql`true`, ...conditions], sql` and `)}`
}
