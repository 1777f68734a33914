/** SQL that lists, confirms and ends sessions. */
import { sql } from 'kysely'
import { now, secondsFromNow } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { Session } from './session.ts'

/** The applications by which a session is used stand in its payload, by their ids. */
const CLIENTS = sql<Session['clients']>`coalesce((
  select json_agg(json_build_object('client_id', c.client_id, 'name', c.name) order by c.name, c.client_id)
  from jsonb_object_keys(s.payload->'authorizations') as used join clients c on c.client_id = used), '[]')`

/** The user's live sessions, the newest first. */
export async function listSessions(db: Db, userId: string): Promise<Session[]> {
  const rows = await aliveOf(db, userId)
    .select([
      's.session_id',
      's.created_at',
      's.authenticated_at',
      's.updated_at',
      's.expires_at',
      's.last_ip',
      's.last_user_agent',
    ])
    .select(CLIENTS.as('clients'))
    .orderBy('s.created_at', 'desc')
    .orderBy('s.session_id')
    .execute()
  return rows.map((row) => ({
    sessionId: row.session_id,
    createdAt: row.created_at,
    authenticatedAt: row.authenticated_at ?? row.created_at,
    lastInteractedAt: row.updated_at,
    expiresAt: row.expires_at,
    ip: row.last_ip ?? undefined,
    userAgent: row.last_user_agent ?? undefined,
    clients: row.clients,
  }))
}

/** Whether the session is the user's and alive. */
export async function isSessionAlive(db: Db, userId: string, sessionId: string): Promise<boolean> {
  const row = await aliveOf(db, userId).select('s.session_id').where('s.session_id', '=', sessionId).executeTakeFirst()
  return row !== undefined
}

const FRESH_SECONDS = 600

/** Whether he has proved a moment ago that it is he. @throws ApiError sign_in_anew */
export async function requireFreshSignIn(db: Db, userId: string, sessionId: string | undefined): Promise<void> {
  const row = await aliveOf(db, userId)
    .select('s.session_id')
    .where('s.session_id', '=', sessionId ?? '')
    .where('s.authenticated_at', '>', secondsFromNow(-FRESH_SECONDS))
    .executeTakeFirst()
  if (!row) throw new ApiError('sign_in_anew')
}

/** Which of the user's live sessions are meant: one, or all but one. */
export type SessionChoice = { only: string } | { allBut: string | undefined }

/**
 * Removes sessions with all that was given out by them: codes and refresh tokens, unless those stay. Answers the ids of
 * the sessions that were there.
 */
export async function deleteSessions(
  tx: Tx,
  userId: string,
  choice: SessionChoice,
  { keepsRefreshTokens = false } = {},
): Promise<string[]> {
  const [name, isMeant] = 'only' in choice ? ([choice.only, '='] as const) : ([choice.allBut ?? '', '<>'] as const)
  // In one order, so that two who do this at once wait for each other and not in a circle.
  const locked = await aliveOf(tx, userId)
    .select('s.session_id')
    .where('s.session_id', isMeant, name)
    .orderBy('s.session_id')
    .forUpdate('s')
    .execute()
  const ids = locked.map((row) => row.session_id)
  if (ids.length === 0) return []
  await tx.deleteFrom('sessions').where('session_id', 'in', ids).execute()
  // An exchange under way holds the code or token it uses up; what it has made instead is found by looking again.
  let isMore = true
  while (isMore) isMore = await deleteGivenOut(tx, ids, keepsRefreshTokens)
  if (!keepsRefreshTokens) await tx.deleteFrom('refresh_tokens').where('session_id', 'in', ids).execute()
  return ids
}

async function deleteGivenOut(tx: Tx, sessionIds: string[], keepsRefreshTokens: boolean): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('oidc_artifacts')
    .where('session_id', 'in', sessionIds)
    .$if(keepsRefreshTokens, (query) => query.where('kind', '<>', 'RefreshToken'))
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Removes what is past its time, a thousand at once. Answers how many there were. */
export async function deleteExpiredSessions(db: Db): Promise<number> {
  const at = now()
  const { rows } = await sql<{ session_id: string }>`
    delete from sessions where session_id in (
      select session_id from sessions where expires_at < ${at} or idle_expires_at < ${at}
      order by expires_at limit 1000 for update skip locked)
    returning session_id`.execute(db)
  return rows.length
}

function aliveOf(db: Db, userId: string) {
  return aliveSessions(db).where('s.user_id', '=', userId)
}

/** Sessions (`s`) that still count, with their users (`u`). */
export function aliveSessions(db: Db) {
  const at = now()
  return db
    .selectFrom('sessions as s')
    .innerJoin('users as u', 'u.user_id', 's.user_id')
    .where('s.idle_expires_at', '>', at)
    .where('s.expires_at', '>', at)
    .whereRef('s.user_generation', '=', 'u.token_generation')
}
