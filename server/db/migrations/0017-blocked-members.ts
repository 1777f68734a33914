import { type Kysely, sql } from 'kysely'

/** Who of an organization is blocked is found without reading all its members: there are few, whatever its size. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index memberships_blocked on memberships (organization_id, user_id) where blocked_at is not null`.execute(db)
}
