import { type Kysely, sql } from 'kysely'

/** Whom an organization has invited is found by a part of the address. Only those that lists show are looked through. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index organization_invitations_search on organization_invitations using gin (email_folded gin_trgm_ops)
      where accepted_at is null and revoked_at is null`.execute(db)
}
