/** All SQL about passwords. */
import type { Selectable } from 'kysely'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import { indexUsers } from '../db/search-tables.ts'
import type { PasswordsTable } from '../db/tables.ts'

/** A stored password. `history` has the hashes before it, newest first. */
export type StoredPassword = Selectable<PasswordsTable>

/** Which password is meant: the one of an identity in a database connection. */
export type PasswordKey = { connectionId: string; identityId: string }

/** The identity's password; undefined when none was ever set. */
export async function findPassword(db: Db, key: PasswordKey): Promise<StoredPassword | undefined> {
  return await one(db, key).executeTakeFirst()
}

/** The same, kept from change by others until the transaction ends. */
export async function lockPassword(tx: Tx, key: PasswordKey): Promise<StoredPassword | undefined> {
  return await one(tx, key).forUpdate().executeTakeFirst()
}

/** A password to store, as the one who sets it has it. */
export type NewPassword = PasswordKey & {
  userId: string
  hash: string
  setBy: StoredPassword['set_by']
  /** Must be changed at the next sign-in, before any token is issued. */
  temporary: boolean
}

/** Adds the first password of a user who is being created. A user who is there gets his by `setPassword`. */
export async function insertPassword(tx: Tx, password: NewPassword): Promise<void> {
  await tx
    .insertInto('passwords')
    .values(passwordRow(password, now(), []))
    .execute()
}

/** The row of a password. @param history the hashes before it, newest first */
export function passwordRow(password: NewPassword, at: Date, history: string[]): StoredPassword {
  return {
    connection_id: password.connectionId,
    identity_id: password.identityId,
    user_id: password.userId,
    hash: password.hash,
    set_at: at,
    set_by: password.setBy,
    temporary: password.temporary,
    history,
  }
}

/** Writes the password, whether the identity had one or not. */
export async function savePassword(tx: Tx, password: StoredPassword): Promise<void> {
  const { connection_id, identity_id, ...values } = password
  await tx
    .insertInto('passwords')
    .values(password)
    .onConflict((conflict) => conflict.columns(['connection_id', 'identity_id']).doUpdateSet(values))
    .execute()
}

/** Removes the password; says whether there was one. */
export async function deletePassword(tx: Tx, { connectionId, identityId }: PasswordKey): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('passwords')
    .where('connection_id', '=', connectionId)
    .where('identity_id', '=', identityId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Notes on the user that his password changed, and ends every token and session given before. */
export async function markPasswordChanged(tx: Tx, userId: string, at: Date): Promise<void> {
  await tx
    .updateTable('users')
    .set((row) => ({ last_password_reset: at, updated_at: at, token_generation: row('token_generation', '+', 1) }))
    .where('user_id', '=', userId)
    .execute()
  await indexUsers(tx, [userId])
}

function one(db: Db, { connectionId, identityId }: PasswordKey) {
  return db
    .selectFrom('passwords')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('identity_id', '=', identityId)
}

/** Puts a better hash of the same password in the place of an old one, unless another password was set meanwhile. */
export async function replaceHash(db: Db, key: PasswordKey, before: string, after: string): Promise<void> {
  await db
    .updateTable('passwords')
    .set({ hash: after })
    .where('connection_id', '=', key.connectionId)
    .where('identity_id', '=', key.identityId)
    .where('hash', '=', before)
    .execute()
}
