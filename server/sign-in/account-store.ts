/** SQL of what people do with their accounts that belongs to no other noun. */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { Tx } from '../db/database.ts'
import { indexUsers } from '../db/search-tables.ts'

/**
 * Keeps the user from change by others until the transaction ends, and answers the generation of his tokens; undefined
 * when he is gone. Whoever changes a user takes this lock first.
 */
export async function lockUser(tx: Tx, userId: string): Promise<number | undefined> {
  const row = await tx
    .selectFrom('users')
    .select('token_generation')
    .where('user_id', '=', userId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row?.token_generation
}

/** Makes an account that has just come into being by an organization that one's to manage. */
export async function manageBy(tx: Tx, userId: string, organizationId: string): Promise<void> {
  await tx
    .updateTable('users')
    .set({ managing_organization_id: organizationId })
    .where('user_id', '=', userId)
    .execute()
}

/** An identity of a user. */
export type UserIdentity = { userId: string; connectionId: string; identityId: string }

/** Notes that the user reads mail at the address of this identity: his own, or that of one that was linked to him. */
export async function markEmailVerified(tx: Tx, { userId, connectionId, identityId }: UserIdentity): Promise<void> {
  await sql`
    with linked as (
      update identities set profile_data = profile_data || '{"email_verified":true}'
      where connection_id = ${connectionId} and identity_id = ${identityId} and user_id = ${userId}
        and profile_data is not null
      returning user_id)
    update users set updated_at = ${now()},
      email_verified = case when user_id in (select user_id from linked) then email_verified else true end
    where user_id = ${userId}
      and (email_verified is distinct from true or user_id in (select user_id from linked))`.execute(tx)
  await indexUsers(tx, [userId])
}

/**
 * Ends the user's sessions and everything that was given out by them, after the generation of his tokens was raised.
 *
 * @param keptSessionId the session that lives on, under the new generation
 */
export async function endSessions(tx: Tx, userId: string, keptSessionId?: string): Promise<void> {
  await tx
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .$if(keptSessionId !== undefined, (query) => query.where('session_id', '<>', keptSessionId ?? ''))
    .execute()
  await tx.deleteFrom('oidc_artifacts').where('user_id', '=', userId).execute()
  if (keptSessionId === undefined) return
  await tx
    .updateTable('sessions')
    .set({ user_generation: sql<number>`(select token_generation from users where user_id = ${userId})` })
    .where('session_id', '=', keptSessionId)
    .where('user_id', '=', userId)
    .execute()
}
