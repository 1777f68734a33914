import type { Static } from 'typebox'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import {
  IN_MINUTES,
  type SaidSettings,
  type TenantSettings,
  type TenantSettingsUpdate,
  withTenantDefaults,
} from './settings.ts'
import { lockTenantSettings, saveTenantSettings } from './store.ts'

type Change = Static<typeof TenantSettingsUpdate>

/**
 * Changes settings of the tenant: the named ones alone, each as a whole, flags one by one; null takes one back to
 * its default.
 *
 * @returns the settings before and after
 * @throws ApiError invalid_body
 */
export async function updateTenantSettings(
  tx: Tx,
  change: Change,
): Promise<{ before: TenantSettings; after: TenantSettings }> {
  const said = lifetimesInHours(change)
  const before = await lockTenantSettings(tx)
  const merged = { ...before, ...said, ...(said.flags ? { flags: { ...before.flags, ...said.flags } } : {}) }
  // Without the nulls it is what is stored; Object.fromEntries forgets the names.
  const after = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)) as SaidSettings
  await saveTenantSettings(tx, after)
  return { before: withTenantDefaults(before), after: withTenantDefaults(after) }
}

/** Lifetimes are stored in hours, as Auth0 answers them, also where they were said in minutes. */
function lifetimesInHours(change: Change): Omit<Change, `${string}_in_minutes`> {
  const said: Record<string, unknown> = { ...change }
  for (const name of Object.keys(IN_MINUTES) as (keyof typeof IN_MINUTES)[]) {
    const inMinutes = `${name}_in_minutes` as const
    const minutes = change[inMinutes]
    delete said[inMinutes]
    if (minutes === undefined) continue
    if (change[name] !== undefined) {
      throw new ApiError('invalid_body', { with: { reason: `${name} and ${inMinutes} cannot be used together.` } })
    }
    said[name] = minutes / 60
  }
  // The same properties without those in minutes.
  return said as Omit<Change, `${string}_in_minutes`>
}
