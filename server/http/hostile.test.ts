import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

const LISTS = ['users', 'users?sort=name:1', 'logs', 'users/auth0%7Ca/logs', 'clients', 'connections', 'client-grants']

describe('hostile requests', async () => {
  const { app, call, tokenFor } = await startTestServer()

  it('a scope for the holder’s own account opens nothing to an application, which has none', async () => {
    const { body: user } = await call('POST', '/api/v2/users', {
      body: {
        connection: 'Username-Password-Authentication',
        email: 'own@example.com',
        password: 'correct horse battery staple',
      },
    })
    const url = `/api/v2/users/${encodeURIComponent(user.user_id)}`
    const scopes = ['read:current_user', 'delete:current_user', 'update:current_user_metadata'] as const
    const application = await tokenFor({ scopes })
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { user_metadata: { a: 1 } } : undefined
      const answer = await call(method, url, { as: application, body })
      assert.equal(answer.status, 403, method)
      assert.equal(answer.body.errorCode, 'insufficient_scope')
    }
    assert.ok(!('user_metadata' in (await call('GET', url)).body))
    const person = await tokenFor({ userId: user.user_id, scopes })
    assert.equal((await call('GET', url, { as: person })).status, 200)
    assert.equal((await call('DELETE', url, { as: person })).status, 204)
  })

  it('a token that names no key of ours is refused, whatever it names', async () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    for (const kid of ['a\0b', '\ud800', "x' or 1=1--", '', 'x'.repeat(5_000), 1, { a: 1 }, null]) {
      const as = `${part({ alg: 'RS256', kid })}.${part({ sub: 'a' })}.AAAA`
      assert.equal((await call('GET', '/api/v2/users', { as })).status, 401, JSON.stringify(kid))
    }
  })

  it('a page beyond everything that can be counted is empty', async () => {
    for (const list of [...LISTS, 'resource-servers']) {
      for (const page of ['99999999999999999999', '92233720368547758', '1e300']) {
        const url = `/api/v2/${list}${list.includes('?') ? '&' : '?'}per_page=100&page=${page}`
        const { status, body } = await call('GET', url)
        assert.deepEqual([url, status, body], [url, 200, []])
      }
    }
    const { body } = await call('GET', '/api/v2/users?page=1e300&include_totals=true')
    assert.deepEqual(body.users, [])
  })

  it('a list that has no checkpoints is not asked for one', async () => {
    const of = 'users/auth0%7Ca'
    for (const list of ['roles', 'resource-servers', 'grants', `${of}/roles`, `${of}/organizations`]) {
      const plain = await call('GET', `/api/v2/${list}`)
      for (const asked of [
        'take=1',
        'take=100000',
        'take=-1',
        'take=',
        'take=all',
        'take=1&take=2',
        'from=WyJhIl0',
        'from=a',
      ]) {
        const { status, body } = await call('GET', `/api/v2/${list}?${asked}`)
        assert.deepEqual([list, asked, status, body], [list, asked, plain.status, plain.body])
      }
    }
    const { body } = await call('GET', '/api/v2/roles?include_totals=true&per_page=1&take=100')
    assert.deepEqual([body.limit, body.total > 1, body.roles.length], [1, true, 1])
  })

  it('a checkpoint with a moment that never was is refused', async () => {
    const times = [
      '2020-02-31T00:00:00.000Z',
      '0000-01-01T00:00:00.000Z',
      '2020-01-01',
      'now',
      '9999-99-99T99:99:99.999Z',
    ]
    for (const time of times) {
      const from = Buffer.from(JSON.stringify([time, 'a'])).toString('base64url')
      for (const list of ['clients', 'connections', 'client-grants']) {
        assert.equal((await call('GET', `/api/v2/${list}?from=${from}`)).status, 400, `${list} ${time}`)
      }
    }
  })

  it('an address that cannot be decoded is refused in the usual shape, and not repeated', async () => {
    for (const id of ['%', '%ff', '%E0%A4%A', 'ann@example.com%']) {
      const { status, body } = await call('GET', `/api/v2/users/${id}`)
      assert.equal(status, 400)
      assert.deepEqual(body, {
        statusCode: 400,
        error: 'Bad Request',
        message: 'The address is not properly encoded.',
        errorCode: 'invalid_uri',
      })
    }
  })

  it('no answer of the Management API is to be kept by anybody on the way', async () => {
    for (const url of ['/api/v2/clients', '/api/v2/users/auth0%7Cnobody']) {
      assert.equal((await call('GET', url)).headers['cache-control'], 'no-store')
    }
    const { headers } = await call('GET', '/.well-known/jwks.json', { as: null })
    assert.match(String(headers['cache-control']), /^public, max-age=15/)
  })

  it('a body that is no JSON is told what is wrong with it', async () => {
    const messageOf = async (body: string) => (await call('POST', '/api/v2/users', { body })).body.message
    assert.match(await messageOf('{"a":'), /cannot be parsed/)
    assert.match(await messageOf('{"__proto__":{"a":1}}'), /named __proto__ or constructor/)
    assert.match(await messageOf('\u001f\u008b\b'), /cannot be parsed/)
  })

  it('a body in another encoding than UTF-8 is refused, and its letters are not replaced', async () => {
    const headers = { authorization: `Bearer ${await tokenFor({ scopes: ['create:roles'] })}` }
    const payload = Buffer.from('{"name":"Käse"}', 'latin1')
    for (const charset of ['', '; charset=iso-8859-1']) {
      const type = { 'content-type': `application/json${charset}` }
      const answer = await app.inject({
        method: 'POST',
        url: '/api/v2/roles',
        headers: { ...headers, ...type },
        payload,
      })
      assert.equal(answer.statusCode, 400)
      assert.equal(answer.json().message, 'The payload is not UTF-8.')
    }
    const { body } = await call('POST', '/api/v2/roles', { body: { name: 'Käse' } })
    assert.equal(body.name, 'Käse')
    const form = async (payload: string | Buffer) => {
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await app.inject({
        method: 'POST',
        url: '/api/v2/roles',
        headers: { ...headers, ...type },
        payload,
      })
      return answer.json()
    }
    for (const payload of ['name=M%FCller', 'M%FCller=1&name=a', '%E4=1', Buffer.from('name=Müller', 'latin1')]) {
      assert.equal((await form(payload)).message, 'The payload is not UTF-8.', String(payload))
    }
    assert.equal((await form('name=M%C3%BCller+%26+100%&description=a=b')).name, 'Müller & 100%')
  })
})
