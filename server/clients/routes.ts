import { Type } from 'typebox'
import { type Actor, holdsAny } from '../authorization/actor.ts'
import { checkpointKeys } from '../http/checkpoint.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { pickFields } from '../http/fields.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { CheckpointQuery, FieldsQuery, listReply, pagingOf } from '../http/paging.ts'
import type { Server } from '../http/server.ts'
import { STORABLE } from '../http/unstorable.ts'
import { secretOf } from './authentication.ts'
import { type ClientWire, clientWire, readableClient, type StoredClient, scopesLacking } from './client.ts'
import { clientConnectionRoutes } from './connection-routes.ts'
import { createClient } from './create.ts'
import { credentialRoutes } from './credentials/routes.ts'
import { rotateClientSecret } from './rotate-secret.ts'
import { Client, ClientCreate, ClientUpdate } from './schemas.ts'
import { deleteClient, listClients, requireClient } from './store.ts'
import { updateClient } from './update.ts'

/** What of a client's settings is missing. */
const PARTLY =
  'No mutual TLS, no signed requests, no add-ons that carry a secret of another service. Whoever requires pushed authorization requests signs nobody in, since there are none yet. `addons`, `mobile`, `native_social_login`, `fedcm_login`, `session_transfer`, `token_exchange`, `token_quota`, `compliance_level`, `par_request_expiry`, `sso_disabled`, `cross_origin_authentication` and `custom_login_page*` are kept without effect.'

const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000]+$' }) })

const ListQuery = Type.Object({
  ...CheckpointQuery.properties,
  ...FieldsQuery.properties,
  is_global: Type.Optional(Type.Boolean()),
  is_first_party: Type.Optional(Type.Boolean()),
  app_type: Type.Optional(Type.String({ maxLength: 1000, ...STORABLE, description: 'Types, by comma' })),
  external_client_id: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  q: Type.Optional(Type.String({ maxLength: 1000 })),
})

/** `/api/v2/clients`. */
export const clientRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/clients',
    operationId: 'get_clients',
    summary: 'Get clients',
    scope: ['read:clients', 'read:client_keys', 'read:client_credentials', 'read:client_summary'],
    withinOrganization: 'refused',
    query: ListQuery,
    reply: { 200: listReplyOf('clients', Client) },
    partly: 'No search by q.',
    handler: async ({ server, db, actor, query }) => {
      if (query.q) throw new ApiError('invalid_query_string', { with: { reason: NO_SEARCH } })
      const paging = pagingOf(query)
      const filter = {
        isGlobal: query.is_global,
        isFirstParty: query.is_first_party,
        appTypes: query.app_type?.split(',').map((name) => name.trim()),
        // No client here is described by a document elsewhere, so none has an id from there.
        isNone: query.external_client_id !== undefined,
      }
      const { rows, total } = await listClients(db, filter, paging)
      // The wire form has lost what the next checkpoint is made of.
      const last = rows.at(-1)
      const wires = rows.map((row) => pickFields(readableClient(actor, wireFor(server, actor, row)), query))
      return listReply('clients', paging, { rows: wires, total }, () =>
        last ? checkpointKeys(last, last.client_id) : [],
      )
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/clients',
    operationId: 'post_clients',
    summary: 'Create a client',
    scope: ['create:clients'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: ClientCreate,
    reply: { 201: Client },
    partly: PARTLY,
    handler: async ({ server, tx, body, audit }) => {
      const { client, credentials } = await createClient(tx, server.secrets, body)
      audit.target = { kind: 'client', id: client.client_id }
      const keys = credentials && { client_authentication_methods: { private_key_jwt: { credentials } } }
      return { ...withSecret(server, client), ...keys }
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/clients/:id',
    operationId: 'get_clients_by_id',
    summary: 'Get a client',
    scope: ['read:clients', 'read:client_keys', 'read:client_credentials', 'read:client_summary'],
    withinOrganization: 'refused',
    params: Id,
    query: FieldsQuery,
    reply: { 200: Client },
    handler: async ({ server, db, actor, params, query }) => {
      const client = await requireClient(db, params.id)
      return pickFields(readableClient(actor, wireFor(server, actor, client)), query)
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/clients/:id',
    operationId: 'patch_clients_by_id',
    summary: 'Update a client',
    scope: [
      'update:clients',
      'update:client_keys',
      'update:client_credentials',
      'update:client_token_vault_privileged_access',
    ],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    body: ClientUpdate,
    reply: { 200: Client },
    partly: PARTLY,
    handler: async ({ server, tx, actor, params, body, audit }) => {
      refuseUnless(actor, body)
      const { before, after } = await updateClient(tx, server.secrets, params.id, body)
      audit.target = { kind: 'client', id: after.client_id }
      audit.before = clientWire(tenantOf(server), before)
      audit.after = clientWire(tenantOf(server), after)
      return wireFor(server, actor, after)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/clients/:id',
    operationId: 'delete_clients_by_id',
    summary: 'Delete a client',
    scope: ['delete:clients'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    reply: { 204: Type.Null() },
    handler: async ({ server, tx, params, audit }) => {
      const deleted = await deleteClient(tx, params.id)
      audit.target = { kind: 'client', id: params.id }
      if (deleted) audit.before = clientWire(tenantOf(server), deleted)
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/clients/:id/rotate-secret',
    operationId: 'post_rotate-secret',
    summary: 'Rotate the secret of a client',
    scope: ['update:client_keys'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    reply: { 200: Client },
    handler: async ({ server, tx, params, audit }) => {
      const client = await rotateClientSecret(tx, server.secrets, params.id)
      audit.target = { kind: 'client', id: client.client_id }
      return withSecret(server, client)
    },
  }),
  ...clientConnectionRoutes,
  ...credentialRoutes,
]

const NO_SEARCH =
  "Query validation error: 'Clients cannot be searched' on property q (Leave it out; filter by app_type or is_first_party)."

/** The wire form, with the secret for whom may read it. */
function wireFor(server: Server, actor: Actor, client: StoredClient): ClientWire {
  return holdsAny(actor, ['read:client_keys']) ? withSecret(server, client) : clientWire(tenantOf(server), client)
}

function withSecret(server: Server, client: StoredClient): ClientWire {
  const secret = secretOf(server.secrets, client)
  return { ...clientWire(tenantOf(server), client), ...(secret === undefined ? {} : { client_secret: secret }) }
}

function tenantOf({ config }: Server): string {
  return new URL(config.publicUrl).hostname
}

function refuseUnless(actor: Actor, body: ClientUpdate): void {
  const scopes = scopesLacking(actor, body)
  if (scopes) throw new ApiError('insufficient_scope', { with: { rule: 'any', scopes: scopes.join(',') } })
}
