/** Makes all users of the bench members of one organization, and two thousand other organizations of a hundred each. */
import { withClient } from './database.ts'

/** The organization of everybody, and one of a hundred like all others. */
export const LARGE = 'org_benchlarge000001'
export const SMALL = 'org_bench0000000001'

const ORGANIZATIONS = 2_000
const MEMBERS = 100
/** In either organization so many hold the role, and so many are blocked. */
export const FEW = 20

/** Fills it. @param users how many there are, made by `load-users.ts` */
export async function loadMembers(url: string, users: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(ORGANIZATIONS_SQL, [LARGE, ORGANIZATIONS])
    await client.query(LARGE_SQL, [LARGE, users, Math.floor(users / FEW)])
    await client.query(OTHERS_SQL, [ORGANIZATIONS, MEMBERS, MEMBERS / FEW, users])
    for (const id of [LARGE, SMALL]) await client.query(ROLES_SQL, [id, FEW])
    for (const id of [LARGE, SMALL]) await client.query(ADMINISTRATOR_SQL, [id])
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  })
}

const ORGANIZATIONS_SQL = `
  insert into organizations (id, name, created_at, updated_at)
  select $1, 'bench-large', now(), now() union all
  select 'org_bench' || lpad(n::text, 10, '0'), 'bench-' || n, now(), now() from generate_series(1, $2::int) as n`

// The id of a user as load-users.ts makes it; every so manieth is blocked.
const LARGE_SQL = `
  insert into memberships (organization_id, user_id, created_at, last_login, blocked_at)
  select $1, 'auth0|' || left(md5(n::text), 24), timestamptz '2024-01-01' + n * interval '1 minute',
    timestamptz '2025-01-01' + n * interval '1 minute', case when n % $3::int = 0 then now() end
  from generate_series(1, $2::int) as n`

// One in a hundred is blocked, in the small one that is asked as many as in the large one.
const OTHERS_SQL = `
  insert into memberships (organization_id, user_id, created_at, last_login, blocked_at)
  select 'org_bench' || lpad(o::text, 10, '0'), 'auth0|' || left(md5((1 + (o * $2::int + n) % $4::int)::text), 24),
    timestamptz '2024-01-01' + n * interval '1 minute', timestamptz '2025-01-01' + n * interval '1 minute',
    case when n % (case when o = 1 then $3::int else $2::int end) = 0 then now() end
  from generate_series(1, $1::int) as o, generate_series(1, $2::int) as n`

const ROLES_SQL = `
  insert into membership_roles (organization_id, user_id, role_id, created_at)
  select m.organization_id, m.user_id, r.id, now()
  from (select * from memberships where organization_id = $1 order by created_at limit $2) as m, roles r
  where r.name = 'Auditor'`

const ADMINISTRATOR_SQL = `
  insert into membership_roles (organization_id, user_id, role_id, created_at)
  select m.organization_id, m.user_id, r.id, now()
  from (select * from memberships where organization_id = $1 and blocked_at is null order by created_at limit 1) as m, roles r
  where r.name = 'Administrator'`
