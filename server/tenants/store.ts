/** All SQL about the settings of the tenant. */
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import { type SaidSettings, type TenantSettings, withTenantDefaults } from './settings.ts'

/** The settings of the tenant, defaults included. Read them where they are needed: any process may change them. */
export async function readTenantSettings(db: Db): Promise<TenantSettings> {
  const { settings } = await db.selectFrom('tenant_settings').select('settings').executeTakeFirstOrThrow()
  // Nothing is stored that the schema of the route has not let through.
  return withTenantDefaults(settings as SaidSettings)
}

/** What was said of the settings, locked for a change. */
export async function lockTenantSettings(tx: Tx): Promise<SaidSettings> {
  const { settings } = await tx.selectFrom('tenant_settings').select('settings').forUpdate().executeTakeFirstOrThrow()
  // As above.
  return settings as SaidSettings
}

/** Stores what was said. */
export async function saveTenantSettings(tx: Tx, said: SaidSettings): Promise<void> {
  await tx
    .updateTable('tenant_settings')
    .set({ settings: JSON.stringify(said), updated_at: now() })
    .execute()
}
