import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

const CONNECTION = 'Username-Password-Authentication'

describe('listing users', async () => {
  const { call } = await startTestServer()
  const names = ['Ann', 'Bob', 'Çelik', 'Dora', 'Émile']
  for (const [index, name] of names.entries()) {
    await call('POST', '/api/v2/users', {
      body: {
        connection: CONNECTION,
        email: `${index}@example.com`,
        password: 'correct horse battery staple',
        name,
        user_id: `id-${index}`,
        user_metadata: { index },
        ...(index === 1 ? { blocked: true } : {}),
      },
    })
  }
  const list = async (query: string) => await call('GET', `/api/v2/users?${query}`)
  const found = async (q: string) =>
    (await list(`q=${encodeURIComponent(q)}`)).body.map((user: { name: string }) => user.name)

  it('is a bare array, or an object with totals, in the order of creation', async () => {
    const bare = await list('')
    assert.deepEqual(
      bare.body.map((user: { name: string }) => user.name),
      names,
    )
    const page = await list('page=1&per_page=2&include_totals=true')
    const { users, ...rest } = page.body
    assert.deepEqual(rest, { start: 2, limit: 2, length: 2, total: 5 })
    assert.deepEqual(
      users.map((user: { name: string }) => user.name),
      ['Çelik', 'Dora'],
    )
    assert.deepEqual((await list('page=20&include_totals=true')).body, {
      start: 1000,
      limit: 50,
      length: 0,
      users: [],
      total: 5,
    })
    assert.equal((await list('per_page=0&include_totals=true')).body.total, 5)
  })

  it('keeps or leaves out fields', async () => {
    assert.deepEqual((await list('fields=email,user_metadata&per_page=1')).body, [
      { email: '0@example.com', user_metadata: { index: 0 } },
    ])
    const [user] = (await list('fields=email,identities&include_fields=false&per_page=1')).body
    assert.ok(!('email' in user) && !('identities' in user) && user.user_id === 'auth0|id-0')
    assert.deepEqual((await call('GET', '/api/v2/users/auth0%7Cid-0?fields=name')).body, { name: 'Ann' })
  })

  it('answers each of many searches of one form for what it asks, with its page', async () => {
    for (let round = 0; round < 2; round += 1) {
      for (const [index, name] of names.entries()) assert.deepEqual(await found(`email:"${index}@example.com"`), [name])
      assert.deepEqual(await found('email:"nobody@example.com"'), [])
    }
    const pages = [0, 1, 2, 3].map((page) => list(`q=email:*example.com&per_page=2&page=${page}&include_totals=true`))
    assert.deepEqual(
      (await Promise.all(pages)).map(({ body }) => [body.start, body.length, body.total]),
      [
        [0, 2, 5],
        [2, 2, 5],
        [4, 1, 5],
        [6, 0, 5],
      ],
    )
  })

  it('finds exact values, five of them without regard to case', async () => {
    assert.deepEqual(await found('email:"0@EXAMPLE.com"'), ['Ann'])
    assert.deepEqual(await found('name:çELIK'), ['Çelik'])
    assert.deepEqual(await found('user_id:"auth0|id-3"'), ['Dora'])
    assert.deepEqual(await found('blocked:true'), ['Bob'])
    assert.deepEqual(await found('identities.connection:"Username-Password-Authentication" AND name:émile'), ['Émile'])
    assert.deepEqual(await found('name:Ann AND email:1@example.com'), [])
    assert.equal((await list('q=name:Ann&include_totals=true')).body.total, 1)
  })

  it('sorts both ways', async () => {
    const { body } = await list('sort=email:-1')
    assert.deepEqual(
      body.map((user: { name: string }) => user.name),
      names.toReversed(),
    )
    assert.equal((await list('sort=created_at:1')).body[0].name, 'Ann')
  })

  for (const query of [
    'q=nonsense:1',
    'q=__proto__:1',
    'q=name:',
    'q=blocked:maybe',
    'sort=user_metadata.index:1',
    'sort=name',
    'sort=name:1;drop%20table%20users',
    'per_page=101',
    'per_page=-1',
    'page=x',
    'search_engine=v2',
    'connection=x',
  ]) {
    it(`refuses ${decodeURIComponent(query)} and says why`, async () => {
      const { status, body } = await list(query)
      assert.equal(status, 400)
      assert.equal(body.errorCode, 'invalid_query_string')
      assert.match(body.message, /^Query validation error: '.+'/)
    })
  }

  for (const [q, position] of [
    ['name:"Ann', 6],
    ['(name:Ann', 1],
    ['name:Ann AND', 13],
    ['nonsense:1', 1],
    ["name:Ann' OR nonsense:1", 14],
    ['name:a OR user_metadata..x:1', 11],
    ['logins_count:many', 14],
    ['logins_count:1e999', 14],
    ['created_at:[yesterday TO *]', 13],
    ['created_at:2025-02-30', 12],
    ['blocked:[true TO false]', 9],
    ['user_metadata.index:1e999', 21],
    ['user_metadata.index:~', 21],
    [Array.from({ length: 1_000 }, () => 'a').join(' '), 514],
    ['('.repeat(5_000), 26],
    [`name:${'*'.repeat(5_000)}x`, 6],
  ] as const) {
    it(`refuses ${q.slice(0, 40)} and points at position ${position}`, async () => {
      const { status, body } = await list(`q=${encodeURIComponent(q)}`)
      assert.equal(status, 400)
      assert.equal(body.errorCode, 'invalid_query_string')
      assert.match(body.message, new RegExp(`\\(position ${position}\\)' on property q `))
    })
  }

  it('takes SQL in any place for what it is: a text', async () => {
    const injected = `x'); drop table users; --`
    for (const field of [
      'name',
      'user_id',
      'email.domain',
      'identities.connection',
      'user_metadata.a',
      'organization_id',
      'roles',
    ]) {
      for (const value of [JSON.stringify(injected), `${injected.replaceAll(/[^a-z]/g, '\\$&')}*`]) {
        const { status, body } = await list(`q=${encodeURIComponent(`${field}:${value}`)}`)
        assert.deepEqual([status, body], [200, []], `${field}:${value}`)
      }
    }
    const path = `user_metadata.${`a" ? (1 == 1) || $."b`.replaceAll(/[^a-z$.]/g, '\\$&')}:1`
    assert.deepEqual((await list(`q=${encodeURIComponent(path)}`)).body, [])
    assert.equal((await list('include_totals=true')).body.total, 5)
  })

  it('goes on by checkpoint to the end, each user once, with a query or without', async () => {
    for (const q of ['', '&q=name:*']) {
      const met: string[] = []
      let from: string | undefined
      for (;;) {
        const { status, body } = await list(`take=2${q}${from ? `&from=${from}` : ''}`)
        assert.equal(status, 200, JSON.stringify(body))
        met.push(...body.users.map((user: { name: string }) => user.name))
        if (!body.next) break
        from = body.next
      }
      assert.deepEqual(met, names)
    }
    assert.equal((await list('take=2&sort=name:1')).status, 400)
    assert.equal((await list('from=nonsense')).status, 400)
  })

  it('pages past the first 1,000 unless the tenant says otherwise', async () => {
    assert.equal((await list('page=10&per_page=100')).status, 200)
    await call('PATCH', '/api/v2/tenants/settings', { body: { deep_user_paging: false } })
    assert.equal((await list('page=9&per_page=100')).status, 200)
    const { status, body } = await list('page=10&per_page=100')
    assert.deepEqual([status, body.errorCode], [400, 'invalid_paging'])
    assert.match(body.message, /^You can only page through the first 1000 records\./)
    await call('PATCH', '/api/v2/tenants/settings', { body: { deep_user_paging: true } })
    assert.equal((await list('page=10&per_page=100')).status, 200)
  })

  it('an address is found as it is stored, case for case', async () => {
    assert.equal((await call('GET', '/api/v2/users-by-email?email=0@example.com')).body.length, 1)
    assert.deepEqual((await call('GET', '/api/v2/users-by-email?email=0@EXAMPLE.com')).body, [])
    assert.equal((await call('GET', '/api/v2/users-by-email')).status, 400)
  })

  it('a client sees what is there as soon as it is written', async () => {
    for (let index = 0; index < 20; index += 1) {
      const email = `fresh-${index}@example.com`
      await call('POST', '/api/v2/users', {
        body: { connection: CONNECTION, email, password: 'correct horse battery' },
      })
      assert.equal((await list(`q=email:${email}&include_totals=true`)).body.total, 1)
    }
    assert.equal((await list('include_totals=true')).body.total, 25)
  })
})
