/** SQL that finds an account by what a person signs in with. */
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { type IdentifierKind, identifierValue } from './write.ts'

// An identity that was linked to another has its own address, and its identifiers name it.
const OF_IDENTIFIER = sql<boolean>`(identities.identity_id = user_identifiers.identity_id
  or (user_identifiers.identity_id is null and identities.profile_data is null))`
const OWN_EMAIL = sql<string | null>`case when identities.profile_data is null then users.email
  else identities.profile_data->>'email' end`
const OWN_VERIFIED = sql<boolean | null>`case when identities.profile_data is null then users.email_verified
  else (identities.profile_data->>'email_verified')::boolean end`

/** An account in a database connection: the identity that has the identifier, and what it is known by. */
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
        .onRef('identities.connection_id', '=', 'user_identifiers.connection_id')
        .on(OF_IDENTIFIER),
    )
    .select(['users.user_id', 'users.blocked', 'identities.identity_id'])
    .select(OWN_EMAIL.as('email'))
    .select(OWN_VERIFIED.as('email_verified'))
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
