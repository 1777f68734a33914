import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { createConnection, PATH } from './connections.testing.ts'

describe('connections', async () => {
  const { call, db } = await startTestServer()
  const create = (name: string, more: object = {}) => createConnection(call, name, more)

  it('are created with the recorded defaults and without a password policy, so that ours holds', async () => {
    const { status, body } = await call('POST', PATH, { body: { name: 'Plain-1', strategy: 'auth0' } })
    assert.equal(status, 201)
    assert.match(body.id, /^con_[A-Za-z0-9]{16}$/)
    assert.deepEqual(body, {
      id: body.id,
      options: {
        mfa: { active: true, return_enroll_settings: true },
        brute_force_protection: true,
        disable_self_service_change_password: false,
        strategy_version: 2,
        authentication_methods: {
          password: { enabled: true, api_behavior: 'required', signup_behavior: 'allow' },
          passkey: { enabled: false },
          email_otp: { enabled: false },
          phone_otp: { enabled: false },
        },
        passkey_options: { challenge_ui: 'both', progressive_enrollment_enabled: true, local_enrollment_enabled: true },
      },
      strategy: 'auth0',
      name: 'Plain-1',
      is_domain_connection: false,
      authentication: { active: true },
      connected_accounts: { active: false },
      enabled_clients: [],
      realms: ['Plain-1'],
    })
    assert.deepEqual((await call('GET', `${PATH}/${body.id}`)).body, body)
    const event = await db.selectFrom('events').selectAll().where('target_id', '=', body.id).executeTakeFirst()
    assert.deepEqual([event?.type, event?.target_kind], ['sapi', 'connection'])
  })

  it('take all that a database connection can be told', async () => {
    const options = {
      mfa: { active: true, return_enroll_settings: true },
      validation: { username: { min: 10, max: 40 } },
      passwordPolicy: 'fair',
      password_history: { enable: true, size: 5 },
      password_no_personal_info: { enable: true },
      password_dictionary: { enable: true, dictionary: ['1234', 'admin'] },
      password_complexity_options: { min_length: 6 },
      enabledDatabaseCustomization: false,
      brute_force_protection: true,
      import_mode: false,
      disable_signup: true,
      requires_username: true,
      customScripts: {},
      configuration: {},
      non_persistent_attrs: ['gender'],
      disable_self_service_change_password: false,
      realm_fallback: false,
    }
    const created = await create('Everything', {
      options,
      display_name: 'All of it',
      metadata: { key1: 'foo', none: null },
      enabled_clients: [CLIENT_ID],
      show_as_button: true,
      realms: ['everything.example'],
    })
    assert.deepEqual({ ...created.options, ...options }, created.options)
    assert.equal(created.options.strategy_version, 2)
    assert.deepEqual(created.metadata, { key1: 'foo' })
    assert.deepEqual(created.enabled_clients, [CLIENT_ID])
    assert.deepEqual([created.display_name, created.show_as_button], ['All of it', true])
    assert.deepEqual(created.realms, ['everything.example'])
  })

  it('take what an export of another tenant has beside it, and leave out what is null there', async () => {
    const kept = {
      upstream_params: { screen_name: { alias: 'login_hint' }, kind: { value: 'x' } },
      attributes: { username: { identifier: { active: true, default_method: 'password' } } },
    }
    const nothing = {
      federated_connections_access_tokens: null,
      gateway_authentication: null,
      id_token_signed_response_algs: null,
      token_endpoint_auth_method: null,
      token_endpoint_auth_signing_alg: null,
    }
    const body = { name: 'Exported', strategy: 'auth0', options: { ...kept, ...nothing } }
    const { status, body: made, text } = await call('POST', PATH, { body })
    assert.equal(status, 201, text)
    const { options } = made
    assert.deepEqual({ upstream_params: options.upstream_params, attributes: options.attributes }, kept)
    for (const name of Object.keys(nothing)) assert.ok(!(name in options), name)
    const wrong = { upstream_params: { kind: { value: 7 } } }
    const refused = await call('PATCH', `${PATH}/${made.id}`, { body: { options: wrong } })
    assert.equal(refused.status, 400)
  })

  it('have their options replaced by a change, never merged, and take back what was read', async () => {
    const { id, options } = await create('Replaced', { options: { passwordPolicy: 'excellent', disable_signup: true } })
    const { status, body } = await call('PATCH', `${PATH}/${id}`, { body: { options: { disable_signup: false } } })
    assert.equal(status, 200)
    assert.deepEqual(body.options, { disable_signup: false })
    assert.deepEqual((await call('GET', `${PATH}/${id}`)).body.options, { disable_signup: false })
    assert.deepEqual((await call('PATCH', `${PATH}/${id}`, { body: { options } })).body.options, options)
    // Null says nothing about options as a whole, and takes a single one away.
    assert.deepEqual((await call('PATCH', `${PATH}/${id}`, { body: { options: null } })).body.options, options)
    const without = await call('PATCH', `${PATH}/${id}`, { body: { options: { ...options, passwordPolicy: null } } })
    assert.ok(!('passwordPolicy' in without.body.options))
  })

  it('keep what a change does not name, and have metadata merged', async () => {
    const { id } = await create('Kept', { display_name: 'Before', metadata: { a: '1', b: '2' } })
    const { body } = await call('PATCH', `${PATH}/${id}`, {
      body: { metadata: { b: null, c: '3' }, is_domain_connection: true },
    })
    assert.deepEqual(body.metadata, { a: '1', c: '3' })
    assert.deepEqual([body.display_name, body.is_domain_connection], ['Before', true])
    assert.deepEqual(body.authentication, { active: true })
    const tooMany = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`k${index}`, 'v']))
    const refused = await call('PATCH', `${PATH}/${id}`, { body: { metadata: tooMany } })
    assert.equal(refused.status, 400)
    assert.deepEqual((await call('GET', `${PATH}/${id}`)).body.metadata, { a: '1', c: '3' })
    assert.ok(!('metadata' in (await call('PATCH', `${PATH}/${id}`, { body: { metadata: {} } })).body))
    const events = await db
      .selectFrom('events')
      .select('person')
      .where('target_id', '=', id)
      .where('description', '=', 'Update a connection')
      .orderBy('log_id')
      .execute()
    const [first] = events.map((event) => event.person as { before: { metadata: object }; after: { metadata: object } })
    assert.deepEqual(
      [first?.before.metadata, first?.after.metadata],
      [
        { a: '1', b: '2' },
        { a: '1', c: '3' },
      ],
    )
    assert.equal(events.length, 2)
  })

  it('with a name or realm that is taken are refused, at the same moment too', async () => {
    await create('Taken', { realms: ['Taken', 'taken.example'] })
    const bodies = [
      { name: 'Taken', realms: ['other.example'] },
      { name: 'Free', realms: ['taken.example'] },
    ]
    for (const body of bodies) {
      const refused = await call('POST', PATH, { body: { strategy: 'auth0', ...body } })
      assert.equal(refused.status, 409, JSON.stringify(body))
      assert.equal(refused.body.errorCode, 'connection_conflict')
    }
    const other = await create('Free')
    const realm = await call('PATCH', `${PATH}/${other.id}`, { body: { realms: ['Free', 'taken.example'] } })
    assert.equal(realm.status, 409)
    assert.deepEqual((await call('GET', `${PATH}/${other.id}`)).body.realms, ['Free'])
    assert.equal((await call('PATCH', `${PATH}/${other.id}`, { body: { realms: ['Free', 'own'] } })).status, 200)
    const race = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        call('POST', PATH, { body: { name: `Race-${index}`, strategy: 'auth0', realms: ['race.example'] } }),
      ),
    )
    assert.deepEqual(race.map((answer) => answer.status).sort(), [201, 409, 409, 409, 409])
  })

  it('say that they are usable, an unknown one 404', async () => {
    const { id } = await create('Usable')
    assert.equal((await call('GET', `${PATH}/${id}/status`)).status, 200)
    for (const url of [`${PATH}/con_0000000000000000/status`, `${PATH}/con_0000000000000000`]) {
      const unknown = await call('GET', url)
      assert.equal(unknown.status, 404)
      assert.equal(unknown.body.errorCode, 'inexistent_connection')
    }
    assert.equal((await call('PATCH', `${PATH}/con_0000000000000000`, { body: {} })).status, 404)
  })
})

