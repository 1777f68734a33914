/** Sets the password of a user who is there, for whoever may: the person himself, an application, an administrator. */
import { clearFailures } from '../attack-protection/store.ts'
import { now } from '../base/clock.ts'
import type { Tx } from '../db/database.ts'
import { closeTickets } from '../tickets/store.ts'
import {
  deletePassword,
  lockPassword,
  markPasswordChanged,
  type NewPassword,
  type PasswordKey,
  passwordRow,
  savePassword,
} from './store.ts'

/** What to set, and how many former hashes to keep: the `historySize` of the connection's rules. */
export type PasswordChange = NewPassword & { keepHistory: number }

/**
 * Sets it. The password was checked and hashed before the transaction began. Also stamps `last_password_reset`,
 * ends every session and token given before by raising the user's `token_generation`, closes his open password links
 * and lifts the blocks that wrong passwords have put on his account. The caller has locked the user, records the event,
 * and writes none of these columns from a copy of the user that he read before.
 */
export async function setPassword(tx: Tx, { keepHistory, ...password }: PasswordChange): Promise<void> {
  const at = now()
  const former = await lockPassword(tx, password)
  const history = former ? [former.hash, ...former.history].slice(0, keepHistory) : []
  await savePassword(tx, passwordRow(password, at, history))
  await markPasswordChanged(tx, password.userId, at)
  await closeTickets(tx, 'password_change', password.userId, at)
  await clearFailures(tx, password.userId)
}

/** Takes the password away: the user can sign in with it no more, and tokens given before end. Fine without one. */
export async function removePassword(tx: Tx, key: PasswordKey & { userId: string }): Promise<void> {
  if (!(await deletePassword(tx, key))) return
  await markPasswordChanged(tx, key.userId, now())
  await closeTickets(tx, 'password_change', key.userId, now())
}
