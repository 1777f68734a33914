/** All SQL about signing keys. */
import { type Selectable, sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { Secrets } from '../base/secrets.ts'
import type { Database, Db, Tx } from '../db/database.ts'
import type { SigningKeysTable } from '../db/tables.ts'
import type { NewSigningKey } from './signing-key.ts'

/** A stored key, its private part still encrypted. */
export type StoredKey = Selectable<SigningKeysTable>

const ORDER = ['current', 'next', 'previous']

/** Every key the tenant ever had, the current one first. */
export async function listKeys(db: Db): Promise<StoredKey[]> {
  const rows = await db.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').execute()
  return rows.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
}

/** The part of a statement that makes of the keys a text, which changes whenever another one signs, begins or ceases to count. */
export const KEY_STATES_SQL =
  "coalesce(string_agg(kid || ' ' || state, ',' order by kid) filter (where revoked_at is null), '')"

const KEY_STATES = { name: 'key-states', text: `select ${KEY_STATES_SQL} as states from signing_keys` }

/** That text. */
export async function readKeyStates(database: Database): Promise<string> {
  const [row] = await database.query<{ states: string }>(KEY_STATES, [])
  return row?.states ?? ''
}

/** The key with this id; undefined when there is none. */
export async function findKey(db: Db, kid: string): Promise<StoredKey | undefined> {
  return await db.selectFrom('signing_keys').selectAll().where('kid', '=', kid).executeTakeFirst()
}

/** The keys others need to check what we signed: all that are not revoked. */
export async function listPublicKeys(db: Db): Promise<Record<string, unknown>[]> {
  const rows = await db
    .selectFrom('signing_keys')
    .select(['public_jwk', 'state'])
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .execute()
  return rows.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state)).map((row) => row.public_jwk)
}

/** Stores a new key. */
export async function insertKey(
  tx: Tx,
  secrets: Secrets,
  key: NewSigningKey,
  state: 'next' | 'current',
): Promise<void> {
  const createdAt = now()
  await tx
    .insertInto('signing_keys')
    .values({
      kid: key.kid,
      certificate: key.certificate,
      public_jwk: JSON.stringify(key.publicJwk),
      private_key_encrypted: secrets.encrypt('signing_key', key.kid, key.privateKey),
      state,
      created_at: createdAt,
      current_since: state === 'current' ? createdAt : null,
      current_until: null,
      revoked_at: null,
    })
    .execute()
}

/**
 * The current and the next key. Nobody else changes keys until the transaction ends, so two rotations follow one
 * another; a lock on the rows would not do, for who waited for it does not see the key that was added meanwhile.
 */
export async function lockSigningKeys(tx: Tx): Promise<StoredKey[]> {
  await sql`lock table signing_keys in share row exclusive mode`.execute(tx)
  return await tx.selectFrom('signing_keys').selectAll().where('state', 'in', ['current', 'next']).execute()
}

/** Gives a key another state. */
export async function setKeyState(
  tx: Tx,
  kid: string,
  change: { state: 'current' | 'previous' } | { revoked: true },
): Promise<void> {
  const at = now()
  const values =
    'revoked' in change
      ? { revoked_at: at }
      : change.state === 'current'
        ? { state: 'current' as const, current_since: at }
        : { state: 'previous' as const, current_until: at }
  await tx.updateTable('signing_keys').set(values).where('kid', '=', kid).execute()
}
