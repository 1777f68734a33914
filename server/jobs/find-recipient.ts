/** Who a queued mail is for. */
import type { SystemActor } from '../authorization/actor.ts'
import type { Connection } from '../connections/connection.ts'
import { findConnection } from '../connections/store.ts'
import type { Db, Tx } from '../db/database.ts'
import type { QueuedEmail } from '../emails/store.ts'
import { lockTicketsOf } from '../tickets/store.ts'
import { findAccount } from '../users/find-account.ts'
import { findUser } from '../users/store.ts'
import { asIdentity, type User } from '../users/user.ts'

/** The person as that identity of his in a database connection knows him to which the mail goes and links are bound. */
export type Recipient = { user: User; connection: Connection; identityId: string }

/** Mails are sent by the server itself. */
export const MAIL_ACTOR: SystemActor = { kind: 'system', name: 'mail' }

/**
 * The user who is named, or the one whom the connection knows by what was typed; undefined when there is none. No other
 * mail to him is prepared until the transaction ends.
 */
export async function findRecipient(tx: Tx, email: QueuedEmail): Promise<Recipient | undefined> {
  const asked = email.user_id === null ? await findTyped(tx, email) : knownOf(email, email.user_id)
  if (asked === undefined) return undefined
  await lockTicketsOf(tx, asked.userId)
  const user = await findUser(tx, MAIL_ACTOR, asked.userId)
  const identity = await findIdentity(tx, asked)
  const connection = identity && (await findConnection(tx, identity.connection_id))
  if (!user || !connection) return undefined
  const profileData = identity.profile_data ?? undefined
  return { user: asIdentity(user, profileData ? { profileData } : {}), connection, identityId: identity.identity_id }
}

type Asked = { userId: string; connectionId: string | undefined; identityId: string | undefined }

function knownOf({ connection_id, identity_id }: QueuedEmail, userId: string): Asked {
  return { userId, connectionId: connection_id ?? undefined, identityId: identity_id ?? undefined }
}

async function findTyped(db: Db, { connection_id, identifier }: QueuedEmail): Promise<Asked | undefined> {
  if (connection_id === null || identifier === null) return undefined
  const account =
    (await findAccount(db, connection_id, 'email', identifier)) ??
    (await findAccount(db, connection_id, 'username', identifier)) ??
    (await findAccount(db, connection_id, 'phone_number', identifier.replace(/[\s().-]/g, '')))
  return account && { userId: account.userId, connectionId: connection_id, identityId: account.identityId }
}

async function findIdentity(db: Db, { userId, connectionId, identityId }: Asked) {
  return await db
    .selectFrom('identities')
    .select(['connection_id', 'identity_id', 'profile_data'])
    .where('user_id', '=', userId)
    .where('provider', '=', 'auth0')
    .$if(connectionId !== undefined, (query) => query.where('connection_id', '=', connectionId ?? ''))
    .$if(identityId !== undefined, (query) => query.where('identity_id', '=', identityId ?? ''))
    .orderBy('position')
    .executeTakeFirst()
}
