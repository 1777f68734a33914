/** SQL about anybody's sessions, for those who look after others. */
import { sql } from 'kysely'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { actsForOrganization, usersVisibleTo } from '../authorization/visible-to.ts'
import type { Db, Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { checkpointOf } from '../http/checkpoint.ts'
import type { Paging } from '../http/paging.ts'
import type { SessionRow } from './session-reply.ts'
import { aliveSessions } from './store.ts'

/** A user's live sessions, the oldest first. */
export async function listSessionsOf(db: Db, actor: Actor, userId: string, paging: Paging): Promise<SessionRow[]> {
  const after = checkpointOf(paging)
  return await alive(db, actor)
    .where('s.user_id', '=', userId)
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(s.created_at, s.session_id) > (${after?.time}::timestamptz, ${after?.id})`),
    )
    .orderBy('s.created_at')
    .orderBy('s.session_id')
    .limit(paging.limit)
    .execute()
}

/** The live session of this id; undefined when there is none that the actor may see. */
export async function findAnybodysSession(db: Db, actor: Actor, sessionId: string): Promise<SessionRow | undefined> {
  return await alive(db, actor).where('s.session_id', '=', sessionId).executeTakeFirst()
}

/** The same, locked for a change. */
export async function lockAnybodysSession(tx: Tx, actor: Actor, sessionId: string): Promise<SessionRow | undefined> {
  return await alive(tx, actor).where('s.session_id', '=', sessionId).forUpdate('s').executeTakeFirst()
}

function alive(db: Db, actor: Actor) {
  return aliveSessions(db)
    .selectAll('s')
    .select('u.user_id')
    .where(usersVisibleTo(actor, 'u'))
    .$if(actsForOrganization(actor), (query) =>
      // The browsers of an account that is the person's own have been at other organizations as well.
      query.where('u.managing_organization_id', '=', organizationOf(actor) ?? null),
    )
}

/** Stores metadata; null takes all of it away. */
export async function saveSessionMetadata(tx: Tx, sessionId: string, metadata: JsonObject | null): Promise<void> {
  await tx
    .updateTable('sessions')
    .set({ session_metadata: metadata === null ? null : JSON.stringify(metadata) })
    .where('session_id', '=', sessionId)
    .execute()
}

/** Ends every token that the user holds, of every kind, from the next request on. */
export async function endEveryToken(tx: Tx, userId: string): Promise<void> {
  await tx
    .updateTable('users')
    .set({ token_generation: sql<number>`token_generation + 1` })
    .where('user_id', '=', userId)
    .execute()
}
