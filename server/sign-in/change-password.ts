/** A person who is signed in changes his password. */
import { type Actor, personActor } from '../authorization/actor.ts'
import type { Connection } from '../connections/connection.ts'
import { findConnectionByName } from '../connections/store.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { type RequestInfo, withoutBody } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { type Event, recordEvent } from '../logs/record.ts'
import { hashPassword, verifyPassword } from '../passwords/hash.ts'
import { checkPassword, type PasswordRefusal } from '../passwords/policy.ts'
import { passwordRulesOf } from '../passwords/rules.ts'
import { setPassword } from '../passwords/set-password.ts'
import { findPassword, lockPassword, type StoredPassword } from '../passwords/store.ts'
import { isSessionAlive } from '../sessions/store.ts'
import { findUser } from '../users/store.ts'
import { asIdentity, type Identity, type User } from '../users/user.ts'
import { endSessions, lockUser } from './account-store.ts'
import { authenticate, type Outcome } from './authenticate.ts'
import { refuseBreached } from './breach.ts'

/** A change. */
export type PasswordChange = {
  userId: string
  clientId: string | undefined
  newPassword: string
  request: RequestInfo
} & (
  | { currentPassword: string; keepSessionId?: string | undefined }
  /** A password that has to be changed: the sign-in of this session has just proved it. */
  | { currentPassword: undefined; keepSessionId: string }
)

/** What came of it. `refused` is about the new password; everything after it about the present one. */
export type PasswordChangeResult =
  | { kind: 'changed' }
  | { kind: 'refused'; refusal: PasswordRefusal }
  | { kind: 'wrong-password' }
  | { kind: 'blocked' }
  | { kind: 'throttled'; retryAfterSeconds: number }

type Account = { user: User; connection: Connection; identityId: string; stored: StoredPassword }

const SERVER: Actor = { kind: 'system', name: 'password page' }
const NO_PASSWORD = { with: { reason: 'The account has no password that could be changed.' } }

/**
 * Sets the password and ends every session and token given before, but for the session that is kept. The present
 * password is checked as at a sign-in, so that guessing it here counts there.
 *
 * @throws ApiError operation_not_supported for a user without a password of ours; transaction_gone for a forced change
 *   that was made already, or of a session that has ended; inexistent_user; busy
 */
export async function changePassword(server: Server, change: PasswordChange): Promise<PasswordChangeResult> {
  const { db } = server.database
  const { userId, newPassword } = change
  const isForced = change.currentPassword === undefined
  const account = isForced
    ? await findTemporaryAccount(server, userId)
    : await meantAccount(await findAccounts(server, userId), change.currentPassword)
  if (!account) throw new ApiError(isForced ? 'transaction_gone' : 'operation_not_supported', NO_PASSWORD)
  const { connection, stored, user } = account
  const proof = await proveCurrent(server, change, account)
  if (proof && proof.kind !== 'passed') return proof.kind === 'refused' ? { kind: 'wrong-password' } : proof
  const history = [stored.hash, ...stored.history]
  const refusal =
    (await checkPassword({ password: newPassword, options: connection.options, person: user, history })) ??
    (await refuseTemporary(change, stored)) ??
    (await refuseBreached(server, 'pre-change-password', newPassword, eventOf(change, account)))
  if (refusal) return { kind: 'refused', refusal }
  const hash = await hashPassword(newPassword)
  await transact(db, async (tx) => {
    const generation = await lockUser(tx, userId)
    await confirm(tx, change, account, proof ? proof.generation === generation : undefined)
    await save(tx, change, account, hash)
  })
  return { kind: 'changed' }
}

/**
 * The account of a user who has to change his password: the one of which it is temporary, which can be that of an account
 * linked to him.
 *
 * @throws ApiError inexistent_user
 */
export async function findTemporaryAccount(server: Server, userId: string): Promise<Account | undefined> {
  return (await findAccounts(server, userId)).find(({ stored }) => stored.temporary)
}

