/** SQL that finds an account by what a person signs in with. */
import type { Db } from '../db/database.ts'
import { type IdentifierKind, identifierValue } from './write.ts'

/** An account in a database connection. */
export type Account = {
  userId: string
  identityId: string
  email: string | undefined
  emailVerified: boolean
  blocked: boolean
}

/** The account that has this identifier, in whatever case of letters; undefined when there is none. */
export async function findAccount(
  db: Db,
  connectionId: string,
  kind: IdentifierKind,
  value: string,
): Promise<Account | undefined> {
  const row = await db
    .selectFrom('user_identifiers')
    .innerJoin('users', 'users.user_id', 'user_identifiers.user_id')
    .innerJoin('identities', (join) =>
      join
        .onRef('identities.user_id', '=', 'users.user_id')
        .onRef('identities.connection_id', '=', 'user_identifiers.connection_id'),
    )
    .select(['users.user_id', 'users.email', 'users.email_verified', 'users.blocked', 'identities.identity_id'])
    .where('user_identifiers.connection_id', '=', connectionId)
    .where('user_identifiers.kind', '=', kind)
    .where('user_identifiers.value', '=', identifierValue(kind, value))
    .orderBy('identities.position')
    .executeTakeFirst()
  if (!row) return undefined
  return {
    userId: row.user_id,
    identityId: row.identity_id,
    email: row.email ?? undefined,
    emailVerified: row.email_verified === true,
    blocked: row.blocked === true,
  }
}
