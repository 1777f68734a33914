import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { sql } from 'kysely'
import { type Answer, startTestServer } from '../../../test/harness.ts'
import { NOBODY } from '../../connections/connections.testing.ts'
import type { Db } from '../../db/database.ts'
import { INDEX_ALL_USERS } from '../../db/search-tables.ts'
import { parseQuery } from '../../lucene/parse.ts'
import { fold } from '../user.ts'
import { fits, type Shown } from './naive-matcher.testing.ts'

const USERS = 36
const QUERIES = 300
const NAMES = ['Ann', 'ann', 'Bob Lee', 'Çelik', 'émile', '日本語', '100%', 'a_b', 'back\\slash', 'x:y', '😀']

/** The same numbers in each run, so that a failure can be repeated. */
function randomOf(seed: number) {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return {
    chance: (part: number) => next() < part,
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T,
  }
}

describe('random queries', async () => {
  const { db, call } = await startTestServer()
  const search = async (q: string): Promise<Answer> =>
    await call('GET', `/api/v2/users?per_page=100&include_totals=true&q=${encodeURIComponent(q)}`)
  let users: Shown[] = []
  before(async () => {
    await fill(db)
    users = (await search('*')).body.users
    assert.equal(users.length, USERS)
  })

  it('find exactly those whom a plain look at every user finds', async () => {
    const random = randomOf(7)
    for (let turn = 0; turn < QUERIES; turn += 1) {
      const q = queryOf(random, 3)
      const { status, body } = await search(q)
      assert.equal(status, 200, `${q}: ${JSON.stringify(body)}`)
      const found = body.users.map((user: Shown) => user.user_id).sort()
      const query = parseQuery(q)
      const expected = users.filter((user) => fits(user, query)).map((user) => user.user_id)
      assert.deepEqual(found, expected.sort(), q)
      assert.equal(body.total, expected.length, q)
    }
  })

  it('and texts that make no sense are answered with 200 or 400, never with a fault of ours', async () => {
    const random = randomOf(11)
    const pieces = [
      'name:',
      'ann',
      '"',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ' TO ',
      ' AND ',
      ' OR ',
      'NOT ',
      '*',
      '\\',
      '^2',
      ' ',
    ]
    const more = [
      "'",
      ';--',
      '$1',
      '%',
      '_',
      '@?',
      '$.a',
      '\0',
      '\ud800',
      '1e999',
      '-',
      '+',
      '&&',
      '||',
      'user_metadata.',
      'a.b:',
    ]
    for (let turn = 0; turn < QUERIES; turn += 1) {
      const q = Array.from({ length: 8 }, () => random.pick(random.chance(0.6) ? pieces : more)).join('')
      // A lone half of a pair cannot be encoded in an address.
      const { status, body } = await search(q.toWellFormed())
      assert.ok(status === 200 || status === 400, `${q}: ${status} ${JSON.stringify(body)}`)
    }
  })
})

type Random = ReturnType<typeof randomOf>

function queryOf(random: Random, depth: number): string {
  if (depth > 0 && random.chance(0.55)) {
    const [left, right] = [queryOf(random, depth - 1), queryOf(random, depth - 1)]
    return random.pick([
      `(${left} AND ${right})`,
      `(${left} OR ${right})`,
      `(${left}) -(${right})`,
      `NOT (${left})`,
      `${left} ${right}`,
    ])
  }
  const field = random.pick(Object.keys(VALUES))
  const [value, other] = [random.pick(VALUES[field] ?? []), random.pick(VALUES[field] ?? [])]
  if (random.chance(0.1)) return `_exists_:${field}`
  if (random.chance(0.1) && !TRUTHS.has(field))
    return `${field}:${random.pick(['[', '{'])}${value} TO ${random.pick([other, '*'])}${random.pick([']', '}'])}`
  if (random.chance(0.1)) return `${field}:(${value} OR ${other})`
  if (random.chance(0.1) && TEXTS.has(field))
    return `${field}:${random.pick(['a*', '*nn*', '*lik', 'É*', 'b*e', '*語*', '100\\%*', 'user1*']).replace('*nn*', '*ann*').replace('*語*', '*日本語*')}`
  return random.chance(0.05) ? random.pick(['ann', '"Bob Lee"', 'ann*', 'user3']) : `${field}:${value}`
}

