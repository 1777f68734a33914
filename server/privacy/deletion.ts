/** An account that its holder gives up: it is erased when he had time to change his mind. */
import { sql } from 'kysely'
import { type Actor, personActor, type SystemActor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import type { AccountDeletionRules } from '../config-limits.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { enqueueEmail } from '../emails/enqueue.ts'
import { ApiError } from '../http/errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { recordEvent } from '../logs/record.ts'
import { fold, type User } from '../users/user.ts'
import { eraseUser, refuseOrphaning } from './erase.ts'

const DAY_MS = 86_400_000
const SERVER: SystemActor = { kind: 'system', name: 'account-deletion' }

/** A wish that waits. */
export type AccountDeletion = { requestedAt: Date; dueAt: Date }

/** Who wants his account deleted, and what he typed to show that he means it. */
export type DeletionRequest = {
  user: User
  clientId: string | undefined
  typed: string
  request: RequestInfo
}

/** Undefined where he wants nothing of the kind. */
export async function findDeletion(db: Db, userId: string): Promise<AccountDeletion | undefined> {
  const row = await db
    .selectFrom('account_deletions')
    .select(['requested_at', 'due_at'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row && { requestedAt: row.requested_at, dueAt: row.due_at }
}

/**
 * Notes the wish, and tells him by mail until when he can call it off. Asked twice, it stays as it is.
 * @throws ApiError deletion_not_offered, deletion_not_confirmed, account_not_own, erasure_leaves_no_administrator;
 *   invalid_token when he was deleted a moment ago
 */
export async function requestDeletion(
  tx: Tx,
  { isOffered, days }: AccountDeletionRules,
  { user, clientId, typed, request }: DeletionRequest,
): Promise<AccountDeletion> {
  const userId = user.user_id
  if (!isOffered) throw new ApiError('deletion_not_offered')
  await refuseManaged(tx, userId)
  if (!namesOf(user).includes(fold(typed.trim()))) throw new ApiError('deletion_not_confirmed')
  await refuseOrphaning(tx, userId)
  await holdUser(tx, userId)
  const requestedAt = now()
  const dueAt = new Date(requestedAt.getTime() + days * DAY_MS)
  const added = await tx
    .insertInto('account_deletions')
    .values({ user_id: userId, requested_at: requestedAt, due_at: dueAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .executeTakeFirst()
  const waiting = await findDeletion(tx, userId)
  if (!added && waiting) return waiting
  const actor = personActor(userId, clientId)
  const details = { due_at: dueAt.toISOString() }
  await recordEvent(tx, { type: 'account_deletion_requested', actor, userId, details, request })
  await enqueueEmail(tx, {
    template: 'account_deletion',
    to: { userId },
    clientId,
    variables: { due_at: dueAt.toISOString() },
    request,
  })
  return { requestedAt, dueAt }
}

/** Keeps him from being deleted until the transaction ends. */
async function holdUser(tx: Tx, userId: string): Promise<void> {
  const held = await tx
    .selectFrom('users')
    .select('user_id')
    .where('user_id', '=', userId)
    .forKeyShare()
    .executeTakeFirst()
  if (!held) throw new ApiError('invalid_token')
}

/** Calls it off. Answers whether there was something to call off. */
export async function cancelDeletion(
  tx: Tx,
  { actor, userId, request }: { actor: Actor; userId: string; request: RequestInfo },
): Promise<boolean> {
  const removed = await tx
    .deleteFrom('account_deletions')
    .where('user_id', '=', userId)
    .returning('user_id')
    .executeTakeFirst()
  if (!removed) return false
  await recordEvent(tx, { type: 'account_deletion_cancelled', actor, userId, request })
  return true
}

/**
 * Erases one whose time is over, and answers how many that were. Whoever has become the last administrator of an organization
 * meanwhile waits another day, and so does an account that an organization manages by now, or that cannot be erased for
 * another reason: it must not keep the others waiting.
 * @param report is told of such a reason
 */
export async function eraseDue(db: Db, report: (error: unknown) => void): Promise<number> {
  const taken: { userId: string | undefined } = { userId: undefined }
  try {
    return await transact(db, async (tx) => {
      taken.userId = await takeDue(tx)
      if (taken.userId === undefined) return 0
      await refuseManaged(tx, taken.userId)
      await eraseUser(tx, { actor: SERVER, userId: taken.userId, reason: 'self', request: undefined })
      return 1
    })
  } catch (error) {
    if (taken.userId === undefined) throw error
    if (!(error instanceof ApiError)) report(error)
    await postpone(db, taken.userId)
    return 1
  }
}

/** One that is due, and that nobody else has in hand. */
async function takeDue(tx: Tx): Promise<string | undefined> {
  const due = await tx
    .selectFrom('account_deletions')
    .select('user_id')
    .where('due_at', '<=', now())
    // Whoever is blocked cannot call it off, and may not be the one who wished it.
    .where(
      sql<boolean>`exists (select from users u where u.user_id = account_deletions.user_id and u.blocked is not true)`,
    )
    .orderBy('due_at')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return due?.user_id
}

async function postpone(db: Db, userId: string): Promise<void> {
  const due_at = new Date(now().getTime() + DAY_MS)
  await db.updateTable('account_deletions').set({ due_at }).where('user_id', '=', userId).execute()
}

async function refuseManaged(tx: Tx, userId: string): Promise<void> {
  const manager = await tx
    .selectFrom('users as u')
    .innerJoin('organizations as o', 'o.id', 'u.managing_organization_id')
    .select(['o.name', 'o.display_name'])
    .where('u.user_id', '=', userId)
    .executeTakeFirst()
  if (!manager) return
  throw new ApiError('account_not_own', { with: { organization: manager.display_name ?? manager.name } })
}

/** What he can type: whoever has no name here types his id. */
function namesOf({ user_id, email, username, phone_number }: User): string[] {
  const names = [email, username, phone_number].flatMap((name) => (name ? [fold(name)] : []))
  return names.length > 0 ? names : [fold(user_id)]
}
