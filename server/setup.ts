/**
 * What every tenant has: settings, signing keys, the Management API, the built-in roles, a first database
 * connection, and the bootstrap client if one is set. Runs at each start, in one transaction under a lock, and
 * only adds or brings up to date.
 */
import { sql } from 'kysely'
import { MY_ACCOUNT_SCOPES } from './authorization/my-account-scopes.ts'
import { MANAGEMENT_SCOPES } from './authorization/scopes.ts'
import { now } from './base/clock.ts'
import { newHexId, newId } from './base/ids.ts'
import type { Secrets } from './base/secrets.ts'
import { StartError } from './base/start-error.ts'
import { ensureBuiltInClients } from './clients/built-in.ts'
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
    const managementApiId = await ensureSystemApis(tx, config)
    await ensureBuiltInRoles(tx, managementApiId)
    await ensureBuiltInClients(tx, config)
    if (config.bootstrapClient) {
      await ensureMachineClient(tx, secrets, { ...config.bootstrapClient, name: 'Bootstrap client' })
    }
    return { isNew: !settings }
  })
}

/** @throws WrongEncryptionKeyError unless the probe was encrypted with this key */
export function checkProbe(secrets: Secrets, probe: string): void {
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
 * TABLE: the APIs that every tenant has, as resource servers: identifiers follow `PUBLIC_URL`, scopes this version's
 * tables.
 */
const SYSTEM_APIS = {
  management: {
    name: 'Tenantry Management API',
    scopes: MANAGEMENT_SCOPES,
    identifier: (config) => config.managementAudience,
    settings: {},
  },
  'my-account': {
    name: 'Tenantry My Account API',
    scopes: MY_ACCOUNT_SCOPES,
    identifier: (config) => config.myAccountAudience,
    // For people's own tokens: no application gets one for itself.
    settings: { subject_type_authorization: { client: { policy: 'deny_all' } } },
  },
} as const satisfies Record<string, SystemApi>

type SystemApi = {
  name: string
  scopes: readonly { value: string; description: string }[]
  identifier: (config: Config) => string
  settings: object
}

/** Makes sure of them. Answers the id of the Management API. */
async function ensureSystemApis(tx: Tx, config: Config): Promise<string> {
  await refuseTakenIdentifiers(tx, config)
  let managementApiId = ''
  for (const [name, api] of Object.entries(SYSTEM_APIS) as [keyof typeof SYSTEM_APIS, SystemApi][]) {
    const row = { identifier: api.identifier(config), scopes: JSON.stringify(api.scopes) }
    const { id } = await tx
      .insertInto('resource_servers')
      .values({
        ...row,
        id: newHexId(),
        name: api.name,
        is_system: true,
        system_name: name,
        settings: JSON.stringify(api.settings),
        signing_secret_encrypted: null,
        created_at: now(),
      })
      .onConflict((conflict) => conflict.column('system_name').doUpdateSet(row))
      .returning('id')
      .executeTakeFirstOrThrow()
    if (name === 'management') managementApiId = id
  }
  return managementApiId
}

/** @throws StartError when another API has an identifier of ours, for tokens of that one would open this one */
async function refuseTakenIdentifiers(tx: Tx, config: Config): Promise<void> {
  const other = await tx
    .selectFrom('resource_servers')
    .select('identifier')
    .where('is_system', '=', false)
    .where('identifier', 'in', [...managementAudiences(config), config.myAccountAudience])
    .executeTakeFirst()
  if (!other) return
  throw new StartError(
    `With these settings the server's own API is known as ${other.identifier}, and the tenant has another API of that ` +
      'identifier. Start with the settings of before, delete that API or choose another PUBLIC_URL or TLS_PORT. ' +
      'Nothing was changed.',
  )
}
