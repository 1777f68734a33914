/** All SQL about how pages look and what they say: one statement a page, so that a change shows in every process at once. */
import type { Branding } from '../branding/branding.ts'
import type { ThemeBody } from '../branding/theme.ts'
import type { Db } from '../db/database.ts'
import type { PromptTexts } from '../prompts/prompts.ts'
import { type SaidSettings, type TenantSettings, withTenantDefaults } from '../tenants/settings.ts'

/** What the tenant has said of its pages. */
export type Look = {
  settings: TenantSettings
  branding: Branding
  theme: ThemeBody | undefined
  /** Liquid around the page. */
  template: string | undefined
  /** Its own texts in one language, by prompt, screen and key. */
  texts: Readonly<Record<string, PromptTexts>>
}

/** Reads it. @param language of the texts */
export async function readLook(db: Db, language: string): Promise<Look> {
  const row = await db
    .selectFrom('tenant_settings')
    .select((eb) => [
      'settings',
      eb.selectFrom('branding').select('branding.settings').as('branding'),
      eb.selectFrom('branding').select('page_template').as('template'),
      eb.selectFrom('branding_themes').select('theme').as('theme'),
      eb
        .selectFrom('prompt_texts')
        .select((texts) => texts.fn<unknown>('jsonb_object_agg', ['prompt', 'texts']).as('all'))
        .where('language', '=', language)
        .as('texts'),
    ])
    .executeTakeFirstOrThrow()
  // Nothing is stored that the schemas of the routes have not let through.
  return {
    settings: withTenantDefaults(row.settings as SaidSettings),
    branding: (row.branding ?? {}) as Branding,
    theme: (row.theme ?? undefined) as ThemeBody | undefined,
    template: row.template ?? undefined,
    texts: (row.texts ?? {}) as Look['texts'],
  }
}
