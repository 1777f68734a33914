import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { revokeSigningKey, rotateSigningKeys } from './rotate.ts'
import { makeSigningKey, type NewSigningKey, SigningKey, signingKeyWire } from './signing-key.ts'
import { findKey, listKeys } from './store.ts'

const Kid = Type.Object({ kid: Type.String({ minLength: 1, maxLength: 255, description: 'Key id' }) })
const KeyAndCertificate = Type.Object({ cert: Type.String(), kid: Type.String() })

/** `/api/v2/keys/signing`. */
export const keyRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/keys/signing',
    operationId: 'get_signing_keys',
    summary: 'Get all signing keys',
    scope: ['read:signing_keys'],
    withinOrganization: 'refused',
    reply: { 200: Type.Array(SigningKey) },
    handler: async ({ db }) => (await listKeys(db)).map(signingKeyWire),
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/keys/signing/:kid',
    operationId: 'get_signing_key',
    summary: 'Get a signing key',
    scope: ['read:signing_keys'],
    withinOrganization: 'refused',
    params: Kid,
    reply: { 200: SigningKey },
    handler: async ({ db, params }) => {
      const key = await findKey(db, params.kid)
      if (!key) throw new ApiError('inexistent_key')
      return signingKeyWire(key)
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/keys/signing/rotate',
    operationId: 'post_signing_keys',
    summary: 'Rotate the signing keys',
    // Auth0 asks for both; its SDKs' grants hold both.
    scope: { allOf: ['create:signing_keys', 'update:signing_keys'] },
    withinOrganization: 'refused',
    event: 'sapi',
    reply: { 201: KeyAndCertificate },
    prepare: async ({ server }) => await makeSigningKey(new URL(server.config.publicUrl).hostname),
    handler: async ({ server, tx, prepared, audit }) => {
      // `prepare` made it.
      const current = await rotateSigningKeys(tx, server.secrets, prepared as NewSigningKey)
      audit.target = { kind: 'signing_key', id: current.kid }
      return { cert: current.certificate, kid: current.kid }
    },
  }),
  route({
    kind: 'change',
    method: 'PUT',
    url: '/keys/signing/:kid/revoke',
    operationId: 'put_signing_keys',
    summary: 'Revoke a signing key',
    scope: ['update:signing_keys'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Kid,
    reply: { 200: KeyAndCertificate },
    handler: async ({ tx, params, audit }) => {
      const key = await revokeSigningKey(tx, params.kid)
      audit.target = { kind: 'signing_key', id: key.kid }
      return { cert: key.certificate, kid: key.kid }
    },
  }),
]
