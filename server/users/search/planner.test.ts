import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { sql } from 'kysely'
import { startTestServer } from '../../../test/harness.ts'
import type { Db } from '../../db/database.ts'
import { INDEX_ALL_USERS } from '../../db/search-tables.ts'
import { parseQuery } from '../../lucene/parse.ts'
import { conditionOf } from './translate.ts'

const USERS = 100_000
const PART = 20_000

// Each matches at most 1 % of the users.
const RARE = [
  'email:"user77@company77.example.com"',
  'email:USER77@*',
  'email:*777@company*',
  'email:[user500 TO user501}',
  'email.domain:"company42.example.com"',
  'NOT _exists_:email',
  'name:"given 77 family 7"',
  'name:given\\ 77\\ *',
  'name:*ven\\ 77\\ fam*',
  'name:*émile*',
  'name:*日本語*',
  'nickname:user123*',
  'user_id:"auth0|user77"',
  'user_id:auth0|user777*',
  'user_id:("auth0|user77" OR "auth0|user78" OR "auth0|user79")',
  'username:person77',
  'username:*rson77*',
  'phone_number:"+49300077"',
  'phone_number:+493000*',
  'blocked:true',
  'phone_verified:true',
  'email_verified:false',
  'picture:"https://pictures.example.com/77.png"',
  'last_ip:192.0.7.7',
  'last_ip:192.0.7.*',
  'created_at:[2025-01-01 TO 2025-01-01]',
  'updated_at:[2025-06-01 TO *]',
  'last_login:{2025-12-01T10:00:00Z TO 2025-12-02}',
  '_exists_:last_login',
  'logins_count:>399',
  'logins_count:77',
  'user_metadata.number:77',
  'user_metadata.address.city:"City 77"',
  'app_metadata.teams:"team 77"',
  'app_metadata.items.sku:"sku77"',
  'app_metadata.is_odd:true',
  '_exists_:app_metadata.rare',
  'app_metadata.rare:va*',
  'app_metadata.rare:*alu*',
  'app_metadata.rare_number:[5 TO 10}',
  'identities.connection:rare',
  'identities.provider:github',
  'identities.user_id:user78',
  'identities.isSocial:true',
  'identities.profileData.login:octo77',
  'organization_id:org_rare',
  'roles:rol_rare',
  'roles:"Rare role"',
  'person77',
  'person77 OR *rson88*',
  'name:"given 77 family 7" OR user_metadata.number:78 OR identities.user_id:user79',
  '(organization_id:org_rare OR roles:rol_rare) AND NOT blocked:true',
  'user_metadata.number:78 AND identities.connection:"Username-Password-Authentication"',
  'email_verified:true AND user_metadata.language:en AND name:given\\ 77*',
]

describe('among a hundred thousand users', async () => {
  const { db, call } = await startTestServer()
  before(() => fill(db))

  for (const q of RARE) {
    it(`${q} does not read all of them`, async () => {
      const condition = conditionOf(parseQuery(q))
      const hits = sql`select u.user_id, u.created_at from users u where ${condition}`
      const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>`explain (format json) ${hits}`.execute(db)
      const [plan] = rows
      assert.ok(plan)
      const scanned = nodesOf(plan['QUERY PLAN'][0].Plan).filter((node) => node['Node Type'] === 'Seq Scan')
      const tables = scanned
        .map((node) => node['Relation Name'])
        .filter((name) => name !== undefined && /^(users|identities|user_activity|search_\w+)$/.test(name))
      assert.deepEqual(tables, [], JSON.stringify(plan['QUERY PLAN'][0].Plan, null, 1))
      const { status, body } = await call('GET', `/api/v2/users?include_totals=true&q=${encodeURIComponent(q)}`)
      assert.equal(status, 200, JSON.stringify(body))
      assert.ok(body.total >= 1 && body.total <= USERS / 100, `${body.total} hits`)
    })
  }

  it('what fits nearly everybody is answered all the same, with its exact total', async () => {
    for (const [q, total] of [
      ['NOT user_metadata.number:77', USERS - 1],
      ['app_metadata.ident:x*777', USERS / 1000],
      ['email:*example* AND NOT blocked:true', USERS - 401],
      ['NOT identities.connection:"Username-Password-Authentication"', 1],
    ] as const) {
      const { status, body } = await call('GET', `/api/v2/users?include_totals=true&q=${encodeURIComponent(q)}`)
      assert.equal(status, 200, JSON.stringify(body))
      assert.equal(body.total, total, q)
    }
  })
})

