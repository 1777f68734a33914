/** All SQL about the credentials of clients. */
import { sql } from 'kysely'
import { now } from '../../base/clock.ts'
import { newId } from '../../base/ids.ts'
import { type Db, isUniqueViolation, type Tx } from '../../db/database.ts'
import { ApiError } from '../../http/errors.ts'
import type { ReadPublicKey, StoredCredential } from './credential.ts'

/** Every credential of a client, the oldest first. */
export async function listCredentials(db: Db, clientId: string): Promise<StoredCredential[]> {
  return await db
    .selectFrom('client_credentials')
    .selectAll()
    .where('client_id', '=', clientId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** A credential of a client; undefined when it has none of this id. */
export async function findCredential(db: Db, clientId: string, id: string): Promise<StoredCredential | undefined> {
  return await db
    .selectFrom('client_credentials')
    .selectAll()
    .where('client_id', '=', clientId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Which of these credentials a client has. */
export async function knownCredentials(db: Db, clientId: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('client_credentials')
    .select('id')
    .where('client_id', '=', clientId)
    .where('id', 'in', ids)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/**
 * Stores a credential.
 * @throws ApiError credential_exists when the client has one with this key id
 */
export async function insertCredential(
  tx: Tx,
  clientId: string,
  key: ReadPublicKey & { name: string | undefined; alg: string },
): Promise<StoredCredential> {
  const at = now()
  try {
    return await tx
      .insertInto('client_credentials')
      .values({
        id: newId('cred'),
        client_id: clientId,
        name: key.name ?? null,
        kid: key.kid,
        credential_type: 'public_key',
        alg: key.alg,
        public_key_pem: key.pem,
        expires_at: timestamp(key.expiresAt),
        created_at: at,
        updated_at: at,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  } catch (error) {
    if (isUniqueViolation(error)) throw new ApiError('credential_exists', { cause: error })
    throw error
  }
}

/** Sets or takes away a credential's end; undefined when the client has none of this id. */
export async function setCredentialExpiry(
  tx: Tx,
  clientId: string,
  id: string,
  expiresAt: string | undefined,
): Promise<StoredCredential | undefined> {
  return await tx
    .updateTable('client_credentials')
    .set({ expires_at: timestamp(expiresAt), updated_at: now() })
    .where('client_id', '=', clientId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

/** Removes a credential. Gives back what it was; undefined when the client has none of this id. */
export async function deleteCredential(tx: Tx, clientId: string, id: string): Promise<StoredCredential | undefined> {
  return await tx
    .deleteFrom('client_credentials')
    .where('client_id', '=', clientId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

// The schema has let through RFC 3339 alone, which PostgreSQL reads, leap seconds and all.
function timestamp(text: string | undefined) {
  return text === undefined ? null : sql<Date>`${text}::timestamptz`
}
