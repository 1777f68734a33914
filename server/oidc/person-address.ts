/** Where the person is whose password an application sends: it may say so in a header of Auth0's. */
import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { StoredClient } from '../clients/client.ts'

/**
 * The address in `auth0-forwarded-for`; undefined unless the application is trusted with it and has proved that it is
 * itself. Without, all who sign in by a server would share its address, and whatever is counted by address.
 */
export function addressOfPerson({ headers }: FastifyRequest, client: StoredClient): string | undefined {
  const isTrusted =
    client.settings.is_token_endpoint_ip_header_trusted === true && client.token_endpoint_auth_method !== 'none'
  const sent = headers['auth0-forwarded-for']
  const address = typeof sent === 'string' ? sent.trim() : ''
  return isTrusted && isIP(address) !== 0 && !address.includes('%') ? address : undefined
}
