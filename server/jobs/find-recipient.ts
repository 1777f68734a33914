/** Who a queued mail is for. */
import type { SystemActor } from '../authorization/actor.ts'
import type { Connection } from '../connections/connection.ts'
import { findConnection } from '../connections/store.ts'
import type { Db, Tx } from '../db/database.ts'
import type { QueuedEmail } from '../emails/store.ts'
import { lockTicketsOf } from '../tickets/store.ts'
import { findAccount } from '../users/find-account.ts'
import { findUser } from '../users/store.ts'
import type { User } from '../users/user.ts'

/** The person, and the identity in a database connection that links are bound to. */
export type Recipient = { user: User; connection: Connection; identityId: string }

/** Mails are sent by the server itself. */
export const MAIL_ACTOR: SystemActor = { kind: 'system', name: 'mail' }

/**
 * The user who is named, or the one whom the connection knows by what was typed; undefined when there is none. No other
 * mail to him is prepared until the transaction ends.
 */
export async function findRecipient(tx: Tx, email: QueuedEmail): Promise<Recipient | undefined> {
  const userId = email.user_id ?? (await findTyped(tx, email))
  if (userId === undefined) return undefined
  await lockTicketsOf(tx, userId)
  const user = await findUser(tx, MAIL_ACTOR, userId)
  const identity = await findIdentity(tx, userId, email.connection_id)
  const connection = identity && (await findConnection(tx, identity.connection_id))
  return user && connection && { user, connection, identityId: identity.identity_id }
}

async function findTyped(db: Db, { connection_id, identifier }: QueuedEmail): Promise<string | undefined> {
  if (connection_id === null || identifier === null) return undefined
  const account =
    (await findAccount(db, connection_id, 'email', identifier)) ??
    (await findAccount(db, connection_id, 'username', identifier)) ??
    (await findAccount(db, connection_id, 'phone_number', identifier.replace(/[\s().-]/g, '')))
  return account?.userId
}

async function findIdentity(db: Db, userId: string, connectionId: string | null) {
  return await db
    .selectFrom('identities')
    .select(['connection_id', 'identity_id'])
    .where('user_id', '=', userId)
    .where('provider', '=', 'auth0')
    .$if(connectionId !== null, (query) => query.where('connection_id', '=', connectionId ?? ''))
    .orderBy('position')
    .executeTakeFirst()
}
