/**
 * Changing users. The verb takes a list, and one change is a list of one: requests for different users that
 * arrive together are locked, changed and recorded with one commit (`userUpdater`), and each gets its own answer.
 */
import type { Actor } from '../authorization/actor.ts'
import {
  STANDING_SQL,
  type StandingRow,
  standingAmong,
  standingParameters,
  type TokenClaims,
} from '../authorization/standing.ts'
import { maySeeUser } from '../authorization/visible-to.ts'
import { coalesce } from '../db/coalesce.ts'
import { type Connection, type Database, isUniqueViolation } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { enqueueEmail } from '../emails/enqueue.ts'
import { ApiError } from '../http/errors.ts'
import { type Event, type EventRow, eventRow } from '../logs/record.ts'
import { eventsJson } from '../logs/record-batch.ts'
import { removePassword, setPassword } from '../passwords/set-password.ts'
import { closeAllTickets } from '../tickets/store.ts'
import { type Changed, changeUser, type Prepared } from './change.ts'
import type { UserUpdateBody } from './schemas.ts'
import type { User } from './user.ts'
import {
  CHANGE_METADATA,
  CHANGE_USERS,
  columnsOf,
  lockUsersSql,
  metadataRowOf,
  replaceIdentifier,
  saveProfileData,
  timestamp,
  type UserChangeRow,
} from './write.ts'

/** A change of one user. */
export type UserChange = {
  /** The token it came with; its standing is confirmed with the lock. None for the server itself. */
  token?: TokenClaims
  actor: Actor
  /** Whether the caller has made sure, in this transaction, that the actor may change this user. */
  isHeld?: true
  userId: string
  /** Or what follows from the user as he is once he is locked. */
  body: UserUpdateBody | ((before: User) => UserUpdateBody)
  prepared: Prepared | undefined
  /** The event of the operation; what happened to the user is added here. */
  event: Event
}

type Written = { changed: Changed; body: UserUpdateBody }

const METADATA: ReadonlySet<string> = new Set(['user_metadata', 'app_metadata'])
const LOCK_USERS = { name: 'users-lock', text: lockUsersSql(STANDING_SQL) }

/** Makes the function behind `PATCH /users/{id}`: changes of the same user follow one another in order of arrival. */
export function userUpdater(database: Database): (change: UserChange) => Promise<User> {
  return coalesce<UserChange, User>({
    // Two: while PostgreSQL works on one, the next is made.
    atOnce: 6,
    patience: { eager: 2, ms: 25 },
    most: 100,
    keyOf: (change) => change.userId,
    run: (changes) => database.transaction((connection) => updateUsers(connection, changes)),
  })
}

/**
 * Changes users, each at most once in a list. What is wrong with one change stands in its place in the answer and
 * leaves the others alone; only what the database refuses fails the whole list, for the caller to repeat singly.
 */
export async function updateUsers(
  connection: Connection,
  changes: readonly UserChange[],
): Promise<(User | ApiError)[]> {
  const tokens = changes.flatMap(({ token }) => token ?? [])
  const userIds = changes.map(({ userId }) => userId)
  const rows = await connection.query<StandingRow>(LOCK_USERS, [...standingParameters(tokens), userIds])
  const documents = new Map(rows.flatMap((row) => (row.kind === 'document' ? [[row.id, row.value]] : [])))
  const stands = standingAmong(rows)
  const at = timestamp()
  const written: Written[] = []
  const events: EventRow[] = []
  const answers: (User | ApiError)[] = []
  for (const change of changes) {
    try {
      if (change.token && !stands(change.token)) throw new ApiError('invalid_token')
      const before = lockedUser(documents, change)
      const body = typeof change.body === 'function' ? change.body(before) : change.body
      const changed = changeUser(before, body, change.prepared, at)
      await changeIdentity(connection, change, changed)
      if (changed.sendsVerification) await sendVerification(connection, change, body.client_id)
      written.push({ changed, body })
      events.push(...eventsOf(change, before, changed))
      answers.push(changed.user)
    } catch (error) {
      if (!(error instanceof ApiError)) throw takenIdentifier(error)
      answers.push(error)
    }
  }
  if (written.length > 0) write(connection, written, events)
  return answers
}

