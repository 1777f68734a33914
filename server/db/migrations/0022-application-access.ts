import { type Kysely, sql } from 'kysely'

/** Applications that are closed to somebody: by the tenant everywhere, by an organization for sign-ins to it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table closed_applications (
      user_id text collate "C" not null references users on delete cascade,
      client_id text collate "C" not null references clients on delete cascade,
      organization_id text collate "C" references organizations on delete cascade,
      reason text,
      closed_at timestamptz not null,
      unique nulls not distinct (user_id, client_id, organization_id)
    )`.execute(db)
  await sql`create index closed_applications_client on closed_applications (client_id)`.execute(db)
  await sql`
    create index closed_applications_organization on closed_applications (organization_id)
    where organization_id is not null`.execute(db)
}
