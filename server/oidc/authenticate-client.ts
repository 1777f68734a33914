/** Whether a client is who it says it is. */
import { equalInConstantTime } from '../base/secrets.ts'
import { ApiError } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { verifyAssertion } from './assertion.ts'
import type { Access } from './store.ts'
import type { ClientRequest } from './token-request.ts'

// RFC 6749 §2.3.1: whoever has a secret may send it either way, whichever of the two his settings name.
const BY_SECRET: ReadonlySet<string> = new Set(['client_secret_post', 'client_secret_basic'])

/**
 * Checks the credentials by the method the client is registered for. An unknown client and a wrong secret take the
 * same steps and get the same answer. A public client passes by its id alone: what it may do is for the grant to say.
 *
 * @throws ApiError unknown_client, invalid_client
 */
export async function authenticateClient(server: Server, access: Access, request: ClientRequest): Promise<void> {
  const { clientId, credentials } = request
  const method = methodOf(access)
  if (credentials.kind === 'secret') {
    const sent = server.secrets.digest('client_secret', credentials.secret)
    // No digest is empty, so a client without a secret has none that fits.
    const stored = BY_SECRET.has(method) ? (access.secret_digest ?? '') : ''
    if (!equalInConstantTime(sent, stored)) throw new ApiError('unknown_client')
  } else if (credentials.kind === 'assertion') {
    const credentialIds = method === 'private_key_jwt' ? credentialIdsOf(access) : []
    await verifyAssertion(server, { clientId, credentialIds }, credentials.assertion)
  } else if (method !== 'none') throw new ApiError('unknown_client')
}

/** Whether the client is registered as one that can keep no secret. */
export function isPublicClient(access: Access): boolean {
  return methodOf(access) === 'none'
}

function methodOf({ client_id, token_endpoint_auth_method }: Access): string {
  return client_id === null ? 'unknown' : token_endpoint_auth_method
}

/** The keys that count: a client may have others, which its settings do not name. */
function credentialIdsOf({ client_settings }: Access): string[] {
  return (client_settings?.client_authentication_methods?.private_key_jwt?.credentials ?? []).map(({ id }) => id)
}
