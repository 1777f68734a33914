import { type Kysely, sql } from 'kysely'

/** Terms and consents, their versions, and the ledger of who accepted which. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table terms (
      id text collate "C" primary key,
      name text collate "C" not null,
      -- Whether nobody gets in without them; a consent is asked for and may be refused.
      required boolean not null,
      -- Whose they are: null for the operator's own, which are for everybody.
      organization_id text collate "C" references organizations on delete cascade,
      -- For sign-ins to this application alone.
      client_id text collate "C",
      retired_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      unique nulls not distinct (organization_id, name)
    )`.execute(db)
  await sql`
    create table term_versions (
      terms_id text collate "C" not null references terms on delete cascade,
      version integer not null,
      -- By language: title, summary, body, and the digest of them.
      texts jsonb not null,
      -- From when on it is asked for, and from when on nobody gets in without it.
      effective_at timestamptz not null,
      deadline_at timestamptz not null,
      published_at timestamptz not null,
      published_by text,
      primary key (terms_id, version)
    )`.execute(db)
  // Rows are added and never changed. They go with the account, and with the organization whose terms they are about.
  await sql`
    create table acceptances (
      id text collate "C" primary key,
      user_id text collate "C" not null references users on delete cascade,
      terms_id text collate "C" not null,
      version integer not null,
      outcome text not null,
      language text not null,
      sha256 text not null,
      created_at timestamptz not null,
      ip text,
      user_agent text,
      client_id text,
      organization_id text,
      foreign key (terms_id, version) references term_versions on delete cascade
    )`.execute(db)
  await sql`create index acceptances_of_user on acceptances (user_id, terms_id, version)`.execute(db)
  await sql`create index acceptances_of_terms on acceptances (terms_id, created_at, id)`.execute(db)
}
