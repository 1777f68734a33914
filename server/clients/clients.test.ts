import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'

const CLIENTS = '/api/v2/clients'
const UNKNOWN = {
  statusCode: 404,
  error: 'Not Found',
  message: 'The client does not exist',
  errorCode: 'inexistent_client',
}

describe('clients', async () => {
  const { call, db, tokenFor, server } = await startTestServer()
  const make = async (body: object = {}) => (await call('POST', CLIENTS, { body: { name: 'Some app', ...body } })).body
  const read = async (id: string) => (await call('GET', `${CLIENTS}/${id}`)).body
  const stored = (id: string) =>
    db.selectFrom('clients').selectAll().where('client_id', '=', id).executeTakeFirstOrThrow()
  // The global client and our portals are not listed.
  const count = async () =>
    (await db.selectFrom('clients').select('client_id').where('client_id', 'not like', 'tenantry-%').execute()).length

  it('a new client has the recorded defaults, an id of 32 and a secret of 64 characters', async () => {
    const { status, body } = await call('POST', CLIENTS, { body: { name: 'Web shop' } })
    assert.equal(status, 201)
    const { client_id, client_secret, ...rest } = body
    assert.match(client_id, /^[A-Za-z0-9]{32}$/)
    assert.match(client_secret, /^[A-Za-z0-9]{64}$/)
    assert.deepEqual(rest, {
      tenant: 'localhost',
      global: false,
      name: 'Web shop',
      is_first_party: true,
      oidc_conformant: false,
      sso_disabled: false,
      cross_origin_authentication: false,
      custom_login_page_on: true,
      grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
      is_token_endpoint_ip_header_trusted: false,
      jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36000, secret_encoded: false },
      refresh_token: {
        rotation_type: 'non-rotating',
        expiration_type: 'non-expiring',
        leeway: 0,
        token_lifetime: 31557600,
        infinite_token_lifetime: true,
        infinite_idle_token_lifetime: true,
        idle_token_lifetime: 2592000,
      },
      token_endpoint_auth_method: 'client_secret_post',
    })
    assert.deepEqual(await read(client_id), body)
  })

  it('a secret is stored encrypted and as a keyed digest, never as it is', async () => {
    const { client_id, client_secret } = await make()
    const row = await stored(client_id)
    assert.equal(row.secret_digest, server.secrets.digest('client_secret', client_secret))
    assert.equal(server.secrets.decrypt('client_secret', client_id, row.secret_encrypted ?? ''), client_secret)
    assert.ok(!JSON.stringify(row).includes(client_secret))
  })

  for (const app_type of ['native', 'spa']) {
    it(`a ${app_type} client authenticates with none, and the secret it is shown opens nothing`, async () => {
      const client = await make({ app_type })
      assert.equal(client.token_endpoint_auth_method, 'none')
      assert.match(client.client_secret, /^[A-Za-z0-9]{64}$/)
      assert.equal((await stored(client.client_id)).secret_digest, null)
    })
  }

  it('what was sent comes back, nested and open objects as they were', async () => {
    const sent = {
      description: 'Sells things',
      app_type: 'regular_web',
      callbacks: ['https://shop.example.com/cb', 'com.example.app://callback', 'https://*.example.com/cb'],
      allowed_logout_urls: ['https://{organization_name}.example.com'],
      web_origins: ['http://localhost:3000'],
      client_metadata: { tier: 'gold' },
      organization_usage: 'require',
      organization_require_behavior: 'pre_login_prompt',
      organization_discovery_methods: ['email'],
      initiate_login_uri: 'https://shop.example.com/login',
      mobile: { ios: { team_id: 'T', app_bundle_identifier: 'b' } },
      oidc_logout: { backchannel_logout_urls: ['https://shop.example.com/out'], ours: { too: [1] } },
      addons: { samlp: { audience: 'urn:a', mappings: { email: 'mail' } } },
      grant_types: ['authorization_code'],
      is_first_party: false,
      session_transfer: { can_create_session_transfer_token: true },
      require_pushed_authorization_requests: true,
    }
    const client = await make(sent)
    for (const [name, value] of Object.entries(sent)) assert.deepEqual(client[name], value, name)
    assert.deepEqual(await read(client.client_id), client)
  })

  it('rotating, expiring refresh tokens do expire when nothing more is said', async () => {
    const { refresh_token } = await make({ refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring' } })
    assert.deepEqual(refresh_token, {
      rotation_type: 'rotating',
      expiration_type: 'expiring',
      leeway: 0,
      token_lifetime: 2592000,
      infinite_token_lifetime: false,
      infinite_idle_token_lifetime: false,
      idle_token_lifetime: 1296000,
    })
  })

  describe('are read', () => {
    it('by whom read:client_keys is missing without their secret, in lists as well', async () => {
      const { client_id, client_secret } = await make()
      const as = await tokenFor({ scopes: ['read:clients'] })
      for (const url of [`${CLIENTS}/${client_id}`, CLIENTS, `${CLIENTS}?fields=client_secret`]) {
        const { status, text } = await call('GET', url, { as })
        assert.equal(status, 200)
        assert.ok(!text.includes(client_secret) && !text.includes('client_secret"'), url)
      }
      const keys = await tokenFor({ scopes: ['read:client_keys'] })
      assert.equal((await call('GET', `${CLIENTS}/${client_id}`, { as: keys })).body.client_secret, client_secret)
    })

    it('with read:client_summary by name and kind alone', async () => {
      const { client_id } = await make({ app_type: 'spa', description: 'd', callbacks: ['https://a.example/cb'] })
      const as = await tokenFor({ scopes: ['read:client_summary'] })
      const { body } = await call('GET', `${CLIENTS}/${client_id}`, { as })
      assert.deepEqual(body, { client_id, name: 'Some app', app_type: 'spa', description: 'd' })
    })

    it('with the fields that were asked for; unknown names are ignored', async () => {
      const { client_id } = await make()
      const one = await call('GET', `${CLIENTS}/${client_id}?fields=client_id,nonsense`)
      assert.deepEqual(one.body, { client_id })
      const { body } = await call('GET', `${CLIENTS}/${client_id}?fields=client_secret,name&include_fields=false`)
      assert.equal(body.name, undefined)
      assert.equal(body.client_secret, undefined)
      assert.equal(body.client_id, client_id)
    })

    it('404 when there is none of this id, whatever it looks like', async () => {
      for (const id of ['unknown', '%27%20or%201=1', 'constructor']) {
        const { status, body } = await call('GET', `${CLIENTS}/${id}`)
        assert.equal(status, 404)
        assert.deepEqual(body, UNKNOWN)
      }
      assert.equal((await call('GET', `${CLIENTS}/a%00b`)).status, 400)
    })
  })

  describe('are listed', () => {
    it('as an array, with totals, and by checkpoint, each once and in the order in which they were made', async () => {
      await make({ name: 'last' })
      const all = (await call('GET', `${CLIENTS}?per_page=100`)).body
      assert.ok(Array.isArray(all))
      assert.equal(all.length, await count())
      assert.equal(all.at(-1).name, 'last')

      const page = (await call('GET', `${CLIENTS}?page=1&per_page=2&include_totals=true`)).body
      assert.deepEqual(
        { start: page.start, limit: page.limit, total: page.total },
        { start: 2, limit: 2, total: all.length },
      )
      assert.deepEqual(page.clients, all.slice(2, 4))

      const seen = []
      let next = ''
      do {
        const { body } = await call('GET', `${CLIENTS}?take=3&include_totals=true${next && `&from=${next}`}`)
        assert.equal(body.total, undefined)
        seen.push(...body.clients)
        next = body.next ?? ''
      } while (next)
      assert.deepEqual(seen, all)
    })

    it('even when one of them is beyond a limit of today', async () => {
      const { client_id } = await make()
      const settings = JSON.stringify({ description: 'x'.repeat(200), app_type: 'toaster' })
      await db.updateTable('clients').set({ name: '<x>', settings }).where('client_id', '=', client_id).execute()
      for (const query of ['per_page=100', 'include_totals=true', 'take=100']) {
        const { status, text } = await call('GET', `${CLIENTS}?${query}`)
        assert.equal(status, 200)
        assert.ok(text.includes(client_id))
      }
    })

    it('a page past the end is empty, however far', async () => {
      assert.deepEqual((await call('GET', `${CLIENTS}?page=1000`)).body, [])
      assert.deepEqual((await call('GET', `${CLIENTS}?page=99999999999999999999`)).body, [])
    })

    it('narrowed down by kind, by whose they are and by being global, which one is that nobody else sees or deletes', async () => {
      const { client_id } = await make({ app_type: 'sso_integration', is_first_party: false })
      const ids = async (query: string) =>
        (await call('GET', `${CLIENTS}?per_page=100&${query}`)).body.map(
          (client: { client_id: string }) => client.client_id,
        )
      assert.deepEqual(await ids('app_type=sso_integration,box'), [client_id])
      assert.ok((await ids('is_first_party=false')).includes(client_id))
      assert.ok(!(await ids('is_first_party=true')).includes(client_id))
      const [global = '', ...more] = await ids('is_global=true')
      assert.deepEqual(more, [])
      for (const id of [global, 'tenantry-account']) {
        assert.ok(!(await ids('page=0')).includes(id))
        const refused = await call('DELETE', `${CLIENTS}/${id}`)
        assert.deepEqual([refused.status, refused.body.errorCode], [403, 'operation_not_supported'])
        assert.equal((await call('GET', `${CLIENTS}/${id}`)).status, 200)
      }
      assert.deepEqual(await ids('external_client_id=https://a.example'), [])
      assert.equal((await ids('is_global=false')).length, await count())
    })

    it('a search is refused in plain words, and so is a checkpoint of our own invention', async () => {
      const search = await call('GET', `${CLIENTS}?q=name:shop`)
      assert.equal(search.status, 400)
      assert.equal(search.body.errorCode, 'invalid_query_string')
      for (const keys of [['x'], ['2026-99-99T00:00:00.000Z', 'a'], ['2026-01-01T00:00:00.000Z', 'a\0'], [1, 2]]) {
        const from = Buffer.from(JSON.stringify(keys)).toString('base64url')
        assert.equal((await call('GET', `${CLIENTS}?from=${from}`)).status, 400, JSON.stringify(keys))
      }
    })
  })

  it('the connections of a client are those it was enabled for, without options for whom read:connections is missing', async () => {
    const as = await tokenFor({})
    const { client_id } = (await call('POST', CLIENTS, { as, body: { name: 'enabled' } })).body
    const url = `${CLIENTS}/${client_id}/connections`
    assert.deepEqual((await call('GET', `${url}?take=50`, { as })).body, { connections: [] })
    const { id } = await db.selectFrom('connections').select('id').executeTakeFirstOrThrow()
    await db.insertInto('connection_clients').values({ connection_id: id, client_id }).execute()

    const { status, body } = await call('GET', url, { as })
    assert.equal(status, 200)
    assert.equal(body.connections.length, 1)
    assert.equal(body.connections[0].id, id)
    assert.ok(body.connections[0].options)
    assert.ok(!('enabled_clients' in body.connections[0]))
    const summary = await tokenFor({ scopes: ['read:client_summary'] })
    assert.ok(!('options' in (await call('GET', url, { as: summary })).body.connections[0]))
    assert.deepEqual((await call('GET', `${url}?strategy=samlp&strategy=waad`, { as })).body, { connections: [] })
    assert.deepEqual((await call('GET', `${url}?strategy=auth0&fields=id`, { as })).body, { connections: [{ id }] })
    assert.deepEqual((await call('GET', `${CLIENTS}/unknown/connections`, { as })).body, UNKNOWN)
  })

  it('every operation is closed to a token without its scope, to none, and to one bound to an organization', async () => {
    const operations: [string, string, object?][] = [
      ['GET', CLIENTS],
      ['POST', CLIENTS, { name: 'x' }],
      ['GET', `${CLIENTS}/${CLIENT_ID}`],
      ['PATCH', `${CLIENTS}/${CLIENT_ID}`, { name: 'x' }],
      ['DELETE', `${CLIENTS}/${CLIENT_ID}`],
      ['POST', `${CLIENTS}/${CLIENT_ID}/rotate-secret`],
      ['GET', `${CLIENTS}/${CLIENT_ID}/connections`],
    ]
    const wrong = await tokenFor({ scopes: ['read:users'] })
    const bound = await tokenFor({ organizationId: 'org_0123456789abcdef' })
    const before = await db.selectFrom('clients').selectAll().orderBy('client_id').execute()
    for (const [method, url, body] of operations) {
      assert.equal((await call(method, url, { as: wrong, body })).status, 403, `${method} ${url}`)
      assert.equal((await call(method, url, { as: bound, body })).status, 403, `${method} ${url}`)
      assert.equal((await call(method, url, { as: null, body })).status, 401, `${method} ${url}`)
    }
    assert.deepEqual(await db.selectFrom('clients').selectAll().orderBy('client_id').execute(), before)
  })

  it('no secret is in the events, and each change has one that says what it was about', async () => {
    const as = await tokenFor({})
    const { client_id, client_secret } = (await call('POST', CLIENTS, { as, body: { name: 'logged' } })).body
    const rotated = (await call('POST', `${CLIENTS}/${client_id}/rotate-secret`, { as })).body.client_secret
    await call('PATCH', `${CLIENTS}/${client_id}`, { as, body: { client_secret: 'chosen-by-hand-4711' } })
    const events = await db
      .selectFrom('events')
      .selectAll()
      .where('target_id', '=', client_id)
      .orderBy('log_id')
      .execute()
    assert.deepEqual(
      events.map((event) => [event.type, event.description, event.target_kind]),
      [
        ['sapi', 'Create a client', 'client'],
        ['sapi', 'Rotate the secret of a client', 'client'],
        ['sapi', 'Update a client', 'client'],
      ],
    )
    const everything = JSON.stringify(await db.selectFrom('events').selectAll().execute())
    for (const secret of [client_secret, rotated, 'chosen-by-hand-4711']) assert.ok(!everything.includes(secret))
    assert.ok(everything.includes('"client_secret":"*****"'))
  })
})
