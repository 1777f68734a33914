/** All SQL about branding. */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import type { Branding } from './branding.ts'
import type { ThemeBody } from './theme.ts'

/** The theme with its id. */
export type StoredTheme = { themeId: string; theme: ThemeBody }

/** What the tenant said of its branding; nothing at first. */
export async function readBranding(db: Db): Promise<Branding> {
  const row = await db.selectFrom('branding').select('settings').executeTakeFirst()
  // Nothing is stored that the schemas of the routes have not let through.
  return (row?.settings ?? {}) as Branding
}

/** The Liquid around the pages of signing in; undefined where they are framed as ours. */
export async function readPageTemplate(db: Db): Promise<string | undefined> {
  const row = await db.selectFrom('branding').select('page_template').executeTakeFirst()
  return row?.page_template ?? undefined
}

/** The tenant's theme; undefined where it has none. */
export async function readTheme(db: Db): Promise<StoredTheme | undefined> {
  const row = await db.selectFrom('branding_themes').select(['theme_id', 'theme']).executeTakeFirst()
  // As above.
  return row && { themeId: row.theme_id, theme: row.theme as unknown as ThemeBody }
}

/** Changes of branding follow one another until the transaction ends. A row that is not there cannot be locked. */
export async function lockBranding(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('branding', 0))`.execute(tx)
}

/** Stores what the tenant says of its branding. */
export async function saveBranding(tx: Tx, settings: Branding): Promise<void> {
  await upsertBranding(tx, { settings: JSON.stringify(settings) })
}

/** Stores the Liquid around the pages, or takes it away. */
export async function savePageTemplate(tx: Tx, page_template: string | null): Promise<void> {
  await upsertBranding(tx, { page_template })
}

async function upsertBranding(tx: Tx, values: { settings?: string; page_template?: string | null }): Promise<void> {
  const row = { ...values, updated_at: now() }
  await tx
    .insertInto('branding')
    .values({ id: 1, settings: '{}', ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

/** Stores the theme, whether there was one or not. */
export async function saveTheme(tx: Tx, { themeId, theme }: StoredTheme): Promise<void> {
  const row = { theme_id: themeId, theme: JSON.stringify(theme), updated_at: now() }
  await tx
    .insertInto('branding_themes')
    .values({ id: 1, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

/** Removes it. */
export async function deleteTheme(tx: Tx): Promise<void> {
  await tx.deleteFrom('branding_themes').execute()
}
