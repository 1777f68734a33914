import { type Kysely, sql } from 'kysely'

/** Signing in: sessions, what OpenID Connect keeps, consents, links of further kinds, failed tries, mail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // The APIs that every tenant has, told apart: `management` and `my-account`.
  await sql`alter table resource_servers add column system_name text unique`.execute(db)
  await sql`update resource_servers set system_name = 'management' where is_system`.execute(db)

  await sql`alter table tickets drop constraint tickets_purpose_check`.execute(db)
  await sql`
    alter table tickets
      add constraint tickets_purpose_check
        check (purpose in ('password_change', 'email_verification', 'sign_in', 'unblock')),
      add column client_id text collate "C" references clients on delete set null,
      -- Where to go afterwards, and what a purpose needs besides; nothing secret.
      add column details jsonb not null default '{}'`.execute(db)

  // A session is known by the hash of its cookie; `session_id` is the name by which it is listed and ended.
  await sql`
    create table sessions (
      session_id text collate "C" primary key,
      token_hash text collate "C" not null unique,
      user_id text collate "C" references users on delete cascade,
      -- The user's token_generation at sign-in: whatever raises that one ends the session.
      user_generation integer,
      payload jsonb not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      authenticated_at timestamptz,
      idle_expires_at timestamptz not null,
      expires_at timestamptz not null,
      initial_ip text,
      initial_user_agent text,
      last_ip text,
      last_user_agent text
    ) with (fillfactor = 80)`.execute(db)
  await sql`create index sessions_user on sessions (user_id) where user_id is not null`.execute(db)
  await sql`create index sessions_expires on sessions (expires_at)`.execute(db)

  // What oidc-provider keeps, by the hash of the token: codes, refresh tokens, opaque tokens, grants, interactions.
  await sql`
    create table oidc_artifacts (
      kind text not null,
      id_hash text collate "C" not null,
      payload jsonb not null,
      user_id text collate "C" references users on delete cascade,
      user_generation integer,
      client_id text collate "C" references clients on delete cascade,
      session_id text collate "C",
      grant_id text collate "C",
      created_at timestamptz not null,
      expires_at timestamptz not null,
      consumed_at timestamptz,
      primary key (kind, id_hash)
    )`.execute(db)
  await sql`create index oidc_artifacts_user on oidc_artifacts (user_id) where user_id is not null`.execute(db)
  await sql`create index oidc_artifacts_client on oidc_artifacts (client_id) where client_id is not null`.execute(db)
  await sql`create index oidc_artifacts_grant on oidc_artifacts (grant_id) where grant_id is not null`.execute(db)
  await sql`create index oidc_artifacts_session on oidc_artifacts (session_id) where session_id is not null`.execute(db)
  await sql`create index oidc_artifacts_expires on oidc_artifacts (expires_at)`.execute(db)

  // What a person allowed an application that is not first-party; an empty audience stands for the OIDC scopes.
  await sql`
    create table consents (
      id text collate "C" primary key,
      user_id text collate "C" not null references users on delete cascade,
      client_id text collate "C" not null references clients on delete cascade,
      audience text collate "C" not null,
      scope text[] not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      unique (user_id, client_id, audience)
    )`.execute(db)
  await sql`create index consents_client on consents (client_id)`.execute(db)

  // Tries of one account from one address (IPv6: its /64), counted before the password is looked at. `subject` is the
  // user's id, or a digest of what was typed where there is no such user: both are counted alike.
  await sql`
    create table login_failures (
      subject text collate "C" not null,
      address_block text collate "C" not null,
      user_id text collate "C" references users on delete cascade,
      identifier text not null,
      connection text,
      failures integer not null,
      last_ip text not null,
      last_failed_at timestamptz not null,
      blocked_at timestamptz,
      -- When a mail last told of a block, and when a right password last came from the address.
      notified_at timestamptz,
      passed_at timestamptz,
      primary key (subject, address_block)
    ) with (fillfactor = 80)`.execute(db)
  await sql`create index login_failures_recent on login_failures (subject, last_failed_at)`.execute(db)
  await sql`create index login_failures_user on login_failures (user_id) where user_id is not null`.execute(db)
  await sql`create index login_failures_identifier on login_failures (identifier)`.execute(db)
  await sql`create index login_failures_last on login_failures (last_failed_at)`.execute(db)

  await sql`
    create table attack_protection (
      name text primary key,
      settings jsonb not null,
      updated_at timestamptz not null
    )`.execute(db)

  // The queue of mails. A row says which mail to whom; the link in it is made when it is sent, so that no
  // usable token ever rests here. The request of a person whose address we may not know lies here like any other.
  await sql`
    create table emails (
      id text collate "C" primary key,
      template text not null,
      state text not null check (state in ('queued', 'sent', 'dropped', 'failed')),
      user_id text collate "C" references users on delete cascade,
      connection_id text collate "C" references connections on delete cascade,
      -- What was typed, where the user is still to be found.
      identifier text,
      client_id text collate "C" references clients on delete set null,
      organization_id text collate "C" references organizations on delete set null,
      language text,
      variables jsonb not null default '{}',
      -- Address and browser of whoever asked.
      person jsonb,
      attempts integer not null default 0,
      last_error text,
      created_at timestamptz not null,
      next_attempt_at timestamptz not null,
      done_at timestamptz
    )`.execute(db)
  await sql`create index emails_due on emails (next_attempt_at) where state = 'queued'`.execute(db)
  await sql`create index emails_created on emails (created_at)`.execute(db)
  await sql`create index emails_user on emails (user_id) where user_id is not null`.execute(db)

  // What the built-in inbox caught while no provider was set.
  await sql`
    create table inbox_messages (
      id text collate "C" primary key,
      template text not null,
      recipient text not null,
      subject text not null,
      -- Sender, HTML and text; links in it work, so it is stored encrypted.
      content_encrypted text not null,
      user_id text collate "C" references users on delete cascade,
      created_at timestamptz not null
    )`.execute(db)
  await sql`create index inbox_messages_created on inbox_messages (created_at)`.execute(db)

  await sql`
    create table email_templates (
      template text primary key,
      settings jsonb not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`.execute(db)
  await sql`
    create table email_provider (
      id smallint primary key check (id = 1),
      name text not null,
      enabled boolean not null,
      default_from_address text,
      -- What may be shown of the credentials, and all of them.
      credentials jsonb not null,
      credentials_encrypted text not null,
      settings jsonb,
      updated_at timestamptz not null
    )`.execute(db)
}
