/** What a change makes of a user: rules and result, without the database. */
import type { Connection } from '../connections/connection.ts'
import type { JsonObject } from '../db/tables.ts'
import { ApiError } from '../http/errors.ts'
import type { EventType } from '../logs/event-types.ts'
import type { UserUpdateBody } from './schemas.ts'
import {
  attributesOf,
  type IdentityAttributes,
  isFederated,
  isToVerify,
  mergeMetadata,
  storedEmail,
  storedUsername,
  type User,
} from './user.ts'
import type { IdentifierKind } from './write.ts'

/** What was found out before the transaction, for changes of identifiers and passwords. */
export type Prepared = {
  connection: Connection
  identityId: string
  /** Whether the identity was linked to the user: it has attributes of its own. */
  isLinked: boolean
  /** Undefined: the password stays; null: it is taken away. */
  passwordHash?: string | null
  /** Whether the password has to be replaced at the next sign-in. */
  isTemporary?: boolean
  keepHistory: number
}

/** The outcome: the user after the change, and what else has to happen. */
export type Changed = {
  user: User
  /** Identifiers to replace; undefined as value takes one away. */
  identifiers: { kind: IdentifierKind; value: string | undefined }[]
  /** What a linked identity is known by from now on; undefined where the change is of the user's own. */
  linked?: IdentityAttributes
  /** Root attributes that were edited. */
  edited: string[]
  endsTokens: boolean
  /** Whether a mail is sent by which the address is verified. */
  sendsVerification: boolean
  events: EventType[]
}

const NAMES = ['name', 'given_name', 'family_name', 'nickname', 'picture'] as const
const IDENTIFIERS = [
  { kind: 'email', event: 'sce', verified: 'email_verified', stored: storedEmail },
  { kind: 'username', event: 'scu', verified: undefined, stored: storedUsername },
  { kind: 'phone_number', event: 'scpn', verified: 'phone_verified', stored: (text: string) => text },
] as const
const NEEDS_CONNECTION = [
  'email',
  'email_verified',
  'username',
  'phone_number',
  'phone_verified',
  'password',
  'connection',
] as const
const PAIRS = [
  ['password', 'email'],
  ['password', 'email_verified'],
  ['username', 'email'],
  ['username', 'email_verified'],
  ['username', 'password'],
] as const

/** Whether the change touches what belongs to an identity, so that its connection has to be known. */
export function needsConnection(body: UserUpdateBody): boolean {
  return body.verify_email === true || NEEDS_CONNECTION.some((name) => name in body)
}

/** @throws ApiError invalid_body: Auth0 refuses these pairs in one request */
export function refusePairs(body: UserUpdateBody): void {
  const pair = PAIRS.find(([left, right]) => left in body && right in body)
  if (!pair) return
  throw new ApiError('invalid_body', { with: { reason: `Cannot update ${pair[0]} and ${pair[1]} simultaneously` } })
}

/**
 * Applies a change.
 * @param at the moment of the change, ISO 8601
 * @throws ApiError operation_not_supported
 */
export function changeUser(before: User, body: UserUpdateBody, prepared: Prepared | undefined, at: string): Changed {
  refusePairs(body)
  const user: User = { ...before, updated_at: at }
  const changed: Changed = {
    user,
    identifiers: [],
    edited: [],
    endsTokens: false,
    sendsVerification: false,
    events: [],
  }
  changeNames(user, body, changed)
  changeMetadata(user, body)
  if (body.blocked !== undefined) {
    changed.endsTokens = body.blocked && before.blocked !== true
    user.blocked = body.blocked
  }
  const identity = prepared ? changeIdentity(before, body, prepared, changed) : user
  if (body.verify_email && isToVerify(identity)) {
    changed.sendsVerification = true
    changed.events.push('svr')
  }
  return changed
}

function changeNames(user: User, body: UserUpdateBody, changed: Changed): void {
  const sent = NAMES.filter((name) => name in body)
  if (sent.length === 0) return
  refuseProviders(user, sent)
  for (const name of sent) {
    const value = body[name]
    if (value === null || value === undefined) delete user[name]
    else user[name] = value
    changed.edited.push(name)
  }
}

