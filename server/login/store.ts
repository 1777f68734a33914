/** SQL of the pages that belongs to no other noun. */
import type { Tx } from '../db/database.ts'

/** Keeps the user from change by others until the transaction ends. Whoever changes a user takes this lock first. */
export async function lockUser(tx: Tx, userId: string): Promise<void> {
  await tx.selectFrom('users').select('user_id').where('user_id', '=', userId).forNoKeyUpdate().execute()
}

/** Notes that the user reads mail at his address. */
export async function markEmailVerified(tx: Tx, userId: string): Promise<void> {
  await tx.updateTable('users').set({ email_verified: true }).where('user_id', '=', userId).execute()
}
