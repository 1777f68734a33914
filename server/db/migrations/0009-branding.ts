import { type Kysely, sql } from 'kysely'

/** How the pages look and what they say: branding, page template, theme, settings and texts of the prompts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table branding (
      id smallint primary key check (id = 1),
      settings jsonb not null default '{}',
      -- The Liquid around the pages of signing in; null while ours is used.
      page_template text,
      updated_at timestamptz not null
    )`.execute(db)
  // A tenant has one theme at most (Auth0).
  await sql`
    create table branding_themes (
      id smallint primary key check (id = 1),
      theme_id text collate "C" not null unique,
      theme jsonb not null,
      updated_at timestamptz not null
    )`.execute(db)
  await sql`
    create table prompt_settings (
      id smallint primary key check (id = 1),
      settings jsonb not null,
      updated_at timestamptz not null
    )`.execute(db)
  await sql`
    create table prompt_texts (
      language text collate "C" not null,
      prompt text collate "C" not null,
      texts jsonb not null,
      updated_at timestamptz not null,
      primary key (language, prompt)
    )`.execute(db)
  await sql`
    create table prompt_partials (
      prompt text collate "C" primary key,
      partials jsonb not null,
      updated_at timestamptz not null
    )`.execute(db)
}
