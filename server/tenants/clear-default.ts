import type { Tx } from '../db/database.ts'
import { lockTenantSettings, saveTenantSettings } from './store.ts'

/**
 * Takes a default back that names what is being deleted, so that nobody's sign-in looks for it. The settings are locked in
 * any case: a change of them at the same moment either comes first and is seen here, or finds that it is gone.
 *
 * @param named what is deleted goes by
 * @returns what of the settings is different now, for the event; undefined when the default named something else
 */
export async function clearDefault(
  tx: Tx,
  name: 'default_audience' | 'default_directory',
  named: readonly string[],
): Promise<{ tenant_settings: { [name: string]: '' } } | undefined> {
  const { [name]: current, ...others } = await lockTenantSettings(tx)
  if (current === undefined || !named.includes(current)) return undefined
  await saveTenantSettings(tx, others)
  return { tenant_settings: { [name]: '' } }
}
