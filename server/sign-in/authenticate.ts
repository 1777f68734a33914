/** Whether identifier and password belong together. */
import { type Admission, admitTry } from '../attack-protection/admit.ts'
import { type AddressAdmission, admitAddress } from '../attack-protection/admit-address.ts'
import { plainAddress } from '../attack-protection/allowlist.ts'
import { findBreach } from '../attack-protection/breached-password.ts'
import type { Said } from '../attack-protection/settings.ts'
import { failTry, passTry, releaseTry } from '../attack-protection/tries.ts'
import type { Connection } from '../connections/connection.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { enqueueEmail } from '../emails/enqueue.ts'
import { addressBlock } from '../http/address-block.ts'
import { ApiError } from '../http/errors.ts'
import { type RequestInfo, withoutParameters } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import type { EventType } from '../logs/event-types.ts'
import { recordEvent } from '../logs/record.ts'
import { hashOfNobody, hashPassword, needsRehash, verifyPassword } from '../passwords/hash.ts'
import { replaceHash } from '../passwords/store.ts'
import { fold } from '../users/user.ts'
import { type Candidate, findCandidate, type Search, subjectOfNobody } from './find-candidate.ts'
import { organizationTold } from './organization-told.ts'
import { askerOf, typedIdentifier } from './request-reset.ts'

/** A try. */
export type Attempt = {
  /** The database connections that the application may use; the first that knows the identifier counts. */
  connections: readonly Connection[]
  identifier: string
  password: string
  clientId: string | undefined
  organizationId?: string | undefined
  /** A breached password counts as any other: it is proved in order to be changed. */
  mayBeBreached?: boolean
  request: RequestInfo
}

/** What came of it. `refused` never says whether there is such a user. */
export type Outcome =
  /** `generation` is the user's token_generation, read together with the hash: what ends tokens ends this sign-in as well. */
  | { kind: 'passed'; userId: string; identityId: string; connection: Connection; generation: number }
  | { kind: 'refused' }
  /** Closed to this address after too many failures. */
  | { kind: 'blocked' }
  /** Too many failures of this account from everywhere, or of this address at whatever accounts: one may try again later. */
  | { kind: 'throttled'; retryAfterSeconds: number; by?: 'address' }
  /** The password is right, but is in the list of breached ones, and has to be replaced. */
  | { kind: 'breached' }

type Admitted = Extract<Admission, { kind: 'admitted' }>

/** A try of somebody or of nobody; `connection` is his, or for nobody the one where he would be. */
type Try = { attempt: Attempt; identifier: string; candidate: Candidate | undefined; connection: Connection }

/**
 * Checks a password. Known and unknown identifiers cause the same work and are counted alike; why a try failed is
 * recorded, and a right password clears the count. Says nothing about whether the user may sign in (`checks.ts`).
 *
 * @throws ApiError busy when too many passwords wait to be checked; the try counts as none then
 */
export async function authenticate(server: Server, attempt: Attempt): Promise<Outcome> {
  const { database } = server
  const identifier = typedIdentifier(attempt.identifier)
  const [first, ...others] = attempt.connections
  if (!first) return { kind: 'refused' }
  const block = addressBlock(attempt.request.ip)
  const { candidate, said, situation } = await findCandidate(database, [first, ...others], identifier, block)
  const connection = candidate?.connection ?? first
  const one: Try = { attempt, identifier, candidate, connection }
  const address = await admitAddress(database, 'pre-login', attempt.request.ip, said)
  if (address.tells) await record(database.db, one, 'limit_mu', { flow: 'login' })
  if (address.kind === 'throttled') {
    return { kind: 'throttled', retryAfterSeconds: address.retryAfterSeconds, by: 'address' }
  }
  const admission = await admit(server, one, { said, situation })
  if (admission.kind !== 'admitted') return admission
  if (admission.startsSlow) await record(database.db, one, 'limit_sul')
  const isRight = await verify(server, one, admission, address)
  if (!isRight || !candidate) {
    await fail(server, one, admission)
    return { kind: 'refused' }
  }
  await address.giveBack()
  if (admission.counted) await passTry(database, admission.counted)
  if (await isRefusedAsBreached(server, one, candidate, said)) return { kind: 'breached' }
  await renewHash(server, attempt, candidate)
  const { userId, identityId, generation } = candidate
  return { kind: 'passed', userId, identityId, connection, generation }
}