function write(connection: Connection, written: readonly Written[], events: readonly EventRow[]): void {
  const isMetadataOnly = written.every(({ body }) => Object.keys(body).every((name) => METADATA.has(name)))
  const rows = isMetadataOnly
    ? written.map(({ changed, body }) => {
        const parts = { user: body.user_metadata !== undefined, app: body.app_metadata !== undefined }
        return metadataRowOf(changed.user, parts)
      })
    : written.map(({ changed }) => rowOf(changed))
  const statement = isMetadataOnly ? CHANGE_METADATA : CHANGE_USERS
  void connection.finish(statement, [JSON.stringify(rows), eventsJson(events)])
}

function lockedUser(documents: ReadonlyMap<string, string>, { actor, isHeld, userId }: UserChange): User {
  const document = documents.get(userId)
  if (document === undefined || !(isHeld || maySeeUser(actor, userId))) throw new ApiError('inexistent_user')
  // Written by our own statement.
  return JSON.parse(document) as User
}

/** Identifiers and password of the identity; rare, so they read plainly and cost a statement each. */
async function changeIdentity(connection: Connection, change: UserChange, changed: Changed): Promise<void> {
  const { prepared, userId, actor } = change
  if (!prepared) return
  const tx = connection.tx()
  const { connection: database, identityId, isLinked, passwordHash } = prepared
  const linkedIdentityId = isLinked ? identityId : undefined
  for (const { kind, value } of changed.identifiers) {
    await replaceIdentifier(tx, { connectionId: database.id, userId, linkedIdentityId }, kind, value)
  }
  if (changed.linked) await saveProfileData(tx, { connectionId: database.id, identityId, userId }, changed.linked)
  // Links that were mailed to an old address must not work for the new one.
  if (changed.identifiers.length > 0) await closeAllTickets(tx, userId)
  if (passwordHash === undefined) return
  const key = { connectionId: database.id, identityId, userId }
  if (passwordHash === null) await removePassword(tx, key)
  else {
    const setBy = actor.kind === 'client' ? 'application' : 'administrator'
    const { keepHistory, isTemporary: temporary = false } = prepared
    await setPassword(tx, { ...key, hash: passwordHash, setBy, temporary, keepHistory })
    changed.user.last_password_reset = changed.user.updated_at
  }
}

async function sendVerification(
  connection: Connection,
  { userId, event, prepared }: UserChange,
  clientId: string | undefined,
): Promise<void> {
  const identity = prepared && { connectionId: prepared.connection.id, identityId: prepared.identityId }
  const to = { userId, identity }
  await enqueueEmail(connection.tx(), { template: 'verify_email', to, clientId, request: event.request })
}

function rowOf({ user, edited, endsTokens }: Changed): UserChangeRow {
  const { user_id, updated_at } = user
  return { ...columnsOf(user), user_id, updated_at, edited, ends_tokens: endsTokens }
}

/** The operation with what it changed, then what Auth0 logs beside it: a new address, user name, phone, password. */
function eventsOf({ event, prepared }: UserChange, before: User, { user, events }: Changed): EventRow[] {
  const whom = { userId: user.user_id, userName: before.name ?? user.user_id }
  const operation = eventRow({
    ...event,
    ...whom,
    target: { kind: 'user', id: user.user_id },
    before: difference(before, user),
    after: difference(user, before),
  })
  if (events.length === 0) return [operation]
  const { actor, request } = event
  const connection = prepared ? { connection: prepared.connection } : {}
  return [
    operation,
    ...events.map((type) => eventRow({ type, actor, ...(request ? { request } : {}), ...whom, ...connection })),
  ]
}

/** The attributes of one that the other has otherwise; of metadata, the keys. */
export function difference(one: User, other: User): Partial<User> {
  const others = new Map<string, unknown>(Object.entries(other))
  return Object.fromEntries(
    Object.entries(one).flatMap(([name, value]) => {
      const there = others.get(name)
      if (name === 'updated_at' || isSame(value, there)) return []
      // Metadata is an object.
      return [[name, METADATA.has(name) ? keysOtherwise(value as JsonObject, there as JsonObject | undefined) : value]]
    }),
  )
}

function keysOtherwise(one: JsonObject, other: JsonObject = {}): JsonObject {
  return Object.fromEntries(
    Object.entries(one).filter(([key, value]) => !Object.hasOwn(other, key) || !isSame(value, other[key])),
  )
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))
}

/** Auth0 answers 400, not 409, when a change meets an address or name that somebody has. */
function takenIdentifier(error: unknown): unknown {
  if (!isUniqueViolation(error, 'user_identifiers_pkey')) return error
  return new ApiError('identifier_taken', { cause: error })
}
