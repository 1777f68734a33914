/** Who queued mails are for. */
import { sql } from 'kysely'
import type { SystemActor } from '../authorization/actor.ts'
import type { Connection } from '../connections/connection.ts'
import { findConnections } from '../connections/store.ts'
import { runHotSql, type Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import type { QueuedEmail } from '../emails/store.ts'
import { findUsers } from '../users/store.ts'
import { asIdentity, type User } from '../users/user.ts'
import { type IdentifierKind, identifierValue } from '../users/write.ts'

/** The person as that identity of his in a database connection knows him to which the mail goes and links are bound. */
export type Recipient = { user: User; connection: Connection; identityId: string }

/** Mails are sent by the server itself. */
export const MAIL_ACTOR: SystemActor = { kind: 'system', name: 'mail' }

/**
 * The user who is named in each mail, or the one whom the connection knows by what was typed, by the mail's id; left out
 * where there is none. No other mail to these users is prepared until the transaction ends.
 */
export async function findRecipients(tx: Tx, emails: readonly QueuedEmail[]): Promise<Map<string, Recipient>> {
  const found = await lockAccounts(tx, emails)
  if (found.length === 0) return new Map()
  // Read once they are locked, so that they are as they are now.
  const users = await findUsers(tx, MAIL_ACTOR, [...new Set(found.map((account) => account.user_id))])
  const connections = await findConnections(tx, [...new Set(found.map((account) => account.connection_id))])
  return new Map(
    found.flatMap(({ email_id, user_id, connection_id, identity_id: identityId, profile_data }) => {
      const [user, connection] = [users.get(user_id), connections.get(connection_id)]
      if (!user || !connection) return []
      const known = asIdentity(user, profile_data ? { profileData: profile_data } : {})
      return [[email_id, { user: known, connection, identityId }]]
    }),
  )
}

type Account = {
  email_id: string
  user_id: string
  connection_id: string
  identity_id: string
  /** Of an identity that was linked to another user's. */
  profile_data: JsonObject | null
}

/** In the order of the users, so that two processes wait for one another and never both. */
async function lockAccounts(tx: Tx, emails: readonly QueuedEmail[]): Promise<Account[]> {
  const typed = (kind: IdentifierKind) => emails.map(({ identifier }) => comparedAs(kind, identifier ?? ''))
  // What was typed is looked for in this order, should it be one person's address and another's user name. An identifier
  // that names no identity is that of the user's own one.
  const lock = sql<Account>`
    select mail.id as email_id, u.user_id, i.connection_id, i.identity_id, i.profile_data
    from unnest(${emails.map(({ id }) => id)}::text[], ${emails.map(({ user_id }) => user_id)}::text[],
        ${emails.map(({ connection_id }) => connection_id)}::text[],
        ${emails.map(({ identity_id }) => identity_id)}::text[],
        ${typed('email')}::text[], ${typed('username')}::text[], ${typed('phone_number')}::text[])
      as mail (id, user_id, connection_id, identity_id, email, username, phone_number)
    left join lateral (select n.user_id, n.identity_id from user_identifiers n
      where mail.user_id is null and n.connection_id = mail.connection_id and (n.kind, n.value) in
        (('email', mail.email), ('username', mail.username), ('phone_number', mail.phone_number))
      order by array_position(array['email', 'username', 'phone_number'], n.kind) limit 1) typed on true
    join users u on u.user_id = coalesce(mail.user_id, typed.user_id)
    cross join lateral (select connection_id, identity_id, profile_data from identities
      where user_id = u.user_id and provider = 'auth0'
        and (mail.connection_id is null or connection_id = mail.connection_id)
        and (mail.identity_id is null or identity_id = mail.identity_id)
        and (mail.user_id is not null or identity_id = typed.identity_id
          or (typed.identity_id is null and profile_data is null))
      order by position limit 1) i
    order by u.user_id
    for no key update of u`
  return await runHotSql(tx, 'emails-lock-accounts', lock)
}

function comparedAs(kind: IdentifierKind, identifier: string): string {
  return identifierValue(kind, kind === 'phone_number' ? identifier.replace(/[\s().-]/g, '') : identifier)
}
