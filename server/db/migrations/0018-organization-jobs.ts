import { type Kysely, sql } from 'kysely'

/** Jobs of organizations: whose a job is, who began it, and the order in which jobs are listed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table jobs
      -- Null for the tenant's own. With the organization go its jobs and their files.
      add column organization_id text collate "C" references organizations on delete cascade,
      -- The person's id, or the application's where it asked in its own name; null for a command.
      add column started_by text collate "C"`.execute(db)
  await sql`
    update jobs set started_by = case actor->>'kind'
      when 'user' then actor->>'userId' when 'client' then actor->>'clientId' end`.execute(db)
  await sql`create index jobs_newest on jobs (created_at, id)`.execute(db)
  await sql`
    create index jobs_of_organization on jobs (organization_id, created_at, id) where organization_id is not null`.execute(
    db,
  )
}
