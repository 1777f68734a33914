/**
 * All SQL about sessions as oidc-provider keeps them. A session is known by the hash of its cookie; it counts while
 * neither of its two times is over and the generation of its user's tokens is the one at sign-in.
 */
import { sql } from 'kysely'
import { now, secondsFromNow } from '../base/clock.ts'
import { hashToken } from '../base/secrets.ts'
import type { Db } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'

/** A session's payload, with what has to come back with it. */
export type SessionPayload = JsonObject & { uid: string; accountId?: string; userGeneration?: number }

/** The session of a cookie; undefined when it is over. */
export async function findSession(db: Db, token: string): Promise<SessionPayload | undefined> {
  return await one(db, 'token_hash', hashToken(token))
}

/** The session by its public id; undefined when it is over. */
export async function findSessionByUid(db: Db, sessionId: string): Promise<SessionPayload | undefined> {
  return await one(db, 'session_id', sessionId)
}

async function one(db: Db, column: 'token_hash' | 'session_id', value: string): Promise<SessionPayload | undefined> {
  const at = now()
  const row = await db
    .selectFrom('sessions as s')
    .leftJoin('users as u', 'u.user_id', 's.user_id')
    .select(['s.payload', 's.session_id', 's.user_generation'])
    .where(`s.${column}`, '=', value)
    .where('s.idle_expires_at', '>', at)
    .where('s.expires_at', '>', at)
    .where(sql<boolean>`(s.user_id is null or (u.token_generation = s.user_generation and u.blocked is not true))`)
    .executeTakeFirst()
  if (!row) return undefined
  return {
    ...row.payload,
    uid: row.session_id,
    ...(row.user_generation === null ? {} : { userGeneration: row.user_generation }),
  }
}

/** What a session is saved with. */
export type SessionToSave = {
  token: string
  payload: SessionPayload
  /** Seconds from now until it ends when nothing happens. */
  idleSeconds: number
  /** Seconds from its sign-in until it ends whatever happens. */
  lifetimeSeconds: number
  /** Of a sign-in in this request: the generation of the user's tokens at the moment he proved who he is. */
  generation: number | undefined
  ip: string
  userAgent: string | undefined
}

/** Saves a session, and answers whether it is still there: one that was ended meanwhile does not come back. */
export async function saveSession(db: Db, session: SessionToSave): Promise<boolean> {
  const { payload, generation } = session
  const isSignedInAlready = payload.userGeneration !== undefined && generation === undefined
  if (isSignedInAlready) return await touchSession(db, session)
  const { accountId } = payload
  const at = now()
  const row = {
    token_hash: hashToken(session.token),
    user_id: accountId ?? null,
    user_generation:
      accountId === undefined
        ? null
        : (generation ?? sql<number>`(select token_generation from users where user_id = ${accountId})`),
    payload: JSON.stringify(withoutColumns(payload)),
    updated_at: at,
    authenticated_at: accountId === undefined ? null : at,
    idle_expires_at: secondsFromNow(session.idleSeconds),
    expires_at: secondsFromNow(session.lifetimeSeconds),
    last_ip: session.ip,
    last_user_agent: session.userAgent ?? null,
  }
  await db
    .insertInto('sessions')
    .values({
      ...row,
      session_id: payload.uid,
      created_at: at,
      initial_ip: session.ip,
      initial_user_agent: session.userAgent ?? null,
    })
    .onConflict((conflict) =>
      conflict.column('session_id').doUpdateSet({
        ...row,
        // What was noted of somebody else's session is nobody's any more.
        session_metadata: sql<null>`case when sessions.user_id = excluded.user_id then sessions.session_metadata end`,
      }),
    )
    .execute()
  return true
}

async function touchSession(db: Db, session: SessionToSave): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('sessions')
    .set({
      token_hash: hashToken(session.token),
      payload: JSON.stringify(withoutColumns(session.payload)),
      updated_at: now(),
      idle_expires_at: secondsFromNow(session.idleSeconds),
      last_ip: session.ip,
      last_user_agent: session.userAgent ?? null,
    })
    .where('session_id', '=', session.payload.uid)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** The cookie's value never rests here, and what has a column stands there alone. */
function withoutColumns({ jti: _, uid: __, userGeneration: ___, ...payload }: SessionPayload): JsonObject {
  return payload
}

/** Ends the session of a cookie. */
export async function deleteSession(db: Db, token: string): Promise<void> {
  await db.deleteFrom('sessions').where('token_hash', '=', hashToken(token)).execute()
}

/** Ends a session by its public id. */
export async function deleteSessionOf(db: Db, sessionId: string): Promise<void> {
  await db.deleteFrom('sessions').where('session_id', '=', sessionId).execute()
}
