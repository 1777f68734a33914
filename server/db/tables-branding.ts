/** The tables of branding and prompts as TypeScript sees them; `migrations/` is the truth. */
import type { Json, JsonObject, Timestamp } from './tables.ts'

export type BrandingTable = {
  id: number
  settings: Json<JsonObject>
  page_template: string | null
  updated_at: Timestamp
}

export type BrandingThemesTable = { id: number; theme_id: string; theme: Json<JsonObject>; updated_at: Timestamp }

export type PromptSettingsTable = { id: number; settings: Json<JsonObject>; updated_at: Timestamp }

export type PromptTextsTable = { language: string; prompt: string; texts: Json<JsonObject>; updated_at: Timestamp }

export type PromptPartialsTable = { prompt: string; partials: Json<JsonObject>; updated_at: Timestamp }

/** Tables about how pages look and what they say. */
export type BrandingTables = {
  branding: BrandingTable
  branding_themes: BrandingThemesTable
  prompt_settings: PromptSettingsTable
  prompt_texts: PromptTextsTable
  prompt_partials: PromptPartialsTable
}