const quoted = NAMES.map((name) => JSON.stringify(name))
const VALUES: Readonly<Record<string, readonly string[]>> = {
  name: quoted,
  nickname: quoted,
  email: ['user1@a.example', '"USER2@b.example"', 'nobody'],
  'email.domain': ['a.example', '"B.example"', 'c.example'],
  username: ['user1', 'user5', 'User1'],
  user_id: ['"auth0|1"', 'auth0|2', 'auth0|99'],
  blocked: ['true', 'false'],
  email_verified: ['true', 'false'],
  logins_count: ['0', '1', '3', '-1'],
  created_at: ['2025-01-01', '2025-01-05', '2025-02-01'],
  last_login: ['2025-03-01', '2025-03-02'],
  'identities.connection': ['Username-Password-Authentication', 'other'],
  'identities.provider': ['auth0', 'github'],
  'identities.user_id': ['1', '2', '"3"'],
  'identities.isSocial': ['true', 'false'],
  'user_metadata.language': ['en', '"de"', '42'],
  'user_metadata.number': ['1', '2', '-2', '2.5', '"2"', '1e3'.replace('1e3', '1000')],
  'user_metadata.address.city': ['Bern', '"Basel"'],
  'app_metadata.tags': ['a', 'b', '"c d"'],
  'app_metadata.items.sku': ['s1', 's2'],
  'app_metadata.active': ['true', 'false', '"true"'],
  'app_metadata.empty': ['x'],
}
const TRUTHS = new Set(['blocked', 'email_verified', 'identities.isSocial', 'app_metadata.active'])
const TEXTS = new Set([
  'name',
  'nickname',
  'email',
  'username',
  'user_metadata.language',
  'user_metadata.address.city',
  'app_metadata.tags',
])

async function fill(db: Db): Promise<void> {
  const connection = await db.selectFrom('connections').selectAll().executeTakeFirstOrThrow()
  for (let n = 0; n < USERS; n += 1) {
    const [name, nickname, email] = [
      NAMES[n % NAMES.length],
      NAMES[(n * 7) % NAMES.length],
      `user${n}@${n % 2 ? 'a' : 'b'}.example`,
    ]
    const user_id = `auth0|${n}`
    await db
      .insertInto('users')
      .values({
        ...NOBODY,
        ...{ user_id, email: null, email_folded: null, email_verified: null },
        ...(n % 5 === 0 ? {} : { name: name ?? null, name_folded: fold(name ?? '') }),
        ...{ nickname: nickname ?? null, nickname_folded: fold(nickname ?? '') },
        ...(n % 7 === 0 ? {} : { email, email_folded: email, email_verified: n % 3 === 0 }),
        ...(n % 4 === 1 ? { username: `user${n}` } : {}),
        ...(n % 6 === 0 ? { blocked: n % 12 === 0 } : {}),
        ...(n % 3 === 0
          ? { logins_count: n % 4, last_login: new Date(`2025-03-0${1 + (n % 2)}T0${n % 9}:00:00Z`) }
          : {}),
        created_at: new Date(Date.UTC(2025, 0, 1 + n, n % 24)),
        user_metadata: JSON.stringify({
          language: ['en', 'de', 42][n % 3],
          number: [1, 2, -2, 2.5, '2', 1000][n % 6],
          ...(n % 2 ? { address: { city: n % 4 === 1 ? 'Bern' : 'Basel' } } : {}),
        }),
        app_metadata:
          n % 8 === 0
            ? null
            : JSON.stringify({
                tags: ['a', 'b', 'c d'].slice(n % 4),
                items: [{ sku: 's1' }, { sku: `s${n % 5}` }],
                active: [true, false, 'true'][n % 3],
                empty: [{}, [], null][n % 3],
              }),
      })
      .execute()
    const identity = { user_id, identity_id: String(n), connection_id: connection.id, connection_name: connection.name }
    await db
      .insertInto('identities')
      .values({ ...identity, provider: 'auth0', profile_data: null, claims: null, synced_at: null })
      .execute()
  }
  for (const statement of INDEX_ALL_USERS) await sql.raw(statement).execute(db)
}
