import { type Kysely, sql } from 'kysely'

/**
 * Signing in to an organization: what is given out by it belongs to the membership, ends with it, and counts as long as
 * the generations of membership and organization are those under which it was earned.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table oidc_artifacts
      add column organization_id text collate "C",
      add column membership_generation integer,
      add column organization_generation integer,
      add foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade`.execute(
    db,
  )
  await sql`
    create index oidc_artifacts_membership on oidc_artifacts (organization_id, user_id)
      where organization_id is not null`.execute(db)
  await sql`
    alter table refresh_tokens
      add column organization_id text collate "C",
      add foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade`.execute(
    db,
  )
  await sql`
    create index refresh_tokens_membership on refresh_tokens (organization_id, user_id)
      where organization_id is not null`.execute(db)
}