describe('the list of connections', async () => {
  const { call } = await startTestServer()
  const names = ['List-a', 'List-b', 'List-c', 'List-d']
  for (const name of names) await createConnection(call, name)
  const all = ['Username-Password-Authentication', ...names]
  const namesOf = (rows: { name: string }[]) => rows.map((row) => row.name)

  it('is bare, or has totals', async () => {
    assert.deepEqual(namesOf((await call('GET', PATH)).body), all)
    assert.deepEqual((await call('GET', `${PATH}?page=900000000000000000`)).body, [])
    const { body } = await call('GET', `${PATH}?include_totals=true&page=1&per_page=2`)
    assert.deepEqual([body.start, body.limit, body.total], [2, 2, 5])
    assert.deepEqual(namesOf(body.connections), all.slice(2, 4))
    assert.ok(!('next' in body))
  })

  it('is read by checkpoint, which wins over pages, to the end and without a row twice', async () => {
    const seen: string[] = []
    let next: string | undefined
    do {
      const from = next ? `&from=${encodeURIComponent(next)}` : ''
      const { body } = await call('GET', `${PATH}?include_totals=true&per_page=50&take=2${from}`)
      assert.ok(!('total' in body))
      seen.push(...namesOf(body.connections))
      next = body.next
    } while (next)
    assert.deepEqual(seen, all)
  })

  it('is narrowed down by name and strategy, and cut down by fields', async () => {
    assert.deepEqual(namesOf((await call('GET', `${PATH}?name=List-b`)).body), ['List-b'])
    assert.deepEqual((await call('GET', `${PATH}?name=list-b`)).body, [])
    assert.equal((await call('GET', `${PATH}?strategy=auth0&strategy=samlp`)).body.length, 5)
    assert.deepEqual((await call('GET', `${PATH}?strategy=samlp`)).body, [])
    assert.deepEqual((await call('GET', `${PATH}?name=List-a&fields=name,strategy`)).body, [
      { name: 'List-a', strategy: 'auth0' },
    ])
    const [rest] = (await call('GET', `${PATH}?name=List-a&fields=options,id&include_fields=false`)).body
    assert.ok(!('options' in rest) && !('id' in rest) && rest.realms.length === 1)
  })

  it('refuses what cannot be', async () => {
    const forged = (keys: unknown) => Buffer.from(JSON.stringify(keys)).toString('base64url')
    for (const query of [
      'strategy=unknown',
      'per_page=101',
      'take=0',
      'page=-1',
      'from=nonsense',
      `from=${forged(['not a time', 'con_x'])}`,
      `from=${forged(['2026-01-01', "x' or 1=1"])}`,
      `from=${forged([1, 2])}`,
    ]) {
      const { status, body, text } = await call('GET', `${PATH}?${query}`)
      assert.equal(status, 400, `${query}: ${text}`)
      assert.equal(body.errorCode, 'invalid_query_string')
    }
  })
})

