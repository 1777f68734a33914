import type { Static } from 'typebox'
import { now } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { Secrets } from '../base/secrets.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { Connection, NewConnection } from './connection.ts'
import { defaultConnectionSettings, defaultDatabaseOptions } from './defaults.ts'
import { enableClients } from './enabled-clients.ts'
import { mergeMetadata } from './metadata.ts'
import { readDatabaseOptions } from './read-options.ts'
import { areRealmsTaken, insertConnection, lockConnectionNames } from './store.ts'
import { readOidcOptions } from './strategies/oidc.ts'
import { DATABASE_STRATEGY, OIDC_STRATEGY, STRATEGIES } from './strategy-names.ts'

/**
 * Creates a connection. Options that are not named get their default, each as a whole.
 *
 * @throws ApiError connection_exists; invalid_body; operation_not_supported for what is not a database of ours
 */
export async function createConnection(
  tx: Tx,
  secrets: Secrets,
  given: Static<typeof NewConnection>,
): Promise<Connection> {
  const { name, strategy, options, enabled_clients, display_name, realms, metadata, ...settings } = given
  checkStrategy(strategy)
  const id = newId('con')
  const connection: Connection = {
    id,
    name,
    strategy,
    displayName: display_name,
    options:
      strategy === OIDC_STRATEGY
        ? readOidcOptions(options ?? {}, { secrets, connectionId: id })
        : { ...defaultDatabaseOptions(), ...readDatabaseOptions(options ?? {}) },
    settings: { ...defaultConnectionSettings(), ...settings },
    realms: realms ?? [name],
    metadata: mergeMetadata(undefined, metadata),
    createdAt: now(),
  }
  await lockConnectionNames(tx)
  if (await areRealmsTaken(tx, connection.realms, connection.id)) throw new ApiError('connection_exists')
  await insertConnection(tx, connection)
  await enableClients(tx, connection.id, enabled_clients ?? [])
  return connection
}

function checkStrategy(strategy: string): void {
  const known: readonly string[] = STRATEGIES
  if (!known.includes(strategy)) {
    throw new ApiError('invalid_body', {
      with: {
        reason: `Payload validation error: 'No enum match for: ${JSON.stringify(strategy.slice(0, 100))}' on property strategy (Identity provider; never changes).`,
      },
    })
  }
  if (strategy !== DATABASE_STRATEGY && strategy !== OIDC_STRATEGY) {
    throw new ApiError('operation_not_supported', {
      with: {
        reason: `Connections of strategy ${strategy} are not offered by this server yet. Use ${DATABASE_STRATEGY} or ${OIDC_STRATEGY}.`,
      },
    })
  }
}
