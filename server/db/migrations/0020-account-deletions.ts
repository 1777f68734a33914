import { type Kysely, sql } from 'kysely'

/** Accounts that are to be deleted, as the person wishes; and the way to what somebody has done, for an erasure. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table account_deletions (
      user_id text collate "C" primary key references users on delete cascade,
      requested_at timestamptz not null,
      due_at timestamptz not null
    )`.execute(db)
  await sql`create index account_deletions_due on account_deletions (due_at)`.execute(db)
  // Of most entries the actor is the user: those are found by the user.
  await sql`
    create index events_actor on events (actor_id) where actor_kind = 'user' and actor_id is distinct from user_id`.execute(
    db,
  )
}
