import { type Kysely, sql } from 'kysely'

/**
 * How many members each organization has, kept by triggers: memberships also go with their user or their organization, so
 * no code of ours sees all of them come and go.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // A connection writes to one slot, so that it never waits for itself in another order than others do.
  await sql`
    create function count_members() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        insert into counters (scope, name, slot, value)
          select 'organization_members', organization_id, pg_backend_pid() % 16, count(*)
          from changed group by organization_id order by organization_id
          on conflict (scope, name, slot) do update set value = counters.value + excluded.value;
      else
        insert into counters (scope, name, slot, value)
          select 'organization_members', organization_id, pg_backend_pid() % 16, -count(*)
          from changed group by organization_id order by organization_id
          on conflict (scope, name, slot) do update set value = counters.value + excluded.value;
      end if;
      return null;
    end $$`.execute(db)
  await sql`
    create trigger memberships_added after insert on memberships
      referencing new table as changed for each statement execute function count_members()`.execute(db)
  await sql`
    create trigger memberships_removed after delete on memberships
      referencing old table as changed for each statement execute function count_members()`.execute(db)

  // After the memberships, which went with it.
  await sql`
    create function forget_member_counters() returns trigger language plpgsql as $$
    begin
      delete from counters where scope = 'organization_members' and name in (select id from removed);
      return null;
    end $$`.execute(db)
  await sql`
    create trigger organizations_removed after delete on organizations
      referencing old table as removed for each statement execute function forget_member_counters()`.execute(db)

  await sql`
    insert into counters (scope, name, slot, value)
    select 'organization_members', organization_id, 0, count(*) from memberships group by organization_id`.execute(db)
}
