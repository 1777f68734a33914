/** `/api/v2/tickets`: links that whoever asks for them hands over himself. */
import { type Static, type TObject, Type } from 'typebox'
import type { Config } from '../config.ts'
import { CONNECTION_ID } from '../connections/connection.ts'
import type { Tx } from '../db/database.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { isResultAddress } from '../oidc/result-address.ts'
import { issueLink, type NewLink } from '../users/issue-link.ts'
import { IdentityReference } from '../users/schemas.ts'
import type { User } from '../users/user.ts'

const ConnectionId = Type.String({ pattern: CONNECTION_ID, description: 'Id of the connection' })
// A lifetime of a person's; beyond it the moment could not be stored.
const LONGEST_SECONDS = 2_147_483_647

const Common = {
  result_url: Type.Optional(
    Type.String({ format: 'absolute-uri', maxLength: 2_048, description: 'Where the browser goes afterwards' }),
  ),
  client_id: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: 'Application it is for' })),
  organization_id: Type.Optional(Type.String({ minLength: 1, maxLength: 50, description: 'Organization it is for' })),
  ttl_sec: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: LONGEST_SECONDS,
      description: 'Seconds that it is good for; five days by default',
    }),
  ),
  includeEmailInRedirect: Type.Optional(Type.Boolean({ description: 'Whether the result address tells the e-mail' })),
  identity: Type.Optional(IdentityReference),
}
const UserId = Type.String({ minLength: 1, maxLength: 320, description: 'User id' })
const closed = { additionalProperties: false }

const NewVerification = Type.Object({ ...Common, user_id: UserId }, closed)
const NewPasswordChange = Type.Object(
  {
    ...Common,
    user_id: Type.Optional(UserId),
    connection_id: Type.Optional(ConnectionId),
    email: Type.Optional(Type.String({ format: 'email', description: 'E-mail address' })),
    mark_email_as_verified: Type.Optional(
      Type.Boolean({ description: 'Whether the address counts as verified once the password is saved' }),
    ),
  },
  closed,
)
const TicketReply = Type.Object({ ticket: Type.String() })

type CommonBody = Static<TObject<typeof Common>>
type PasswordChangeBody = Static<typeof NewPasswordChange>

export const ticketRoutes: readonly Route[] = [
  route({
    kind: 'change',
    method: 'POST',
    url: '/tickets/email-verification',
    operationId: 'post_email-verification',
    summary: 'Create an email verification ticket',
    scope: ['create:user_tickets'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: NewVerification,
    reply: { 201: TicketReply },
    partly: '`result_url` has to be a registered address',
    handler: async ({ server, tx, actor, body, audit }) => {
      refuseTogether(body, ['client_id', 'organization_id'])
      await refuseUnregistered(tx, server.config, body.result_url)
      const { url, user } = await issueLink(tx, actor, server.config.publicUrl, {
        ...commonOf(body),
        purpose: 'email_verification',
        target: { user: { userId: body.user_id }, identity: body.identity },
        marksEmailVerified: true,
      })
      Object.assign(audit, aboutUser(user))
      return { ticket: asAuth0Writes(url) }
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/tickets/password-change',
    operationId: 'post_password-change',
    summary: 'Create a password change ticket',
    scope: ['create:user_tickets'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: NewPasswordChange,
    reply: { 201: TicketReply },
    partly: '`result_url` has to be a registered address',
    handler: async ({ server, tx, actor, body, audit }) => {
      refuseTogether(body, ['client_id', 'organization_id'])
      await refuseUnregistered(tx, server.config, body.result_url)
      const { url, user } = await issueLink(tx, actor, server.config.publicUrl, {
        ...commonOf(body),
        purpose: 'password_change',
        target: { user: targetOf(body), identity: body.identity },
        marksEmailVerified: body.mark_email_as_verified === true,
      })
      Object.assign(audit, aboutUser(user))
      return { ticket: asAuth0Writes(url) }
    },
  }),
]

/** Auth0 ends these addresses with `#`, and tells integrators to append behind it. */
function asAuth0Writes(url: string): string {
  return `${url}#`
}

function aboutUser(user: User) {
  return { userId: user.user_id, userName: user.name, target: { kind: 'user', id: user.user_id } }
}

function commonOf(body: CommonBody): Pick<NewLink, 'clientId' | 'organizationId' | 'details' | 'lifetimeSeconds'> {
  const { result_url, client_id, organization_id, ttl_sec, includeEmailInRedirect } = body
  return {
    clientId: client_id,
    organizationId: organization_id,
    lifetimeSeconds: ttl_sec,
    details: {
      ...(result_url === undefined ? {} : { resultUrl: result_url, isResultRegistered: true as const }),
      ...(includeEmailInRedirect === undefined ? {} : { includesEmailInRedirect: includeEmailInRedirect }),
    },
  }
}

/** Either the user's id, or connection and address; `identity` only with the id. */
function targetOf({ user_id, connection_id, email, identity }: PasswordChangeBody): NewLink['target']['user'] {
  if (user_id !== undefined) {
    if (connection_id === undefined && email === undefined) return { userId: user_id }
    throw refuse('user_id cannot be used together with connection_id or email')
  }
  if (identity !== undefined) throw refuse('identity needs user_id')
  if (connection_id === undefined || email === undefined) throw refuse('Either user_id, or connection_id and email')
  return { connectionId: connection_id, email }
}

function refuseTogether(body: CommonBody, names: readonly ('client_id' | 'organization_id')[]): void {
  const other = names.find((name) => body[name] !== undefined)
  if (body.result_url !== undefined && other) throw refuse(`result_url cannot be used together with ${other}`)
}

/** @see docs/decisions/0013-linked-identities-and-tries-by-address.md */
async function refuseUnregistered(tx: Tx, config: Config, address: string | undefined): Promise<void> {
  if (address === undefined || (await isResultAddress(tx, config, address))) return
  throw refuse(
    'result_url is not registered. Add it to the callbacks or allowed_logout_urls of an application, or to allowed_logout_urls of the tenant',
  )
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason: `Payload validation error: '${reason}'.` } })
}
