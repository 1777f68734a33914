/**
 * What every tenant has: settings, signing keys, the Management API, the built-in roles, a first database
 * connection, and the bootstrap client if one is set. Runs at each start, in one transaction under a lock, and
 * only adds or brings up to date.
 */
import { sql } from 'kysely'
import { MANAGEMENT_SCOPES } from './authorization/scopes.ts'
import { now } from './base/clock.ts'
import { newHexId, newId } from './base/ids.ts'
import type { Secrets } from './base/secrets.ts'
import { StartError } from './base/start-error.ts'
import { ensureMachineClient } from './clients/machine-client.ts'
import type { Config } from './config.ts'
import { defaultConnectionSettings, defaultDatabaseOptions } from './connections/defaults.ts'
import { type Db, type Tx, transact } from './db/database.ts'
import { managementAudiences } from './http/audiences.ts'
import { makeSigningKey } from './keys/signing-key.ts'
import { insertKey } from './keys/store.ts'
import { ensureBuiltInRoles } from './roles/store.ts'

/** The stored secrets were encrypted with another key than the one this server was given. */
export class WrongEncryptionKeyError extends StartError {}

const PROBE = 'tenantry'
/** The database connection that a new tenant starts with, by Auth0's name. */
export const FIRST_CONNECTION = 'Username-Password-Authentication'

/** Makes sure of all of it. Says whether the tenant was made just now. */
export async function setUpTenant(db: Db, secrets: Secrets, config: Config): Promise<{ isNew: boolean }> {
  return await transact(db, async (tx) => {
    // Two servers that start at once on an empty database: the second waits here and finds everything made.
    await sql`lock table tenant_settings in exclusive mode`.execute(tx)
    const settings = await tx.selectFrom('tenant_settings').select('key_probe').executeTakeFirst()
    if (settings) checkProbe(secrets, settings.key_probe)
    else await makeTenant(tx, secrets, config)
    const managementApiId = await ensureManagementApi(tx, config)
    await ensureBuiltInRoles(tx, managementApiId)
    if (config.bootstrapClient) {
      await ensureMachineClient(tx, secrets, { ...config.bootstrapClient, name: 'Bootstrap client' })
    }
    return { isNew: !settings }
  })
}

function checkProbe(secrets: Secrets, probe: string): void {
  try {
    if (secrets.decrypt('probe', 'tenant', probe) === PROBE) return
  } catch {
    // Falls through: whatever is wrong with it, it is not readable with this key.
  }
  throw new WrongEncryptionKeyError(
    'The secrets in this database were encrypted with another key. Start with the ENCRYPTION_KEY it was made with ' +
      '(or the file encryption-key of its DATA_DIR). Nothing was changed.',
  )
}

async function makeTenant(tx: Tx, secrets: Secrets, config: Config): Promise<void> {
  const at = now()
  const key_probe = secrets.encrypt('probe', 'tenant', PROBE)
  await tx.insertInto('tenant_settings').values({ id: 1, settings: '{}', key_probe, updated_at: at }).execute()
  const host = new URL(config.publicUrl).hostname
  const [current, next] = await Promise.all([makeSigningKey(host), makeSigningKey(host)])
  await insertKey(tx, secrets, current, 'current')
  await insertKey(tx, secrets, next, 'next')
  await tx
    .insertInto('connections')
    .values({
      id: newId('con'),
      name: FIRST_CONNECTION,
      strategy: 'auth0',
      display_name: null,
      options: JSON.stringify(defaultDatabaseOptions()),
      settings: JSON.stringify(defaultConnectionSettings()),
      realms: [FIRST_CONNECTION],
      metadata: null,
      created_at: at,
    })
    .execute()
}

/**
 * The Management API as a resource server: its identifier follows `PUBLIC_URL`, its scopes this version's table.
 * @throws StartError when another API has that identifier, for tokens of that one would open this one
 */
async function ensureManagementApi(tx: Tx, config: Config): Promise<string> {
  const scopes = JSON.stringify(MANAGEMENT_SCOPES)
  const other = await tx
    .selectFrom('resource_servers')
    .select('identifier')
    .where('is_system', '=', false)
    .where('identifier', 'in', managementAudiences(config))
    .executeTakeFirst()
  if (other) {
    throw new StartError(
      `With these settings the Management API is known as ${other.identifier}, and the tenant has another API of that ` +
        'identifier. Start with the settings of before, delete that API or choose another PUBLIC_URL or TLS_PORT. ' +
        'Nothing was changed.',
    )
  }
  const known = await tx.selectFrom('resource_servers').select('id').where('is_system', '=', true).executeTakeFirst()
  if (known) {
    await tx
      .updateTable('resource_servers')
      .set({ identifier: config.managementAudience, scopes })
      .where('id', '=', known.id)
      .execute()
    return known.id
  }
  const id = newHexId()
  await tx
    .insertInto('resource_servers')
    .values({
      id,
      identifier: config.managementAudience,
      name: 'Tenantry Management API',
      is_system: true,
      scopes,
      settings: '{}',
      signing_secret_encrypted: null,
      created_at: now(),
    })
    .execute()
  return id
}
