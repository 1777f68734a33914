/** `/api/v2/users/{id}/identities`. */
import { Type } from 'typebox'
import { holdsAny } from '../authorization/actor.ts'
import { CONNECTION_ID } from '../connections/connection.ts'
import type { Token } from '../http/authenticate.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { IdentityReply, UserIdParams } from '../users/schemas.ts'
import { verifyIdToken } from './id-token.ts'
import { identityNameOf, ownIdentityOf } from './identity.ts'
import { linkedAnswer, linkUser, type Secondary } from './link.ts'
import { unlinkIdentity } from './unlink.ts'

const Provider = Type.String({ minLength: 1, maxLength: 50, description: 'Provider of the identity' })
const IdentityId = Type.String({ minLength: 1, maxLength: 320, description: 'Id of the user at the provider' })
const NewLink = Type.Object(
  {
    provider: Type.Optional(Provider),
    user_id: Type.Optional(IdentityId),
    connection_id: Type.Optional(
      Type.String({ pattern: CONNECTION_ID, description: 'Id of the connection of the identity' }),
    ),
    link_with: Type.Optional(
      Type.String({ minLength: 1, maxLength: 16_384, description: 'ID token of the account to be linked' }),
    ),
  },
  { additionalProperties: false },
)
type NewLink = { provider?: string; user_id?: string; connection_id?: string; link_with?: string }

export const identityRoutes: readonly Route[] = [
  route({
    kind: 'change',
    method: 'POST',
    url: '/users/:id/identities',
    operationId: 'post_identities',
    summary: 'Link a User Account',
    scope: ['update:users', 'update:current_user_identities'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: UserIdParams,
    body: NewLink,
    reply: { 201: Type.Array(IdentityReply) },
    prepare: async ({ server, token, body }) => await secondaryOf(server, token, body),
    handler: async ({ tx, actor, params, prepared, audit }) => {
      // `prepare` made it.
      const { primary, secondary } = await linkUser(tx, actor, params.id, prepared as Secondary)
      const { user_id: userId, name: userName, identities } = primary
      const target = { kind: 'user', id: userId }
      Object.assign(audit, { userId, userName, target, before: { linked: secondary }, after: { identities } })
      return await linkedAnswer(tx, primary)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/users/:id/identities/:provider/:user_id',
    operationId: 'delete_user_identity_by_user_id',
    summary: 'Unlink a User Account',
    scope: ['update:users', 'update:current_user_identities'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Type.Object({ ...UserIdParams.properties, provider: Provider, user_id: IdentityId }),
    reply: { 200: Type.Array(IdentityReply) },
    handler: async ({ tx, actor, token, params, audit }) => {
      const { id, provider, user_id } = params
      const kept = token.userId === id ? token.sessionId : undefined
      const name = identityNameOf(provider, user_id)
      const { before, after, made } = await unlinkIdentity(tx, actor, id, name, kept)
      const target = { kind: 'user', id }
      const parts = { before: { identities: before.identities }, after: { unlinked: made } }
      Object.assign(audit, { userId: id, userName: after.name, target, ...parts })
      return after.identities
    },
  }),
]

/**
 * Whom to link. Whoever may change users names anybody; with a token for his own account a person shows by an ID token
 * that the other account is his as well.
 */
async function secondaryOf(server: Server, token: Token, body: NewLink): Promise<Secondary> {
  const { provider, user_id, connection_id, link_with } = body
  if (link_with !== undefined) {
    if (provider !== undefined || user_id !== undefined || connection_id !== undefined) {
      throw refuse('link_with cannot be used together with provider, user_id or connection_id')
    }
    const { userId, issuedAt } = await verifyIdToken(server, token.clientId, link_with)
    const name = ownIdentityOf(userId)
    if (!name) throw refuse('The token in link_with was not given to a person')
    return { ...name, provedAt: issuedAt }
  }
  if (!holdsAny(token.actor, ['update:users'])) {
    throw new ApiError('insufficient_scope', { with: { rule: 'any', scopes: 'update:users' } })
  }
  if (provider === undefined || user_id === undefined) throw refuse('Either link_with, or provider and user_id')
  return identityNameOf(provider, user_id, connection_id)
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason: `Payload validation error: '${reason}'.` } })
}
