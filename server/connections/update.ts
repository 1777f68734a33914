import type { Static } from 'typebox'
import type { Secrets } from '../base/secrets.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { Connection, ConnectionUpdate } from './connection.ts'
import { setEnabledClients } from './enabled-clients.ts'
import { mergeMetadata } from './metadata.ts'
import { isNonUniqueEmail, readDatabaseOptions } from './read-options.ts'
import { areRealmsTaken, lockConnection, lockConnectionNames, saveConnection } from './store.ts'
import { oidcOptionsOf, readOidcOptions } from './strategies/oidc.ts'
import { OIDC_STRATEGY } from './strategy-names.ts'

/**
 * Changes a connection. Options that are given take the place of all there were.
 *
 * @returns the connection before and after
 * @throws ApiError inexistent_connection; connection_exists; invalid_body; operation_not_supported
 */
export async function updateConnection(
  tx: Tx,
  secrets: Secrets,
  id: string,
  change: Static<typeof ConnectionUpdate>,
): Promise<{ before: Connection; after: Connection }> {
  const { options, enabled_clients, display_name, realms, metadata, ...settings } = change
  // Before the row, or a change and a creation could wait for each other.
  if (realms) await lockConnectionNames(tx)
  const before = await lockConnection(tx, id)
  if (!before) throw new ApiError('inexistent_connection')
  if (realms && (await areRealmsTaken(tx, realms, id))) throw new ApiError('connection_exists')
  const after: Connection = {
    ...before,
    displayName: display_name ?? before.displayName,
    options: options ? readReplacement(secrets, before, options) : before.options,
    settings: { ...before.settings, ...settings },
    realms: realms ?? before.realms,
    metadata: mergeMetadata(before.metadata, metadata),
  }
  await saveConnection(tx, after)
  if (enabled_clients) await setEnabledClients(tx, id, enabled_clients)
  return { before, after }
}

function readReplacement(secrets: Secrets, before: Connection, given: Record<string, unknown>): Connection['options'] {
  const current = before.options
  if (before.strategy === OIDC_STRATEGY) {
    return readOidcOptions(given, { secrets, connectionId: before.id, before: oidcOptionsOf(before) })
  }
  const options = readDatabaseOptions(given)
  if (isNonUniqueEmail(options) && !isNonUniqueEmail(current)) {
    // Recorded text.
    throw new ApiError('invalid_body', { with: { reason: 'cannot add non-unique email attribute' } })
  }
  return options
}
