/**
 * How a client proves at the token endpoint that it is itself. With `client_secret_post` and `client_secret_basic`
 * it has a secret, and its digest is what the endpoint compares. With `none` the secret is shown, as Auth0 shows
 * it, but has no digest, so that it opens nothing. With `private_key_jwt` there is no secret at all: the settings
 * name the credentials that count.
 */
import { newClientSecret } from '../base/ids.ts'
import type { Secrets } from '../base/secrets.ts'
import { ApiError } from '../http/errors.ts'
import type { AuthenticationMethod, StoredClient } from './client.ts'

/** TABLE: what becomes of a client's secret under each method. */
const SECRET_OF_METHOD = {
  client_secret_post: 'opens',
  client_secret_basic: 'opens',
  none: 'opens nothing',
  private_key_jwt: 'is not there',
} as const satisfies Record<AuthenticationMethod, string>

/** What decides on the method: what a body says about it. Null takes a setting back. */
type Asked = {
  token_endpoint_auth_method?: 'none' | 'client_secret_post' | 'client_secret_basic' | null | undefined
  client_authentication_methods?: object | null | undefined
}

const PUBLIC_APP_TYPES: ReadonlySet<unknown> = new Set(['native', 'spa'])

/** The method of a client that was not told one: what runs on a person's device can keep no secret. */
export function defaultMethod(appType: unknown): AuthenticationMethod {
  return PUBLIC_APP_TYPES.has(appType) ? 'none' : 'client_secret_post'
}

/**
 * The method a client has after a change.
 *
 * @param current of the client before; for a new one its default
 * @throws ApiError invalid_body when two methods are asked for
 */
export function methodAfter(asked: Asked, current: AuthenticationMethod, appType: unknown): AuthenticationMethod {
  const { token_endpoint_auth_method: bySecret, client_authentication_methods: byKey } = asked
  if (bySecret && byKey) {
    const reason = 'token_endpoint_auth_method and client_authentication_methods cannot both be set. Send one of them.'
    throw new ApiError('invalid_body', { with: { reason } })
  }
  if (byKey) return 'private_key_jwt'
  if (bySecret) return bySecret
  const isTakenBack = current === 'private_key_jwt' ? byKey === null : bySecret === null
  return isTakenBack ? defaultMethod(appType) : current
}

/** What is stored of a client's secret. */
export type SecretColumns = { secret_encrypted: string | null; secret_digest: string | null }

/**
 * What to store under a method; undefined `secret` makes a new one.
 *
 * @param secret the one that was given, or the one the client has
 */
export function secretColumns(
  secrets: Secrets,
  clientId: string,
  method: AuthenticationMethod,
  secret: string = newClientSecret(),
): SecretColumns {
  const rule = SECRET_OF_METHOD[method]
  if (rule === 'is not there') return { secret_encrypted: null, secret_digest: null }
  return {
    secret_encrypted: secrets.encrypt('client_secret', clientId, secret),
    secret_digest: rule === 'opens' ? secrets.digest('client_secret', secret) : null,
  }
}

/** The secret as it is shown; undefined when the client has none. */
export function secretOf(secrets: Secrets, client: StoredClient): string | undefined {
  if (client.secret_encrypted === null) return undefined
  return secrets.decrypt('client_secret', client.client_id, client.secret_encrypted)
}

/** The ids of the credentials that count for a client. */
export function usedCredentialIds({ settings }: StoredClient): string[] {
  return (settings.client_authentication_methods?.private_key_jwt.credentials ?? []).map(({ id }) => id)
}

/** The client with these credentials, and no others, counting for it. */
export function withUsedCredentials(client: StoredClient, ids: readonly string[]): StoredClient {
  const client_authentication_methods = { private_key_jwt: { credentials: ids.map((id) => ({ id })) } }
  return { ...client, settings: { ...client.settings, client_authentication_methods } }
}