/** Those of a user's identities that have a password of ours, the primary one first. */
async function findAccounts({ database }: Server, userId: string): Promise<Account[]> {
  const { db } = database
  const user = await findUser(db, SERVER, userId)
  if (!user) throw new ApiError('inexistent_user')
  const ours = user.identities.filter(({ provider }) => provider === 'auth0')
  const accounts = await Promise.all(ours.map((identity) => accountOf(db, user, identity)))
  return accounts.filter((account) => account !== undefined)
}

/**
 * Whoever has several passwords, since accounts were linked, changes the one that he gives as the present one. All are
 * looked at, so that the time says nothing; a wrong one counts as a try at the first.
 */
async function meantAccount(accounts: readonly Account[], password: string): Promise<Account | undefined> {
  if (accounts.length < 2) return accounts[0]
  const matches = await Promise.all(accounts.map(({ stored }) => verifyPassword(stored.hash, password)))
  return accounts[Math.max(0, matches.indexOf(true))]
}

async function accountOf(db: Db, user: User, identity: Identity): Promise<Account | undefined> {
  const connection = await findConnectionByName(db, identity.connection)
  const stored = connection && (await findPassword(db, { connectionId: connection.id, identityId: identity.user_id }))
  return stored && { user: asIdentity(user, identity), connection, identityId: identity.user_id, stored }
}

type Proof = Exclude<Outcome, { kind: 'breached' }>

/** Undefined for a forced change. */
async function proveCurrent(server: Server, change: PasswordChange, account: Account): Promise<Proof | undefined> {
  const { currentPassword, clientId, request, userId } = change
  if (currentPassword === undefined) return undefined
  const { user, connection, identityId } = account
  const identifier = user.email ?? user.username ?? user.phone_number ?? ''
  const attempt = { connections: [connection], identifier, password: currentPassword, clientId, request }
  // Whoever changes a breached password is not kept from it.
  const outcome = await authenticate(server, { ...attempt, mayBeBreached: true })
  if (outcome.kind === 'breached') return { kind: 'refused' }
  if (outcome.kind === 'passed' && (outcome.userId !== userId || outcome.identityId !== identityId)) {
    return { kind: 'refused' }
  }
  return outcome
}

/** Whoever has to change his password may not keep it, whatever the connection says of former ones. */
async function refuseTemporary(change: PasswordChange, stored: StoredPassword): Promise<PasswordRefusal | null> {
  if (change.currentPassword !== undefined || !(await verifyPassword(stored.hash, change.newPassword))) return null
  return { name: 'PasswordHistoryError', message: 'Password has previously been used' }
}

/** Under the lock once more: hashing took its time, and somebody may have changed the password meanwhile. */
async function confirm(tx: Tx, change: PasswordChange, account: Account, isProofCurrent?: boolean): Promise<void> {
  if (isProofCurrent === false) throw new ApiError('transaction_gone')
  if (isProofCurrent) return
  const { connection, identityId } = account
  const password = await lockPassword(tx, { connectionId: connection.id, identityId })
  const isSignedIn = await isSessionAlive(tx, change.userId, change.keepSessionId ?? '')
  if (!password?.temporary || !isSignedIn) throw new ApiError('transaction_gone')
}

async function save(tx: Tx, change: PasswordChange, account: Account, hash: string): Promise<void> {
  const { userId, keepSessionId } = change
  const { connection, identityId } = account
  const keepHistory = passwordRulesOf(connection.options).historySize
  const key = { connectionId: connection.id, identityId, userId }
  await setPassword(tx, { ...key, hash, setBy: 'self', temporary: false, keepHistory })
  await endSessions(tx, userId, keepSessionId)
  const by = change.currentPassword === undefined ? 'forced change' : 'self'
  await recordEvent(tx, { ...eventOf(change, account), type: 'scp', details: { by } })
}

function eventOf({ userId, clientId, request }: PasswordChange, { user, connection }: Account): Omit<Event, 'type'> {
  return {
    actor: personActor(userId, clientId),
    userId,
    userName: user.email ?? user.name ?? userId,
    connection,
    // The body has both passwords, under whatever names the page gives them.
    request: withoutBody(request),
  }
}
