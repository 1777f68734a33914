/**
 * Every route of the Management API, also those to come, against administrators of one organization who name what is
 * another's: the answer is, byte for byte, that of an id that never existed; nothing changes; what was refused is in the log.
 */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { sql } from 'kysely'
import { MANAGEMENT_ROUTES } from '../../server/app.ts'
import { formOf } from '../../server/jobs/jobs.testing.ts'
import { BUILT_IN_ROLES, type BuiltInRoleKey } from '../../server/roles/built-in.ts'
import { startTestServer } from '../harness.ts'
import { BODIES, PARAMETERS, QUERIES } from './cases.ts'
import { type Ids, type Kind, twoOrganizations, type World } from './two-organizations.ts'

type Route = (typeof MANAGEMENT_ROUTES)[number]

const ROLES = Object.keys(BUILT_IN_ROLES) as BuiltInRoleKey[]
const OPEN = MANAGEMENT_ROUTES.filter(({ withinOrganization }) => withinOrganization !== 'refused')
const FILE = JSON.stringify([{ email: 'eve@example.com' }])
// What a request may leave behind whatever comes of it.
const UNWATCHED = ['events', 'address_tries', 'counters', 'used_assertions']

describe('every route, for an administrator who names what is not his', async () => {
  const test = await startTestServer()
  const { call, db } = test
  let world: World

  before(async () => {
    world = await twoOrganizations(test)
  })

  it('has a case', () => {
    for (const route of OPEN) {
      for (const name of parametersOf(route))
        assert.ok(kindOf(route, name), `${keyOf(route)}: of what kind is ${name}?`)
      if (route.body) assert.ok(BODIES[keyOf(route)], `${keyOf(route)}: which body?`)
    }
  })

  for (const role of ROLES) {
    it(`answers ${role}s as if it had never existed, and changes nothing`, async () => {
      const unchanged = await fingerprint()
      let compared = 0
      for (const route of OPEN) {
        for (const swapped of swapsOf(route, world)) {
          const foreign = await ask(route, role, swapped, world.foreign)
          const never = await ask(route, role, swapped, world.never)
          const what = `${role}: ${keyOf(route)} with another's ${swapped}`
          assert.deepEqual(foreign, never, what)
          assert.ok(foreign.status !== 200 || !foreign.text.includes('bea@example.com'), what)
          compared += 1
        }
      }
      assert.ok(compared > OPEN.length)
      assert.deepEqual(await fingerprint(), unchanged)
    })
  }

  it('refuses every role what is not open to organizations', async () => {
    for (const role of ROLES) {
      for (const route of MANAGEMENT_ROUTES) {
        if (route.withinOrganization !== 'refused') continue
        const url = route.url.replaceAll(/:\w+/g, 'unknown')
        const { status, text } = await call(route.method, `/api/v2${url}`, { as: world.tokens[role], body: {} })
        assert.equal(status, 403, `${role}: ${keyOf(route)} ${text}`)
      }
    }
  })

  it('has each refused act in the log, with who and for which organization', async () => {
    const rows = await db
      .selectFrom('events')
      .select(['operation', 'organization_id', 'actor_kind'])
      .where('type', '=', 'fapi')
      .execute()
    const refused = new Set(rows.map(({ operation }) => operation))
    for (const route of OPEN) {
      if (route.method === 'GET' || parametersOf(route).length === 0) continue
      assert.ok(refused.has(route.operationId), keyOf(route))
    }
    for (const row of rows) assert.deepEqual([row.actor_kind, row.organization_id], ['user', world.own.organization])
  })

  /** Asks with one id of another's in the path, or in the body. Ids that were sent stand for each other. */
  async function ask(route: Route, role: BuiltInRoleKey, swapped: string, others: Ids) {
    const ids = (name: string) => {
      const kind = kindOf(route, name)
      assert.ok(kind)
      return swapped === name ? others[kind] : world.own[kind]
    }
    const path = route.url.replaceAll(/:\w+/g, (name) => encodeURIComponent(ids(name)))
    const query = QUERIES[keyOf(route)]?.(others) ?? ''
    const body = BODIES[keyOf(route)]?.(swapped === 'body' ? others : world.own)
    const sent = body && route.multipart ? formOf(body, FILE) : { body }
    const options = { as: world.tokens[role], ...(body ? sent : {}) }
    const { status, text } = await call(route.method, `/api/v2${path}${query}`, options)
    return { status, text: withoutIds(text, others) }
  }

  function withoutIds(text: string, ids: Ids): string {
    return Object.entries(ids).reduce((left, [kind, id]) => left.replaceAll(id, `<${kind}>`), text)
  }

  /** Everything that is stored, as a number for each table. */
  async function fingerprint(): Promise<Record<string, unknown>> {
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'
        and not (select relispartition from pg_class where oid = quote_ident(table_name)::regclass)`.execute(db)
    const found: Record<string, unknown> = {}
    for (const { name } of tables.filter((table) => !UNWATCHED.includes(table.name))) {
      const { rows } = await sql<{ sum: string }>`
        select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${sql.table(name)} t`.execute(
        db,
      )
      found[name] = rows[0]?.sum
    }
    return found
  }
})

function keyOf({ method, url }: Route): string {
  return `${method} ${url}`
}

function parametersOf({ url }: Route): string[] {
  return url.match(/:\w+/g) ?? []
}

/** What can be another's: each parameter in turn, and what the body names, where it names an id. */
function swapsOf(route: Route, { own, never }: World): string[] {
  const body = BODIES[keyOf(route)]
  const namesIds = body && JSON.stringify(body(own)) !== JSON.stringify(body(never))
  return [...parametersOf(route), ...(namesIds ? ['body'] : [])]
}

function kindOf({ url }: Route, name: string): Kind | undefined {
  const [, first] = url.split('/')
  return name === ':id' ? PARAMETERS[`/${first}/:id`] : PARAMETERS[name]
}
