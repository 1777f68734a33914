import type { Static } from 'typebox'
import { newClientSecret, newHexId } from '../base/ids.ts'
import type { Secrets } from '../base/secrets.ts'
import type { Config } from '../config.ts'
import type { Tx } from '../db/database.ts'
import { isManagementAudience } from '../http/audiences.ts'
import { ApiError } from '../http/errors.ts'
import { type NewResourceServer, RESOURCE_SERVER_DEFAULTS, type ResourceServer } from './resource-server.ts'
import { settingsWith, uniqueScopes } from './settings.ts'
import { insertResourceServer } from './store.ts'

/**
 * Creates an API.
 *
 * @throws ApiError resource_server_exists when another has the identifier; invalid_body; operation_not_supported
 */
export async function createResourceServer(
  tx: Tx,
  secrets: Secrets,
  config: Config,
  given: Static<typeof NewResourceServer>,
): Promise<ResourceServer> {
  const { identifier, name, scopes, signing_secret, ...settings } = given
  refuseOwnAudience(config, identifier)
  const id = newHexId()
  const stored = settingsWith(RESOURCE_SERVER_DEFAULTS, settings)
  const secret = signing_secret ?? (stored.signing_alg === 'HS256' ? newClientSecret() : undefined)
  const resourceServer: ResourceServer = {
    id,
    identifier,
    name,
    isSystem: false,
    scopes: uniqueScopes(scopes ?? []),
    settings: stored,
    signingSecretEncrypted: secret && secrets.encrypt('resource_server_secret', id, secret),
  }
  await insertResourceServer(tx, resourceServer)
  return resourceServer
}

const OWN_AUDIENCES = ['/userinfo', '/me/', '/my-org/', '/mfa/']

/** Tokens for our own doors must never be those of an API that somebody made up under their name. */
function refuseOwnAudience(config: Config, identifier: string): void {
  if (isManagementAudience(config, identifier)) throw new ApiError('resource_server_exists')
  const address = URL.canParse(identifier) ? new URL(identifier) : undefined
  if (address?.hostname !== new URL(config.publicUrl).hostname) return
  if (OWN_AUDIENCES.some((path) => identifier.endsWith(path) && address.pathname === path)) {
    throw new ApiError('invalid_body', {
      with: { reason: `The identifier ${identifier} stands for a part of this server. Choose another one.` },
    })
  }
}
