/** A person makes himself an account in a database connection. */

import { sql } from 'kysely'
import { admitAddress } from '../attack-protection/admit-address.ts'
import { personActor } from '../authorization/actor.ts'
import { secondsFromNow } from '../base/clock.ts'
import { newHexId } from '../base/ids.ts'
import type { Connection } from '../connections/connection.ts'
import { type Tx, transact } from '../db/database.ts'
import { enqueueEmail } from '../emails/enqueue.ts'
import { ApiError } from '../http/errors.ts'
import { type RequestInfo, withoutBody } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { type Event, recordEvent } from '../logs/record.ts'
import { hashPassword } from '../passwords/hash.ts'
import { checkPassword, type PasswordRefusal } from '../passwords/policy.ts'
import { createUser } from '../users/create.ts'
import { verifiesEmail } from '../users/identifier-rules.ts'
import type { User } from '../users/user.ts'
import { type IdentifierKind, identifiersOf } from '../users/write.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { lockUser, manageBy } from './account-store.ts'
import { refuseBreached } from './breach.ts'
import { secondsUntilMail } from './mail-limit.ts'
import { askerOf, typedIdentifier } from './request-reset.ts'
import { type CheckedSignUp, checkSignUp, type SignUpFields } from './sign-up-fields.ts'

/** A sign-up. */
export type SignUp = SignUpFields & {
  connection: Connection
  clientId: string | undefined
  /** In whose name the mails are, and whom the account is for where he is invited. */
  organizationId?: string | undefined
  /**
   * The ticket of an invitation to the organization, whose address it is: it opens the connection, the address counts as
   * verified, and the account is managed by the organization.
   */
  invitation?: string | undefined
  /** Language of the page: that of the mails, and kept as the person's `locale`. */
  language?: string | undefined
  /** Language of the mails alone. */
  mailLanguage?: string | undefined
  /** An application is told of an account that exists already. A page says nothing, and the holder gets a mail. */
  door?: 'page' | 'api'
  /** The path of the request is that of one person's sign-in, so that a form that was sent twice can be told by it. */
  isOfOneSignIn?: true
  request: RequestInfo
}

/**
 * What came of it. A page shows `exists` as it shows success, so that nobody learns who has an account; but a user name
 * that is taken it has to name, and may: anybody may know it.
 */
export type SignUpResult =
  /** `generation` of his tokens. */
  | { kind: 'signed-up'; user: User; generation: number }
  | { kind: 'exists'; identifier: IdentifierKind }
  /** The form was sent twice: the account is the one that it has just made. */
  | { kind: 'repeated'; identifier: IdentifierKind }
  | { kind: 'refused'; refusal: PasswordRefusal }

type Checked = { fields: CheckedSignUp; passwordHash: string }

/**
 * Creates the user, records `ss` and queues the mail by which the address is verified, in one transaction. Whether there
 * is such a user already or not, it takes the same time: the password is hashed first.
 *
 * @throws ApiError signup_disabled; invalid_body; too_many_requests; busy; invitation_gone, invitation_refused
 */
export async function signUp(server: Server, asked: SignUp): Promise<SignUpResult> {
  const { db } = server.database
  const checked = await check(server, asked)
  if ('refusal' in checked) return { kind: 'refused', refusal: checked.refusal }
  let result: SignUpResult
  try {
    result = { kind: 'signed-up', ...(await transact(db, (tx) => create(tx, asked, checked))) }
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'user_exists') throw error
    result = await transact(db, (tx) => noteExisting(server, tx, asked, checked))
  }
  mailWorkerOf(server).wake()
  return result
}

/** Whether people may sign up in the connection by themselves. */
export function isSignUpOpen({ strategy, options }: Connection): boolean {
  const { password } = options.authentication_methods ?? {}
  return (
    strategy === 'auth0' &&
    options.disable_signup !== true &&
    password?.enabled !== false &&
    password?.signup_behavior !== 'block'
  )
}

/** The slow work, before any transaction; whatever is refused is recorded. */
async function check(server: Server, asked: SignUp): Promise<Checked | { refusal: PasswordRefusal }> {
  const { options } = asked.connection
  const refuse = (reason: string, code: string) => recordEvent(server.database.db, refusedEvent(asked, reason, code))
  try {
    if (asked.invitation === undefined && !isSignUpOpen(asked.connection)) throw new ApiError('signup_disabled')
    await admitSignUp(server, asked)
    const fields = checkSignUp(asked, options)
    const { password } = fields
    const refusal = await checkPassword({ password, options, person: fields })
    if (refusal) {
      await refuse(refusal.message, refusal.name)
      return { refusal }
    }
    const { type: _, ...event } = refusedEvent(
      asked,
      'The password is in the list of breached ones.',
      'password_leaked',
    )
    const breached = await refuseBreached(server, 'pre-user-registration', password, event)
    return breached ? { refusal: breached } : { fields, passwordHash: await hashPassword(password) }
  } catch (error) {
    if (error instanceof ApiError && error.status < 429) await refuse(error.message, error.code)
    throw error
  }
}

