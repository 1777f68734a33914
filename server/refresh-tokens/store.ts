/** All SQL about families of refresh tokens. */
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Actor } from '../authorization/actor.ts'
import { usersVisibleTo } from '../authorization/visible-to.ts'
import { now } from '../base/clock.ts'
import { randomAlphanumeric } from '../base/ids.ts'
import { hashToken } from '../base/secrets.ts'
import type { Db, Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { checkpointOf, offsetOf } from '../http/checkpoint.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'
import type { RefreshToken } from './refresh-token.ts'

/** What is noted of a family when one of its tokens is given out. */
export type GivenOut = {
  grantId: string
  userId: string
  clientId: string
  sessionId: string | undefined
  organizationId: string | undefined
  rotating: boolean
  resourceServers: { audience: string; scopes: string }[]
  idleExpiresAt: Date | null
  absoluteExpiresAt: Date | null
  expiresAt: Date
  ip: string
  userAgent: string | undefined
}

/** Notes the first token of a family, or its exchange. */
export async function noteRefreshToken(db: Db, given: GivenOut): Promise<void> {
  const last = {
    rotating: given.rotating,
    resource_servers: JSON.stringify(given.resourceServers),
    idle_expires_at: given.idleExpiresAt,
    absolute_expires_at: given.absoluteExpiresAt,
    expires_at: given.expiresAt,
    last_ip: given.ip,
    last_user_agent: given.userAgent ?? null,
  }
  await db
    .insertInto('refresh_tokens')
    .values({
      ...last,
      // Auth0: at most 30 characters.
      id: `rt_${randomAlphanumeric(20)}`,
      grant_id: given.grantId,
      user_id: given.userId,
      client_id: given.clientId,
      session_id: given.sessionId ?? null,
      organization_id: given.organizationId,
      created_at: now(),
      last_exchanged_at: null,
      metadata: null,
      initial_ip: given.ip,
      initial_user_agent: given.userAgent ?? null,
    })
    .onConflict((conflict) => conflict.column('grant_id').doUpdateSet({ ...last, last_exchanged_at: now() }))
    .execute()
}

/** When a family was given out, or used last; undefined where there is none. */
export async function findLastExchange(db: Db, grantId: string): Promise<Date | undefined> {
  const row = await db
    .selectFrom('refresh_tokens')
    .select(['created_at', 'last_exchanged_at'])
    .where('grant_id', '=', grantId)
    .executeTakeFirst()
  return row && (row.last_exchanged_at ?? row.created_at)
}

/** What a list of refresh tokens can be narrowed down by. */
export type RefreshTokenFilter = { userId?: string; clientId?: string; rotating?: boolean; isNone?: boolean }

/** Those that count, the oldest first. The total is counted only where the answer has one. */
export async function listRefreshTokens(
  db: Db,
  actor: Actor,
  { userId, clientId, rotating, isNone }: RefreshTokenFilter,
  paging: Paging,
): Promise<Found<RefreshToken>> {
  const matching = alive(db, actor)
    .$if(isNone === true, (query) => query.where(sql<boolean>`false`))
    .$if(userId !== undefined, (query) => query.where('r.user_id', '=', userId ?? ''))
    .$if(clientId !== undefined, (query) => query.where('r.client_id', '=', clientId ?? ''))
    .$if(rotating !== undefined, (query) => query.where('r.rotating', '=', rotating ?? false))
  const after = checkpointOf(paging)
  const rows = await matching
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(r.created_at, r.id) > (${after?.time}::timestamptz, ${after?.id})`),
    )
    .selectAll('r')
    .orderBy('r.created_at')
    .orderBy('r.id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  return await withTotal(rows, matching, paging)
}

/** One that counts; undefined when there is none that the actor may see. */
export async function findRefreshToken(db: Db, actor: Actor, id: string): Promise<RefreshToken | undefined> {
  return await alive(db, actor).selectAll('r').where('r.id', '=', id).executeTakeFirst()
}

/** The same, locked for a change. */
export async function lockRefreshToken(tx: Tx, actor: Actor, id: string): Promise<RefreshToken | undefined> {
  return await alive(tx, actor).selectAll('r').where('r.id', '=', id).forUpdate('r').executeTakeFirst()
}

/** Stores metadata. */
export async function saveRefreshTokenMetadata(tx: Tx, id: string, metadata: JsonObject | null): Promise<void> {
  await tx
    .updateTable('refresh_tokens')
    .set({ metadata: metadata === null ? null : JSON.stringify(metadata) })
    .where('id', '=', id)
    .execute()
}

function alive(db: Db, actor: Actor) {
  return db
    .selectFrom('refresh_tokens as r')
    .innerJoin('users as u', 'u.user_id', 'r.user_id')
    .where(usersVisibleTo(actor, 'u'))
    .where(
      sql<boolean>`u.blocked is not true and exists (
        select from oidc_artifacts a
        where a.grant_id = r.grant_id and a.kind = 'RefreshToken' and a.consumed_at is null
          and a.expires_at > ${now()} and a.user_generation = u.token_generation)`,
    )
}

/** Which families are meant: all that fit every one of these. */
export type FamilyChoice = {
  ids?: readonly string[]
  userId?: string
  clientId?: string
  sessionId?: string
  audience?: string
}

/** A family that was ended. */
export type EndedFamily = Pick<RefreshToken, 'id' | 'user_id' | 'client_id' | 'session_id'>

/**
 * Ends families, with the codes and opaque tokens of the same grants. Answers those that were there and that the actor
 * may see.
 * @throws Error when nothing is chosen by
 */
export async function endFamilies(tx: Tx, actor: Actor, choice: FamilyChoice): Promise<EndedFamily[]> {
  const chosen = await tx
    .selectFrom('refresh_tokens as r')
    .innerJoin('users as u', 'u.user_id', 'r.user_id')
    .select(['r.id', 'r.user_id', 'r.client_id', 'r.session_id', 'r.grant_id'])
    .where(usersVisibleTo(actor, 'u'))
    .where(conditionOf(choice))
    .execute()
  if (chosen.length === 0) return []
  const grants = chosen.map(({ grant_id }) => grant_id)
  // An exchange under way holds the token it uses up; what it has made instead is found by looking again.
  let isMore = true
  while (isMore) {
    const { rows } = await sql<{ one: number }>`
      with gone as (delete from oidc_artifacts where grant_id = any(${grants}::text[]) returning 1 as one)
      select one from gone limit 1`.execute(tx)
    isMore = rows.length > 0
  }
  await sql`delete from oidc_artifacts
    where kind = 'Grant' and id_hash = any(${grants.map(hashToken)}::text[])`.execute(tx)
  await sql`delete from refresh_tokens where grant_id = any(${grants}::text[])`.execute(tx)
  return chosen.map(({ grant_id: _, ...family }) => family)
}

function conditionOf({ ids, userId, clientId, sessionId, audience }: FamilyChoice): Expression<SqlBool> {
  const conditions = [
    ...(ids === undefined ? [] : [sql<SqlBool>`r.id = any(${[...ids]}::text[])`]),
    ...(userId === undefined ? [] : [sql<SqlBool>`r.user_id = ${userId}`]),
    ...(clientId === undefined ? [] : [sql<SqlBool>`r.client_id = ${clientId}`]),
    ...(sessionId === undefined ? [] : [sql<SqlBool>`r.session_id = ${sessionId}`]),
    ...(audience === undefined ? [] : [sql<SqlBool>`r.resource_servers @> ${JSON.stringify([{ audience }])}::jsonb`]),
  ]
  if (conditions.length === 0) throw new Error('Every refresh token of the tenant is never meant.')
  return sql<SqlBool>`${sql.join(conditions, sql` and `)}`
}

/** Removes what is noted of families past their time, a thousand at once. Answers how many there were. */
export async function deleteExpiredFamilies(db: Db): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    delete from refresh_tokens where id in (
      select id from refresh_tokens where expires_at < ${now()} order by expires_at limit 1000 for update skip locked)
    returning id`.execute(db)
  return rows.length
}
