import { Type } from 'typebox'
import { type Route, route } from '../../http/define-route.ts'
import { ApiError } from '../../http/errors.ts'
import { requireClient } from '../store.ts'
import { addCredential, changeCredential, removeCredential } from './change.ts'
import { credentialWire } from './credential.ts'
import { Credential, CredentialUpdate, NewPublicKey } from './schemas.ts'
import { findCredential, listCredentials } from './store.ts'

const Id = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000]+$' })
const OfClient = Type.Object({ client_id: Id })
const OneOfClient = Type.Object({ client_id: Id, credential_id: Id })
const partly = 'Public keys only; no certificates for mutual TLS.'

/** `/api/v2/clients/{client_id}/credentials`. */
export const credentialRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/clients/:client_id/credentials',
    operationId: 'get_credentials',
    summary: 'Get the credentials of a client',
    scope: ['read:client_credentials'],
    withinOrganization: 'refused',
    params: OfClient,
    reply: { 200: Type.Array(Credential) },
    handler: async ({ db, params }) => {
      await requireClient(db, params.client_id)
      return (await listCredentials(db, params.client_id)).map(credentialWire)
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/clients/:client_id/credentials',
    operationId: 'post_credentials',
    summary: 'Create a client credential',
    scope: ['create:client_credentials'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: OfClient,
    body: NewPublicKey,
    reply: { 201: Credential },
    partly,
    handler: async ({ tx, params, body, audit }) => {
      const credential = await addCredential(tx, params.client_id, body)
      audit.target = { kind: 'client_credential', id: credential.id }
      return credentialWire(credential)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/clients/:client_id/credentials/:credential_id',
    operationId: 'get_credentials_by_credential_id',
    summary: 'Get a client credential',
    scope: ['read:client_credentials'],
    withinOrganization: 'refused',
    params: OneOfClient,
    reply: { 200: Credential },
    handler: async ({ db, params }) => {
      await requireClient(db, params.client_id)
      const credential = await findCredential(db, params.client_id, params.credential_id)
      if (!credential) throw new ApiError('inexistent_credential')
      return credentialWire(credential)
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/clients/:client_id/credentials/:credential_id',
    operationId: 'patch_credentials_by_credential_id',
    summary: 'Change when a client credential ends',
    scope: ['update:client_credentials'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: OneOfClient,
    body: CredentialUpdate,
    // 201 in the published description; the service answers 200.
    reply: { 200: Credential },
    handler: async ({ tx, params, body, audit }) => {
      const { before, after } = await changeCredential(
        tx,
        params.client_id,
        params.credential_id,
        body.expires_at ?? null,
      )
      audit.target = { kind: 'client_credential', id: after.id }
      audit.before = credentialWire(before)
      return credentialWire(after)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/clients/:client_id/credentials/:credential_id',
    operationId: 'delete_credentials_by_credential_id',
    summary: 'Delete a client credential',
    scope: ['delete:client_credentials'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: OneOfClient,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, audit }) => {
      const removed = await removeCredential(tx, params.client_id, params.credential_id)
      audit.target = { kind: 'client_credential', id: params.credential_id }
      if (removed) audit.before = credentialWire(removed)
    },
  }),
]