/** Nothing is counted in a connection that does without. */
async function admit(
  server: Server,
  { attempt, identifier, candidate, connection }: Try,
  known: Pick<Search, 'said' | 'situation'>,
): Promise<Admission> {
  if (connection.options.brute_force_protection === false) {
    return { kind: 'admitted', counted: undefined, tellsHolder: false, startsSlow: false }
  }
  const attempted = {
    subject: candidate?.userId ?? subjectOfNobody(connection, identifier),
    userId: candidate?.userId,
    identifier: fold(identifier),
    connection: connection.name,
    ip: plainAddress(attempt.request.ip),
  }
  return await admitTry(server.database, attempted, known)
}

async function verify(
  server: Server,
  { attempt, candidate }: Try,
  { counted }: Admitted,
  address: Extract<AddressAdmission, { kind: 'admitted' }>,
): Promise<boolean> {
  try {
    return await verifyPassword(candidate?.hash ?? hashOfNobody(), attempt.password)
  } catch (error) {
    await address.giveBack()
    if (counted) await releaseTry(server.database, counted)
    throw error
  }
}

/** Records that a right password is a breached one, and tells its holder by mail where that is wanted. */
async function isRefusedAsBreached(
  server: Server,
  one: Try,
  { userId, identityId }: Candidate,
  said: Said,
): Promise<boolean> {
  const { attempt, connection } = one
  const breach = attempt.mayBeBreached ? undefined : await findBreach(server, 'pre-login', attempt.password, said)
  if (!breach) return false
  await transact(server.database.db, async (tx) => {
    await record(tx, one, 'pwd_leak')
    if (!breach.tellsHolder) return
    const { clientId, request } = attempt
    const to = { userId, identity: { connectionId: connection.id, identityId } }
    await enqueueEmail(tx, { template: 'stolen_credentials', to, clientId, request })
  })
  if (breach.tellsHolder) mailWorkerOf(server).wake()
  return breach.refuses
}

async function fail(server: Server, one: Try, { counted, tellsHolder }: Admitted): Promise<void> {
  const isTold = await transact(server.database.db, async (tx) => {
    await record(tx, one, one.candidate ? 'fp' : 'fu')
    const { closed, notify } = counted ? await failTry(tx, counted) : { closed: false, notify: false }
    if (!closed) return false
    await record(tx, one, 'limit_wc')
    if (!notify || !tellsHolder) return false
    await tellHolder(tx, one)
    return true
  })
  if (isTold) mailWorkerOf(server).wake()
}

/** Queued for nobody as well; that there is none is found out when it is sent. */
async function tellHolder(tx: Tx, { attempt, identifier, candidate, connection }: Try): Promise<void> {
  const { clientId, request } = attempt
  const { userId, identityId } = candidate ?? {}
  const identity = identityId === undefined ? undefined : { connectionId: connection.id, identityId }
  const to = userId !== undefined ? { userId, identity } : { connectionId: connection.id, identifier }
  await enqueueEmail(tx, { template: 'blocked_account', to, clientId, request })
}

async function record(db: Db, one: Try, type: EventType, details?: JsonObject): Promise<void> {
  const { attempt, identifier, candidate, connection } = one
  // The form has the password, and either may have what was typed into the wrong field.
  await recordEvent(db, {
    type,
    actor: askerOf(attempt.clientId, 'sign-in'),
    ...(candidate ? { userId: candidate.userId } : {}),
    userName: identifier,
    connection,
    ...(await organizationTold(db, attempt.organizationId, candidate?.userId)),
    request: withoutParameters(attempt.request),
    ...(details ? { details } : {}),
  })
}

/** Puts a hash of today in the place of one from elsewhere or from before. That can wait while the server is busy. */
async function renewHash(server: Server, { password }: Attempt, candidate: Candidate): Promise<void> {
  const { hash, identityId, connection } = candidate
  if (hash === undefined || !needsRehash(hash)) return
  try {
    const key = { connectionId: connection.id, identityId }
    await replaceHash(server.database.db, key, hash, await hashPassword(password))
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'busy') throw error
  }
}