type PlanNode = { 'Node Type': string; 'Relation Name'?: string; Plans?: PlanNode[] }

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

/** A few have the rare things; the others have the common ones. */
async function fill(db: Db): Promise<void> {
  // In parts, each well within the time that a statement has.
  for (let from = 1; from <= USERS; from += PART) await fillUsers(db, from, from + PART - 1)
  await fillOthers(db)
}

async function fillUsers(db: Db, from: number, to: number): Promise<void> {
  await sql`
    insert into users (user_id, email, email_folded, email_verified, name, name_folded, nickname, nickname_folded, username,
      phone_number, phone_verified, blocked, picture, last_ip, last_login, logins_count, created_at, updated_at,
      user_metadata, app_metadata)
    select 'auth0|user' || n, email, email, n % 500 > 0, name, name, 'user' || n, 'user' || n,
      case when n % 2 = 0 then null else 'person' || n end, case when n % 100 = 77 then '+493000' || n end,
      case when n % 400 = 1 then true end, case when n % 333 = 1 then true end,
      'https://pictures.example.com/' || n || '.png', '192.0.' || n % 200 || '.' || n % 250,
      case when n % 200 = 0 then timestamptz '2025-12-01T08:00Z' + n * interval '1 s' end,
      case when n % 2 = 0 then n / 200 % 401 + (n % 1000 / 998) end,
      timestamptz '2025-01-01T00:00Z' + n * interval '2 min', case when n % 150 = 0 then timestamptz '2025-06-02' else timestamptz '2025-05-01' end,
      jsonb_build_object('number', n, 'language', case when n % 2 = 0 then 'en' else 'de' end,
        'address', jsonb_build_object('city', 'City ' || n % 1000)),
      jsonb_build_object('teams', jsonb_build_array('all', 'team ' || n % 500), 'is_odd', n % 400 = 1, 'ident', 'x' || n,
        'items', jsonb_build_array(jsonb_build_object('sku', 'sku' || n)))
        || case when n % 500 = 3 then jsonb_build_object('rare', 'value', 'rare_number', n % 9) else '{}' end
    from (select n, case when n % 1000 = 5 then null else 'user' || n || '@company' || n % 500 || '.example.com' end as email,
      case when n % 1000 = 8 then 'émile' when n % 1000 = 9 then '日本語' || n else 'given ' || n % 1000 || ' family ' || n % 10 end as name
      from generate_series(${from}::int, ${to}::int) as n) as made`.execute(db)
}

async function fillOthers(db: Db): Promise<void> {
  await sql`
    insert into identities (connection_id, identity_id, user_id, connection_name, provider)
    select c.id, 'user' || n, 'auth0|user' || n, c.name, 'auth0' from generate_series(1, ${USERS}::int) as n,
      (select id, name from connections where strategy = 'auth0' order by created_at limit 1) as c`.execute(db)
  await sql`
    insert into connections (id, name, strategy, options, settings, realms, created_at)
    values ('con_rare', 'rare', 'github', '{}', '{}', '{}', now())`.execute(db)
  await sql`
    insert into identities (connection_id, identity_id, user_id, position, connection_name, provider, is_social, profile_data)
    select 'con_rare', 'octo' || n, 'auth0|user' || n, 1, 'rare', 'github', true, jsonb_build_object('login', 'octo' || n)
    from generate_series(77, ${USERS}::int, 250) as n`.execute(db)
  await sql`delete from identities where user_id = 'auth0|user77' and connection_name <> 'rare'`.execute(db)
  await sql`insert into organizations (id, name, created_at, updated_at) values ('org_rare', 'rare', now(), now()), ('org_all', 'all', now(), now())`.execute(
    db,
  )
  await sql`
    insert into memberships (organization_id, user_id, created_at)
    select case when n % 250 = 77 then 'org_rare' else 'org_all' end, 'auth0|user' || n, now()
    from generate_series(1, ${USERS}::int) as n`.execute(db)
  await sql`insert into roles (id, name, created_at) values ('rol_rare', 'Rare role', now()), ('rol_all', 'Member', now())`.execute(
    db,
  )
  await sql`
    insert into user_roles (role_id, user_id, created_at)
    select case when n % 250 = 77 then 'rol_rare' else 'rol_all' end, 'auth0|user' || n, now()
    from generate_series(1, ${USERS}::int) as n`.execute(db)
  for (const statement of INDEX_ALL_USERS) await sql.raw(statement).execute(db)
  // So that the planner does not have to guess, nor to look through what the indexes put off.
  await sql`vacuum analyze`.execute(db)
}
