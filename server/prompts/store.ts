/** All SQL about prompts. */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import { type PromptPartials, type PromptSettings, type PromptTexts, promptSettingsAfter } from './prompts.ts'

/** The settings, defaults included. */
export async function readPromptSettings(db: Db): Promise<PromptSettings> {
  const row = await db.selectFrom('prompt_settings').select('settings').executeTakeFirst()
  // Nothing is stored that the schemas of the routes have not let through.
  return promptSettingsAfter((row?.settings ?? {}) as Partial<PromptSettings>)
}

/** Stores the settings. */
export async function savePromptSettings(tx: Tx, settings: PromptSettings): Promise<void> {
  const row = { settings: JSON.stringify(settings), updated_at: now() }
  await tx
    .insertInto('prompt_settings')
    .values({ id: 1, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

/** Changes of prompts follow one another until the transaction ends. A row that is not there cannot be locked. */
export async function lockPrompts(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('prompts', 0))`.execute(tx)
}

/** Whose texts they are. */
export type TextsKey = { language: string; prompt: string }

/** The tenant's texts of a prompt; none at first. */
export async function readPromptTexts(db: Db, { language, prompt }: TextsKey): Promise<PromptTexts> {
  const row = await db
    .selectFrom('prompt_texts')
    .select('texts')
    .where('language', '=', language)
    .where('prompt', '=', prompt)
    .executeTakeFirst()
  // As above.
  return (row?.texts ?? {}) as PromptTexts
}

/** Stores the texts of a prompt in the place of those before. */
export async function savePromptTexts(tx: Tx, { language, prompt }: TextsKey, texts: PromptTexts): Promise<void> {
  if (Object.keys(texts).length === 0) {
    await tx.deleteFrom('prompt_texts').where('language', '=', language).where('prompt', '=', prompt).execute()
    return
  }
  const row = { texts: JSON.stringify(texts), updated_at: now() }
  await tx
    .insertInto('prompt_texts')
    .values({ language, prompt, ...row })
    .onConflict((conflict) => conflict.columns(['language', 'prompt']).doUpdateSet(row))
    .execute()
}

/** The partials of a prompt; none at first. */
export async function readPromptPartials(db: Db, prompt: string): Promise<PromptPartials> {
  const row = await db.selectFrom('prompt_partials').select('partials').where('prompt', '=', prompt).executeTakeFirst()
  // As above.
  return (row?.partials ?? {}) as PromptPartials
}

/** Stores the partials of a prompt in the place of those before. */
export async function savePromptPartials(tx: Tx, prompt: string, partials: PromptPartials): Promise<void> {
  if (Object.keys(partials).length === 0) {
    await tx.deleteFrom('prompt_partials').where('prompt', '=', prompt).execute()
    return
  }
  const row = { partials: JSON.stringify(partials), updated_at: now() }
  await tx
    .insertInto('prompt_partials')
    .values({ prompt, ...row })
    .onConflict((conflict) => conflict.column('prompt').doUpdateSet(row))
    .execute()
}