describe('the applications of a connection', async () => {
  const { call, db } = await startTestServer()
  const connection = await createConnection(call, 'With-clients')
  const url = `${PATH}/${connection.id}/clients`
  const ids = ['clientA', 'clientB', 'clientC']
  const row = { name: 'App', token_endpoint_auth_method: 'none', grant_types: [], settings: '{}' }
  const secrets = { secret_encrypted: null, secret_digest: null, created_at: new Date() }
  await db
    .insertInto('clients')
    .values(ids.map((client_id) => ({ client_id, ...row, ...secrets })))
    .execute()
  const enabled = async () => (await call('GET', url)).body.clients.map((one: { client_id: string }) => one.client_id)

  it('are opened and closed by a bare array, and listed in stretches', async () => {
    const { status, text } = await call('PATCH', url, { body: ids.map((client_id) => ({ client_id, status: true })) })
    assert.deepEqual([status, text], [204, ''])
    assert.deepEqual(await enabled(), ids)
    const first = (await call('GET', `${url}?take=2`)).body
    assert.deepEqual(first.clients, [{ client_id: 'clientA' }, { client_id: 'clientB' }])
    const second = (await call('GET', `${url}?take=2&from=${first.next}`)).body
    assert.deepEqual(second, { clients: [{ client_id: 'clientC' }] })
    await call('PATCH', url, {
      body: [
        { client_id: 'clientA', status: false },
        { client_id: 'clientB', status: false },
        { client_id: 'clientB', status: true },
        { client_id: 'unknown', status: false },
      ],
    })
    assert.deepEqual(await enabled(), ['clientB', 'clientC'])
    assert.deepEqual((await call('GET', `${PATH}/${connection.id}`)).body.enabled_clients, ['clientB', 'clientC'])
  })

  it('are replaced by enabled_clients of the connection; null and silence change nothing', async () => {
    await call('PATCH', `${PATH}/${connection.id}`, { body: { enabled_clients: ['clientA', 'clientC'] } })
    assert.deepEqual(await enabled(), ['clientA', 'clientC'])
    await call('PATCH', `${PATH}/${connection.id}`, { body: { enabled_clients: null, display_name: 'X' } })
    assert.deepEqual(await enabled(), ['clientA', 'clientC'])
    const refused = await call('PATCH', `${PATH}/${connection.id}`, { body: { enabled_clients: ['nobody'] } })
    assert.equal(refused.status, 400)
    assert.deepEqual(await enabled(), ['clientA', 'clientC'])
  })

  it('are not changed by what is refused', async () => {
    const before = await enabled()
    const bodies: unknown[] = [
      [],
      {},
      [{ client_id: 'clientB' }],
      [{ client_id: 'clientB', status: 'yes' }],
      [{ client_id: 'clientB', status: true, more: 1 }],
      [
        { client_id: 'clientB', status: true },
        { client_id: 'nobody', status: true },
      ],
      Array.from({ length: 51 }, () => ({ client_id: 'clientB', status: true })),
    ]
    for (const body of bodies) {
      const { status, body: answer } = await call('PATCH', url, { body })
      assert.equal(status, 400, JSON.stringify(body).slice(0, 100))
      assert.equal(answer.errorCode, 'invalid_body')
    }
    assert.equal(
      (await call('PATCH', `${PATH}/con_0/clients`, { body: [{ client_id: 'a', status: true }] })).status,
      404,
    )
    assert.equal((await call('GET', `${PATH}/con_0/clients`)).status, 404)
    assert.deepEqual(await enabled(), before)
  })
})
