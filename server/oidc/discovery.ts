/**
 * What others need to check our tokens: the discovery documents, the key set and the current certificate. They are
 * built from `PUBLIC_URL` and never from a request. The documents list only endpoints that answer: whoever adds one
 * adds its member here.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import type { Server } from '../http/server.ts'
import { listKeys, listPublicKeys } from '../keys/store.ts'
import { CLAIMS_OF_SCOPES } from './account.ts'
import { ASSERTION_ALGORITHMS } from './assertion.ts'
import { RESPONSE_TYPES } from './client-metadata.ts'
import { EXCHANGES } from './exchange.ts'
import { omitsAlgorithm } from './store.ts'

// Short, so that a revoked key is forgotten soon. A rotation needs no haste: the next key is published beforehand.
const CACHING = 'public, max-age=15, stale-while-revalidate=15'

const CERTIFICATE_TYPES = {
  '/pem': 'application/x-pem-file',
  '/cer': 'application/x-x509-ca-cert',
  '/rawpem': 'text/plain; charset=utf-8',
} as const

/** Mounts the documents. They are public, so pages of every origin may read them. */
export function mountDiscovery(app: FastifyInstance, server: Server): void {
  const { config } = server
  const { db } = server.database
  app.get('/.well-known/openid-configuration', async (_, reply) => publish(reply).send(openidConfiguration(config)))
  app.get('/.well-known/oauth-authorization-server', async (_, reply) => publish(reply).send(metadata(config)))
  app.get('/.well-known/jwks.json', async (_, reply) => publish(reply).send({ keys: await publishedKeys(db) }))
  for (const [url, type] of Object.entries(CERTIFICATE_TYPES)) {
    app.get(url, async (_, reply) =>
      publish(reply)
        .type(type)
        .send(await currentCertificate(db)),
    )
  }
}

function publish(reply: FastifyReply): FastifyReply {
  return reply.headers({ 'access-control-allow-origin': '*', 'cache-control': CACHING })
}

/** RFC 8414: what we are as an authorization server. */
function metadata({ issuer }: Config): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}oauth/token`,
    jwks_uri: `${issuer}.well-known/jwks.json`,
    revocation_endpoint: `${issuer}oauth/revoke`,
    scopes_supported: ['openid', 'profile', 'offline_access', 'email', 'phone'],
    response_types_supported: RESPONSE_TYPES,
    response_modes_supported: ['query', 'fragment', 'form_post', 'web_message'],
    grant_types_supported: ['client_credentials', 'implicit', ...Object.keys(EXCHANGES)],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    authorization_response_iss_parameter_supported: true,
    ui_locales_supported: ['en', 'de'],
  }
}

/** OpenID Connect Discovery §3: what is about people. */
function openidConfiguration(config: Config): Record<string, unknown> {
  const { issuer } = config
  return {
    ...metadata(config),
    userinfo_endpoint: `${issuer}userinfo`,
    end_session_endpoint: `${issuer}oidc/logout`,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['HS256', 'RS256', 'PS256'],
    claims_supported: CLAIMS,
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  }
}

/** Of every token, and of every attribute that a scope releases. */
const CLAIMS = [
  ...['aud', 'auth_time', 'exp', 'iat', 'iss', 'sid', 'sub'],
  ...Object.values(CLAIMS_OF_SCOPES).flatMap((names) => (names ?? []).filter((name) => name !== 'sub')),
].sort()

async function publishedKeys(db: Db): Promise<Record<string, unknown>[]> {
  const [keys, omits] = await Promise.all([listPublicKeys(db), omitsAlgorithm(db)])
  // Auth0's `remove_alg_from_jwks`: a key set that names RS256 cannot check tokens signed RS512 or PS256.
  return omits ? keys.map(({ alg: _, ...key }) => key) : keys
}

async function currentCertificate(db: Db): Promise<string> {
  const [current] = await listKeys(db)
  if (current?.state !== 'current') throw new Error('The tenant lacks a current signing key.')
  return current.certificate
}