/** @throws ApiError too_many_requests for an address that has signed up too often */
async function admitSignUp(server: Server, asked: SignUp): Promise<void> {
  const admission = await admitAddress(server.database, 'pre-user-registration', asked.request.ip)
  if (admission.tells) {
    const event = refusedEvent(asked, 'Too many sign-ups from one address.', 'too_many_requests')
    await recordEvent(server.database.db, { ...event, type: 'limit_mu', details: { flow: 'signup' } })
  }
  if (admission.kind === 'admitted') return
  throw new ApiError('too_many_requests', { retryAfterSeconds: admission.retryAfterSeconds })
}

async function create(tx: Tx, asked: SignUp, { fields, passwordHash }: Checked) {
  const { connection, clientId, organizationId, invitation, language, mailLanguage = language, request } = asked
  const { password: _, user_metadata, ...attributes } = fields
  const id = newHexId()
  const metadata = { ...(language === undefined ? {} : { locale: language }), ...user_metadata }
  const actor = personActor(`auth0|${id}`, clientId)
  const user = await createUser(tx, actor, {
    ...attributes,
    ...(Object.keys(metadata).length > 0 ? { user_metadata: metadata } : {}),
    connection,
    id,
    passwordHash,
    request,
    ...(invitation === undefined
      ? { verification: { clientId, organizationId, language: mailLanguage } }
      : { email_verified: true }),
  })
  const { user_id: userId } = user
  if (invitation !== undefined && organizationId !== undefined) {
    await acceptInvitation(tx, { organizationId, ticket: invitation, userId, clientId, request })
    await manageBy(tx, userId, organizationId)
  }
  if (user.email !== undefined && (invitation !== undefined || !verifiesEmail(connection.options))) {
    const to = { userId }
    await enqueueEmail(tx, { template: 'welcome_email', to, clientId, organizationId, language: mailLanguage, request })
  }
  return { user, generation: (await lockUser(tx, userId)) ?? 0 }
}

/**
 * Says which identifier is taken. The user name comes first, whatever else is taken, so that the answer to a name says
 * nothing about an address sent with it. On a page, whoever has the address learns by mail that somebody tried it.
 */
async function noteExisting(server: Server, tx: Tx, asked: SignUp, { fields }: Checked): Promise<SignUpResult> {
  const { connection, clientId, organizationId, language, mailLanguage = language, request, door = 'page' } = asked
  const holders = await findHolders(tx, connection.id, fields)
  const taken = (['username', 'email', 'phone_number'] as const).find((kind) => holders.has(kind)) ?? 'email'
  const to = holders.get(taken)
  if (asked.isOfOneSignIn && to && (await wasMadeBy(tx, to.userId, request)))
    return { kind: 'repeated', identifier: taken }
  const isMailed = door === 'page' && taken !== 'username' && to !== undefined
  if (isMailed && secondsUntilMail(server, connection, to.userId) === 0) {
    const template = 'existing_account'
    await enqueueEmail(tx, { template, to, clientId, organizationId, language: mailLanguage, request })
  }
  // The organization is not told who has an account already.
  const elsewhere = { ...asked, organizationId: undefined }
  await recordEvent(tx, refusedEvent(elsewhere, 'The user already exists.', 'user_exists'))
  return { kind: 'exists', identifier: taken }
}

const TAPS_SECONDS = 10

/** Whether the same form of the same sign-in, which its path names, made the account a moment ago: two taps send it twice. */
async function wasMadeBy(tx: Tx, userId: string, { path }: RequestInfo): Promise<boolean> {
  const row = await tx
    .selectFrom('events')
    .select('log_id')
    .where('type', '=', 'ss')
    .where('user_id', '=', userId)
    .where('date', '>', secondsFromNow(-TAPS_SECONDS))
    .where(sql`details->'request'->>'path'`, '=', path)
    .executeTakeFirst()
  return row !== undefined
}

async function findHolders(tx: Tx, connectionId: string, fields: CheckedSignUp) {
  const rows = await tx
    .selectFrom('user_identifiers')
    .select(['kind', 'user_id', 'identity_id'])
    .where('connection_id', '=', connectionId)
    .where((row) => row.or(identifiersOf(fields).map(({ kind, value }) => row.and({ kind, value }))))
    .execute()
  return new Map(
    rows.map(({ kind, user_id: userId, identity_id: identityId }) => {
      const identity = identityId === null ? undefined : { connectionId, identityId }
      return [kind, { userId, identity }]
    }),
  )
}

/** Without what was sent: under a wrong name there may be a secret. */
function refusedEvent(asked: SignUp, reason: string, error: string): Event {
  const { connection, clientId, organizationId, email, username, phone_number } = asked
  return {
    ...(organizationId === undefined ? {} : { organizationId }),
    type: 'fs',
    actor: askerOf(clientId, 'sign-up page'),
    userName: typedIdentifier(email ?? username ?? phone_number ?? ''),
    connection,
    request: withoutBody(asked.request),
    description: typedIdentifier(reason),
    details: { error },
  }
}
