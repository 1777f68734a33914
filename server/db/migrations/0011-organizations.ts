import { type Kysely, sql } from 'kysely'

/** Organizations: what they look like, who is a member, who is invited, and through which connections one signs in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table organizations
      add column branding jsonb,
      add column metadata jsonb,
      -- What else the API says of it, by Auth0's names, such as token_quota.
      add column settings jsonb not null default '{}',
      -- Ours: language, contact, how long sessions last, what its administrators may do.
      add column rules jsonb not null default '{}',
      add column suspended_at timestamptz,
      add column suspended_reason text,
      -- Raised by a suspension: tokens bound to the organization that were given before count no more.
      add column token_generation integer not null default 1,
      add column updated_at timestamptz`.execute(db)
  await sql`update organizations set updated_at = created_at`.execute(db)
  await sql`alter table organizations alter column updated_at set not null`.execute(db)
  await sql`create index organizations_created on organizations (created_at, id)`.execute(db)

  await sql`
    alter table memberships
      add column blocked_at timestamptz,
      add column blocked_reason text,
      add column ends_at timestamptz,
      -- Title, employee number and the like (organizations/membership-attributes.ts).
      add column attributes jsonb not null default '{}',
      -- Of sign-ins to this organization.
      add column last_login timestamptz,
      add column last_ip text,
      add column logins_count integer not null default 0,
      -- Raised by whatever ends the tokens that the person got for this organization.
      add column token_generation integer not null default 1`.execute(db)
  await sql`create index memberships_created on memberships (organization_id, created_at, user_id)`.execute(db)
  await sql`create index memberships_last_login on memberships (organization_id, last_login, user_id)`.execute(db)

  await sql`
    create table membership_roles (
      organization_id text collate "C" not null,
      user_id text collate "C" not null,
      role_id text collate "C" not null references roles on delete cascade,
      created_at timestamptz not null,
      primary key (organization_id, user_id, role_id),
      foreign key (organization_id, user_id) references memberships on delete cascade
    )`.execute(db)
  await sql`create index membership_roles_role on membership_roles (role_id, organization_id)`.execute(db)

  // Roles that the operator lets administrators of organizations give, besides those whose permissions they hold.
  await sql`alter table roles add column open_to_organizations boolean not null default false`.execute(db)

  await sql`
    create table organization_connections (
      organization_id text collate "C" not null references organizations on delete cascade,
      connection_id text collate "C" not null references connections on delete cascade,
      name text,
      assign_membership_on_login boolean not null default false,
      show_as_button boolean not null default true,
      is_signup_enabled boolean not null default false,
      is_enabled boolean not null default true,
      access_level text check (access_level in ('none', 'readonly', 'limited', 'full')),
      created_at timestamptz not null,
      primary key (organization_id, connection_id)
    )`.execute(db)
  await sql`create index organization_connections_connection on organization_connections (connection_id)`.execute(db)

  // A ticket is found by its hash; the answer of the API shows it as long as it can be used, so it is stored encrypted as well.
  await sql`
    create table organization_invitations (
      id text collate "C" primary key,
      organization_id text collate "C" not null references organizations on delete cascade,
      client_id text collate "C" not null references clients on delete cascade,
      connection_id text collate "C" references connections on delete cascade,
      inviter_name text not null,
      -- Who sent it, where a person did.
      invited_by text collate "C" references users on delete set null,
      email text not null,
      email_folded text collate "C" not null,
      role_ids text[] not null default '{}',
      app_metadata jsonb,
      user_metadata jsonb,
      language text,
      ticket_hash text collate "C" not null unique,
      ticket_encrypted text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      -- At most one of the two ends it before its time.
      accepted_at timestamptz,
      accepted_by text collate "C" references users on delete set null,
      revoked_at timestamptz
    )`.execute(db)
  await sql`
    create index organization_invitations_created on organization_invitations (organization_id, created_at, id)`.execute(
    db,
  )
  await sql`create index organization_invitations_email on organization_invitations (email_folded)`.execute(db)
  await sql`create index organization_invitations_expires on organization_invitations (expires_at)`.execute(db)

  await sql`
    create table organization_discovery_domains (
      id text collate "C" primary key,
      organization_id text collate "C" not null references organizations on delete cascade,
      domain text collate "C" not null,
      status text not null check (status in ('pending', 'verified')),
      verification_txt text not null,
      use_for_organization_discovery boolean not null default true,
      created_at timestamptz not null,
      unique (organization_id, domain)
    )`.execute(db)
  // A domain leads to one organization.
  await sql`
    create unique index organization_discovery_domains_verified
      on organization_discovery_domains (domain) where status = 'verified'`.execute(db)

  await sql`
    create table organization_client_grants (
      organization_id text collate "C" not null references organizations on delete cascade,
      grant_id text collate "C" not null references client_grants on delete cascade,
      created_at timestamptz not null,
      primary key (organization_id, grant_id)
    )`.execute(db)
  await sql`create index organization_client_grants_grant on organization_client_grants (grant_id)`.execute(db)

  await sql`
    create table organization_clients (
      organization_id text collate "C" not null references organizations on delete cascade,
      client_id text collate "C" not null references clients on delete cascade,
      use_for_member_access boolean not null default true,
      created_at timestamptz not null,
      primary key (organization_id, client_id)
    )`.execute(db)
  await sql`create index organization_clients_client on organization_clients (client_id)`.execute(db)

  await sql`create index users_managing_organization on users (managing_organization_id)
    where managing_organization_id is not null`.execute(db)
}