/** A provider that sends these at each login would undo the change. */
function refuseProviders(user: User, names: readonly string[]): void {
  if (!isFederated(user)) return
  throw new ApiError('operation_not_supported', {
    with: { reason: `The following user attributes cannot be updated: ${names.join(', ')}. The connection sets them.` },
  })
}

function changeMetadata(user: User, body: UserUpdateBody): void {
  if (body.user_metadata !== undefined) user.user_metadata = merged(user, 'user_metadata', body.user_metadata)
  if (body.app_metadata === undefined) return
  const after = merged(user, 'app_metadata', body.app_metadata)
  // Recorded: wiped as a whole, user_metadata is answered as {} and app_metadata is left out.
  const isWiped = body.app_metadata === null || Object.keys(body.app_metadata).length === 0
  if (isWiped) delete user.app_metadata
  else user.app_metadata = after
}

/** Characters of metadata. A page of a list holds a hundred users, and every change reads and writes his metadata whole. */
export const MOST_METADATA = 1_048_576

function merged(user: User, name: 'user_metadata' | 'app_metadata', change: JsonObject | null): JsonObject {
  const after = mergeMetadata(user[name], change)
  const { length } = JSON.stringify(after)
  // What is too large already may still be made smaller.
  if (length <= MOST_METADATA || length < JSON.stringify(user[name] ?? {}).length) return after
  const reason = `Metadata would be too large (${length} chars), maximum ${MOST_METADATA}`
  throw new ApiError('invalid_body', {
    with: { reason: `Payload validation error: '${reason}' on property ${name} (Metadata).` },
  })
}

function changeIdentity(before: User, body: UserUpdateBody, prepared: Prepared, changed: Changed): IdentityAttributes {
  const linked = linkedOf(before, prepared)
  if (prepared.isLinked && !linked) throw new ApiError('inexistent_user')
  const known: IdentityAttributes = linked ?? before
  const identity: IdentityAttributes = linked ? { ...linked } : changed.user
  for (const { kind, event, verified, stored } of IDENTIFIERS) {
    const sent = body[kind]
    if (sent === undefined) continue
    const value = sent === null ? undefined : stored(sent)
    if (value === known[kind]) continue
    if (value === undefined) delete identity[kind]
    else identity[kind] = value
    // A new address is not verified until somebody proves it or authority says so.
    if (verified) identity[verified] = false
    changed.identifiers.push({ kind, value })
    changed.events.push(event)
  }
  if (body.email_verified !== undefined) identity.email_verified = body.email_verified
  if (body.phone_verified !== undefined) identity.phone_verified = body.phone_verified
  refuseVerifiedNothing(body, identity)
  if (identity.email === undefined && identity.username === undefined && identity.phone_number === undefined) {
    const reason = 'A user of a database connection needs an e-mail address, a user name or a phone number.'
    throw new ApiError('operation_not_supported', { with: { reason } })
  }
  if (prepared.passwordHash !== undefined) changed.events.push('scp')
  if (linked) keepLinked(changed, prepared, identity)
  return identity
}

/**
 * Nothing can be verified that is not there; what says so would become a claim.
 * @throws ApiError invalid_body
 */
export function refuseVerifiedNothing(
  given: { email_verified?: boolean; phone_verified?: boolean },
  known: Pick<IdentityAttributes, IdentifierKind>,
): void {
  for (const { kind, verified } of IDENTIFIERS) {
    if (!verified || given[verified] !== true || known[kind] !== undefined) continue
    throw new ApiError('invalid_body', { with: { reason: `${verified} cannot be true for a user without ${kind}.` } })
  }
}

/** The attributes of the linked identity that the change is about; undefined where it is about the user's own. */
function linkedOf(user: User, { isLinked, identityId, connection }: Prepared): IdentityAttributes | undefined {
  const identity = user.identities.find((one) => one.user_id === identityId && one.connection === connection.name)
  return isLinked && identity?.profileData !== undefined ? attributesOf(user, identity) : undefined
}

function keepLinked(changed: Changed, { identityId, connection }: Prepared, attributes: IdentityAttributes): void {
  const { user } = changed
  changed.linked = attributes
  user.identities = user.identities.map((one) =>
    one.user_id === identityId && one.connection === connection.name ? { ...one, profileData: attributes } : one,
  )
}
