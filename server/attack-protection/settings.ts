/** SQL about the settings of attack protection: what was said is stored, by the name of the protection. */
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'

/** A protection that has settings, as its address names it. */
export type Protection = 'brute-force-protection' | 'suspicious-ip-throttling' | 'breached-password-detection'

/** What was said of each protection, by its name. */
export type Said = { [name in Protection]?: JsonObject }

/** The part of a statement that reads all that was said: an object by name, or null. */
export const SAID_SQL = '(select json_object_agg(name, settings) from attack_protection)'

/** What was said of it; undefined while nobody has said anything. Nothing is stored that a route's schema has not let through. */
export async function readSaid(db: Db, name: Protection): Promise<JsonObject | undefined> {
  const row = await db.selectFrom('attack_protection').select('settings').where('name', '=', name).executeTakeFirst()
  return row?.settings
}

/**
 * Stores what `merge` makes of what was said before: of two at once, neither takes the other's back.
 * @returns both, as they are stored
 */
export async function saveSaid<T extends object>(
  tx: Tx,
  name: Protection,
  merge: (before: JsonObject) => T,
): Promise<{ before: JsonObject; after: T }> {
  const at = now()
  await tx
    .insertInto('attack_protection')
    .values({ name, settings: '{}', updated_at: at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ updated_at: at }))
    .execute()
  // The row is locked by now.
  const before = (await readSaid(tx, name)) ?? {}
  const after = merge(before)
  await tx
    .updateTable('attack_protection')
    .set({ settings: JSON.stringify(after) })
    .where('name', '=', name)
    .execute()
  return { before, after }
}
