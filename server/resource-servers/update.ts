import { isDeepStrictEqual } from 'node:util'
import type { Static } from 'typebox'
import { newClientSecret } from '../base/ids.ts'
import type { Secrets } from '../base/secrets.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { ResourceServer, ResourceServerUpdate } from './resource-server.ts'
import { settingsWith, uniqueScopes } from './settings.ts'
import { lockResourceServer, saveResourceServer, withdrawOtherScopes } from './store.ts'

type Change = Static<typeof ResourceServerUpdate>

/**
 * Changes an API. Scopes are replaced as a list; those that are gone leave applications and roles as well.
 *
 * @returns the API before and after
 * @throws ApiError inexistent_resource_server; system_entity; invalid_body; operation_not_supported
 */
export async function updateResourceServer(
  tx: Tx,
  secrets: Secrets,
  idOrIdentifier: string,
  change: Change,
): Promise<{ before: ResourceServer; after: ResourceServer }> {
  const before = await lockResourceServer(tx, idOrIdentifier)
  if (!before) throw new ApiError('inexistent_resource_server')
  if (before.isSystem) refuseSystemChange(before, change)
  const { name, scopes, signing_secret, ...settings } = change
  const stored = settingsWith(before.settings, settings)
  const needsSecret = stored.signing_alg === 'HS256' && before.signingSecretEncrypted === undefined
  const secret = signing_secret ?? (needsSecret ? newClientSecret() : undefined)
  const after: ResourceServer = {
    ...before,
    name: name ?? before.name,
    scopes: scopes ? uniqueScopes(scopes) : before.scopes,
    settings: stored,
    signingSecretEncrypted:
      secret === undefined
        ? before.signingSecretEncrypted
        : secrets.encrypt('resource_server_secret', before.id, secret),
  }
  await saveResourceServer(tx, after)
  if (scopes) {
    await withdrawOtherScopes(
      tx,
      after.id,
      after.scopes.map((scope) => scope.value),
    )
  }
  return { before, after }
}

const SYSTEM_MAY_CHANGE: ReadonlySet<string> = new Set(['token_lifetime', 'token_lifetime_for_web'])

/** Deployment tools send back all they have read, so a value that stays as it is counts as none. */
function refuseSystemChange(current: ResourceServer, change: Change): void {
  const { name, scopes, settings } = current
  const known: Record<string, unknown> = { ...settings, name, scopes }
  for (const [property, value] of Object.entries(change)) {
    if (SYSTEM_MAY_CHANGE.has(property) || isDeepStrictEqual(value, known[property])) continue
    throw new ApiError('system_entity', {
      with: {
        reason: `${property} of the Management API cannot be changed, only token_lifetime and token_lifetime_for_web.`,
      },
    })
  }
}
