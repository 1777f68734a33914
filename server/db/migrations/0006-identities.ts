import { type Kysely, sql } from 'kysely'

/** Linked identities: whose identifier and whose mail it is. Attack protection: how often an address has tried. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Null stands for the identity that is not linked to another: the user's own, whose attributes are the user's.
  await sql`alter table user_identifiers add column identity_id text collate "C"`.execute(db)
  await sql`alter table emails add column identity_id text collate "C"`.execute(db)

  // A bucket of tries, by stage and address (IPv6: its /64): `full_at` is when it is full again, so that one column says
  // how many are left at any moment. `told_at` is when the log last told that the address is blocked.
  await sql`
    create table address_tries (
      stage text not null,
      address_block text collate "C" not null,
      full_at timestamptz not null,
      told_at timestamptz,
      primary key (stage, address_block)
    ) with (fillfactor = 80)`.execute(db)
  await sql`create index address_tries_full on address_tries (full_at)`.execute(db)
}
