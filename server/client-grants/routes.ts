import { Type } from 'typebox'
import type { Config } from '../config.ts'
import { isManagementAudience } from '../http/audiences.ts'
import { checkpointKeys } from '../http/checkpoint.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { CheckpointQuery, listReply, pagingOf } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import { OrganizationReply, organizationWire } from '../organizations/organization.ts'
import { listOrganizations } from '../organizations/store.ts'
import { ClientGrantReply, ClientGrantUpdate, clientGrantWire, NewClientGrant } from './client-grant.ts'
import { createClientGrant } from './create.ts'
import { findClientGrant, listClientGrants } from './store.ts'
import { removeClientGrant, updateClientGrant } from './update.ts'

const storable = { maxLength: 600, ...STORABLE } as const
const Id = Type.Object({ id: Type.String({ ...storable, minLength: 1 }) })

const ListQuery = Type.Object({
  ...CheckpointQuery.properties,
  audience: Type.Optional(Type.String(storable)),
  client_id: Type.Optional(Type.String(storable)),
  allow_any_organization: Type.Optional(Type.Boolean()),
  subject_type: Type.Optional(Type.Enum(['client', 'user'])),
  default_for: Type.Optional(Type.Enum(['third_party_clients'])),
})

/** `/api/v2/client-grants`. */
export const clientGrantRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/client-grants',
    operationId: 'get_client-grants',
    summary: 'Get client grants',
    scope: ['read:client_grants'],
    withinOrganization: 'refused',
    query: ListQuery,
    reply: { 200: listReplyOf('client_grants', ClientGrantReply) },
    handler: async ({ server, db, query }) => {
      const paging = pagingOf(query)
      const filter = {
        clientId: query.client_id,
        audience: query.audience && listedAudience(server.config, query.audience),
        subjectType: query.subject_type,
        allowAnyOrganization: query.allow_any_organization,
        // There are no grants for a whole kind of clients.
        isNone: query.default_for !== undefined,
      }
      const { rows, total } = await listClientGrants(db, filter, paging)
      const last = rows.at(-1)
      return listReply('client_grants', paging, { rows: rows.map(clientGrantWire), total }, () =>
        last ? checkpointKeys(last, last.id) : [],
      )
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/client-grants',
    operationId: 'post_client-grants',
    summary: 'Create a client grant',
    scope: ['create:client_grants'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: NewClientGrant,
    reply: { 201: ClientGrantReply },
    partly: 'For one client each; no default_for.',
    handler: async ({ server, tx, actor, body, audit }) => {
      const audience = listedAudience(server.config, body.audience)
      const grant = await createClientGrant(tx, actor, { ...body, audience })
      audit.target = { kind: 'client_grant', id: grant.id }
      return clientGrantWire(grant)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/client-grants/:id',
    operationId: 'get_client-grant',
    summary: 'Get a client grant',
    scope: ['read:client_grants'],
    withinOrganization: 'refused',
    params: Id,
    reply: { 200: ClientGrantReply },
    handler: async ({ db, params }) => {
      const grant = await findClientGrant(db, params.id)
      if (!grant) throw new ApiError('inexistent_client_grant')
      return clientGrantWire(grant)
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/client-grants/:id',
    operationId: 'patch_client-grants_by_id',
    summary: 'Update a client grant',
    scope: ['update:client_grants'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    body: ClientGrantUpdate,
    reply: { 200: ClientGrantReply },
    handler: async ({ tx, actor, params, body, audit }) => {
      const { before, after } = await updateClientGrant(tx, actor, params.id, body)
      audit.target = { kind: 'client_grant', id: after.id }
      audit.before = clientGrantWire(before)
      return clientGrantWire(after)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/client-grants/:id',
    operationId: 'delete_client-grants_by_id',
    summary: 'Delete a client grant',
    scope: ['delete:client_grants'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, audit }) => {
      const removed = await removeClientGrant(tx, params.id)
      audit.target = { kind: 'client_grant', id: params.id }
      if (removed) audit.before = clientGrantWire(removed)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/client-grants/:id/organizations',
    operationId: 'get_client-grant-organizations',
    summary: 'Get the organizations of a client grant',
    scope: ['read:organization_client_grants'],
    withinOrganization: 'refused',
    params: Id,
    query: CheckpointQuery,
    reply: { 200: listReplyOf('organizations', OrganizationReply) },
    handler: async ({ db, params, query }) => {
      if (!(await findClientGrant(db, params.id))) throw new ApiError('inexistent_client_grant')
      const paging = pagingOf(query)
      const { rows, total } = await listOrganizations(db, paging, { grant: params.id })
      const last = rows.at(-1)
      return listReply('organizations', paging, { rows: rows.map(organizationWire), total }, () =>
        last ? checkpointKeys(last, last.id) : [],
      )
    },
  }),
]

/** The Management API is reached, and asked for, under two addresses; its grants are for the one it is listed under. */
function listedAudience(config: Config, audience: string): string {
  return isManagementAudience(config, audience) ? config.managementAudience : audience
}
