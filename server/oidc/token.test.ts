import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { CLIENT_ID, CLIENT_SECRET, startTestServer } from '../../test/harness.ts'
import { ensureMachineClient } from '../clients/machine-client.ts'
import { transact } from '../db/database.ts'
import { ASK, AUDIENCE, addApi, addClient, addGrant, basic, post } from './oidc.testing.ts'

const UNAUTHORIZED = { error: 'access_denied', error_description: 'Unauthorized' }
const NOT_ALLOWED = {
  error: 'unauthorized_client',
  error_description: "Grant type 'client_credentials' not allowed for the client.",
}

describe('POST /oauth/token for client_credentials', async () => {
  const test = await startTestServer()
  const { call, db, server, logged } = test
  const issuer = 'http://localhost:3000/'
  const management = `${issuer}api/v2/`
  const api = await addApi(test, { identifier: AUDIENCE, scopes: ['read:things', 'write:things', 'admin:things'] })
  await addGrant(test, { client: CLIENT_ID, api, scope: ['read:things', 'write:things'] })
  const lone = await addApi(test, { identifier: 'urn:lone' })
  const verify = async (token: string, audience = AUDIENCE) => {
    const keys = (await call('GET', '/.well-known/jwks.json', { as: null })).body
    return await jwtVerify(token, createLocalJWKSet(keys), { issuer, audience, algorithms: ['RS256'] })
  }
  const events = async () => await db.selectFrom('events').selectAll().orderBy('log_id').execute()
  const eventsAfter = async (log_id: string) => (await events()).filter((event) => event.log_id > log_id)
  const lastEvent = async () => (await events()).at(-1)?.log_id ?? ''
  /** Waits for a record that the answer does not wait for. */
  const eventAfter = async (log_id: string) => {
    for (let tries = 0; tries < 200; tries += 1) {
      const [event] = await eventsAfter(log_id)
      if (event) return event
      await new Promise((done) => setTimeout(done, 10))
    }
    throw new Error('No event was recorded.')
  }

  it('a form gets a token with the granted scopes, which the published keys verify', async () => {
    const before = await lastEvent()
    const { status, body, headers } = await post(test, ASK, { 'user-agent': 'machine/1' })
    assert.equal(status, 200)
    const { access_token, ...rest } = body
    assert.deepEqual(rest, { scope: 'read:things write:things', expires_in: 86_400, token_type: 'Bearer' })
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers.pragma, 'no-cache')
    assert.match(String(headers['content-type']), /^application\/json/)
    for (const name of ['limit', 'remaining', 'reset']) assert.ok(Number(headers[`x-ratelimit-${name}`]) > 0)
    const { payload, protectedHeader } = await verify(access_token)
    assert.deepEqual([protectedHeader.alg, protectedHeader.typ], ['RS256', 'JWT'])
    const { iat = 0, exp = 0, client_generation, ...claims } = payload
    assert.equal(exp - iat, 86_400)
    assert.ok(Number.isInteger(client_generation))
    assert.deepEqual(claims, {
      iss: issuer,
      sub: `${CLIENT_ID}@clients`,
      aud: AUDIENCE,
      scope: 'read:things write:things',
      azp: CLIENT_ID,
      gty: 'client-credentials',
    })

    const recorded = await eventsAfter(before)
    assert.equal(recorded.length, 1)
    const [event] = recorded
    assert.equal(event?.type, 'seccft')
    assert.equal(event?.client_id, CLIENT_ID)
    assert.equal(event?.audience, AUDIENCE)
    assert.equal(event?.scope, 'read:things write:things')
    assert.equal(event?.person?.user_agent, 'machine/1')
    assert.deepEqual(Object.keys(event?.person ?? {}).sort(), ['ip', 'user_agent'])
  })

  it('JSON does as well, and so does the Authorization header', async () => {
    assert.equal((await call('POST', '/oauth/token', { as: null, body: ASK })).status, 200)
    const { client_id: _, client_secret: __, ...rest } = ASK
    const { status, body } = await post(test, rest, basic(CLIENT_ID, CLIENT_SECRET))
    assert.equal(status, 200)
    assert.equal(decodeJwt(body.access_token).azp, CLIENT_ID)
    assert.equal((await post(test, { ...rest, client_id: CLIENT_ID }, basic(CLIENT_ID, CLIENT_SECRET))).status, 200)
    const json = await call('POST', '/oauth/token', { as: null, body: rest, headers: basic(CLIENT_ID, CLIENT_SECRET) })
    assert.equal(json.status, 200)
  })

  it('id and secret in the Authorization header are form-decoded', async () => {
    const secret = 'sp ace + per%cent : colon / ünïcode'
    await addClient(test, { id: 'odd client', method: 'client_secret_basic', secret })
    await addGrant(test, { client: 'odd client', api, scope: ['read:things'] })
    const { client_id: _, client_secret: __, ...rest } = ASK
    assert.equal((await post(test, rest, basic('odd client', secret))).status, 200)
    const raw = Buffer.from(`odd client:${secret}`).toString('base64')
    const { status, body } = await post(test, rest, { authorization: `Basic ${raw}` })
    assert.equal(status, 400)
    assert.equal(body.error, 'invalid_request')
  })

  it('a token for the Management API works, under the audience that was asked for', async () => {
    for (const audience of [management, 'https://localhost:3443/api/v2/']) {
      const { body } = await post(test, { ...ASK, audience })
      assert.equal(decodeJwt(body.access_token).aud, audience)
      assert.equal((await call('GET', '/api/v2/keys/signing', { as: body.access_token })).status, 200)
    }
  })

  it('a token for another API does not open the Management API', async () => {
    const { body } = await post(test, ASK)
    assert.equal((await call('GET', '/api/v2/keys/signing', { as: body.access_token })).status, 401)
  })

  it('scope narrows to what was asked for; a scope outside the grant is refused and named', async () => {
    const one = await post(test, { ...ASK, scope: 'write:things write:things' })
    assert.equal(one.body.scope, 'write:things')
    assert.equal(decodeJwt(one.body.access_token).scope, 'write:things')
    const before = await lastEvent()
    const { status, body } = await post(test, { ...ASK, scope: 'read:things admin:things openid' })
    assert.equal(status, 403)
    assert.deepEqual(body, {
      error: 'access_denied',
      error_description: 'Client has not been granted scopes: admin:things, openid',
    })
    const [event] = await eventsAfter(before)
    assert.equal(event?.type, 'feccft')
    assert.equal(event?.description, 'Client has not been granted scopes: admin:things, openid')
    assert.equal((await post(test, { ...ASK, scope: '' })).body.scope, 'read:things write:things')
  })

  it('a grant of all scopes follows the API; one without scopes gives a token without', async () => {
    const all = await addApi(test, { identifier: 'urn:all', scopes: ['a', 'b'] })
    await addGrant(test, { client: CLIENT_ID, api: all, scope: [], settings: { allow_all_scopes: true } })
    assert.equal((await post(test, { ...ASK, audience: 'urn:all' })).body.scope, 'a b')
    const none = await addApi(test, { identifier: 'urn:none', scopes: ['a'] })
    await addGrant(test, { client: CLIENT_ID, api: none, scope: [] })
    const { body } = await post(test, { ...ASK, audience: 'urn:none' })
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'token_type'])
    assert.ok(!('scope' in decodeJwt(body.access_token)))
  })

  describe('the API decides on the form of its tokens', () => {
    const askFor = async (identifier: string, settings: object, secret?: string) => {
      const id = await addApi(test, { identifier, settings, ...(secret ? { secret } : {}) })
      await addGrant(test, { client: CLIENT_ID, api: id, scope: ['read:a', 'read:b'] })
      return await post(test, { ...ASK, audience: identifier, scope: 'read:a' })
    }

    it('lifetime', async () => {
      const { body } = await askFor('urn:short', { token_lifetime: 600 })
      const { exp = 0, iat = 0 } = decodeJwt(body.access_token)
      assert.deepEqual([body.expires_in, exp - iat], [600, 600])
      assert.equal((await askFor('urn:nought', { token_lifetime: 0 })).body.expires_in, 86_400)
    })

    it('permissions, only with enforced policies and the dialect for it', async () => {
      const claims = async (name: string, settings: object) =>
        decodeJwt((await askFor(name, settings)).body.access_token).permissions
      assert.deepEqual(await claims('urn:p1', { enforce_policies: true, token_dialect: 'access_token_authz' }), [
        'read:a',
      ])
      assert.equal(await claims('urn:p2', { enforce_policies: true, token_dialect: 'access_token' }), undefined)
      assert.equal(await claims('urn:p3', { token_dialect: 'access_token_authz' }), undefined)
    })

    it('RFC 9068, with the id of the token in its event', async () => {
      const before = await lastEvent()
      const { body } = await askFor('urn:9068', { token_dialect: 'rfc9068_profile' })
      const { payload, protectedHeader } = await verify(body.access_token, 'urn:9068')
      assert.equal(protectedHeader.typ, 'at+jwt')
      assert.equal(payload.client_id, CLIENT_ID)
      assert.match(String(payload.jti), /^[\w-]{43}$/)
      const [event] = await eventsAfter(before)
      assert.equal(event?.details?.access_token_jti, payload.jti)
    })

    it('HS256 with a secret of its own, without a key id', async () => {
      const secret = 'a-secret-that-only-this-api-has'
      const { body } = await askFor('urn:hs', { signing_alg: 'HS256' }, secret)
      assert.deepEqual(decodeProtectedHeader(body.access_token), { alg: 'HS256', typ: 'JWT' })
      const { payload } = await jwtVerify(body.access_token, Buffer.from(secret), { issuer, audience: 'urn:hs' })
      assert.equal(payload.scope, 'read:a')
      await assert.rejects(jwtVerify(body.access_token, Buffer.from(CLIENT_SECRET)))
    })

    it('RS512 and PS256 with the key of the tenant, for which the key set can leave the algorithm out', async () => {
      const { settings } = await db.selectFrom('tenant_settings').select('settings').executeTakeFirstOrThrow()
      const set = async (value: object) =>
        await db
          .updateTable('tenant_settings')
          .set({ settings: JSON.stringify(value) })
          .execute()
      await set({ ...settings, flags: { remove_alg_from_jwks: true } })
      const keys = (await call('GET', '/.well-known/jwks.json', { as: null })).body
      await set(settings)
      for (const signing_alg of ['RS512', 'PS256']) {
        const { body } = await askFor(`urn:${signing_alg}`, { signing_alg })
        await jwtVerify(body.access_token, createLocalJWKSet(keys), { algorithms: [signing_alg] })
      }
    })
  })

  describe('without an audience', () => {
    const setDefault = async (settings: object) =>
      await db
        .updateTable('tenant_settings')
        .set({ settings: JSON.stringify(settings) })
        .execute()

    it('the tenant may have a default', async () => {
      for (const audience of [AUDIENCE, management, 'https://localhost:3443/api/v2/']) {
        await setDefault({ default_audience: audience })
        const { status, body } = await post(test, { ...ASK, audience: undefined })
        assert.equal(status, 200)
        assert.equal(decodeJwt(body.access_token).aud, audience)
      }
      await setDefault({})
    })

    it('without a default it is refused', async () => {
      const { status, body } = await post(test, { ...ASK, audience: undefined })
      assert.equal(status, 403)
      assert.deepEqual(body, {
        error: 'access_denied',
        error_description: 'No audience parameter was provided, and no default audience has been configured',
      })
    })
  })

  describe('refusals', () => {
    const refusals: [string, Record<string, string | undefined>, number, object][] = [
      ['an unknown audience', { audience: 'urn:unknown' }, 403, denied('Service not found: urn:unknown')],
      [
        'an audience without its last slash',
        { audience: management.slice(0, -1) },
        403,
        denied(`Service not found: ${management.slice(0, -1)}`),
      ],
      [
        'an API without a grant',
        { audience: 'urn:lone' },
        403,
        denied(
          'Client is not authorized to access "urn:lone". You need to create a "client-grant" associated to this API.',
        ),
      ],
      ['no grant type', { grant_type: undefined }, 400, invalid('Missing required parameter: grant_type')],
      [
        'a grant type that every object has a property of',
        { grant_type: 'constructor' },
        400,
        { error: 'unsupported_grant_type', error_description: 'Grant type constructor is not offered.' },
      ],
      [
        'another grant type',
        { grant_type: 'urn:example:other' },
        400,
        { error: 'unsupported_grant_type', error_description: 'Grant type urn:example:other is not offered.' },
      ],
      ['no client', { client_id: undefined, client_secret: undefined }, 401, UNAUTHORIZED],
      ['an unknown client', { client_id: 'nobody' }, 401, UNAUTHORIZED],
      ['a wrong secret', { client_secret: 'wrong' }, 401, UNAUTHORIZED],
      ['no secret', { client_secret: undefined }, 401, UNAUTHORIZED],
      [
        'an organization',
        { organization: 'org_1234567890123456' },
        400,
        invalid('parameter organization is not allowed for this client'),
      ],
      [
        'text that cannot be stored',
        { client_id: 'a\0b' },
        400,
        invalid("Payload validation error: 'Text must not contain the character U+0000' on property client_id."),
      ],
    ]
    for (const [name, change, status, body] of refusals) {
      it(`${name} is refused`, async () => {
        const answer = await post(test, { ...ASK, ...change })
        assert.equal(answer.status, status)
        assert.deepEqual(answer.body, body)
        assert.equal(answer.headers['cache-control'], 'no-store')
        assert.equal(answer.headers['www-authenticate'], status === 401 ? 'Basic realm="Token endpoint"' : undefined)
      })
    }

    it('a wrong secret in the Authorization header is refused like an unknown client', async () => {
      const { client_id: _, client_secret: __, ...rest } = ASK
      for (const header of [basic(CLIENT_ID, 'wrong'), basic('nobody', 'wrong'), basic(CLIENT_ID, '')]) {
        const { status, body } = await post(test, rest, header)
        assert.deepEqual([status, body], [401, UNAUTHORIZED])
      }
    })

    it('two ways of authenticating at once are refused, and so are a client and another', async () => {
      const type = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }
      const both = invalid('More than one client authentication method was used. Use one')
      for (const [parameters, headers] of [
        [ASK, basic(CLIENT_ID, CLIENT_SECRET)],
        [{ ...ASK, ...type, client_assertion: 'a.b.c' }, {}],
        [{ ...ASK, ...type, client_secret: undefined, client_assertion: 'a.b.c' }, basic(CLIENT_ID, CLIENT_SECRET)],
      ] as const) {
        const { status, body } = await post(test, parameters, headers)
        assert.deepEqual([status, body], [400, both])
      }
      const { client_secret: _, ...named } = ASK
      const other = await post(test, { ...named, client_id: 'other' }, basic(CLIENT_ID, CLIENT_SECRET))
      assert.deepEqual([other.status, other.body], [400, invalid('The parameter client_id names another client')])
    })

    it('a parameter sent twice, a number, a list and a bare text are refused', async () => {
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      const twice = `${new URLSearchParams(ASK)}&audience=urn%3Aother`
      for (const [body, headers, text] of [
        [twice, form, 'The parameter audience must be one text'],
        [{ ...ASK, client_secret: 1 }, {}, 'The parameter client_secret must be one text'],
        [[ASK], {}, 'The body must be a form or a JSON object'],
        ['"text"', {}, 'The body must be a form or a JSON object'],
        ['', {}, 'Missing required parameter: grant_type'],
      ] as const) {
        const answer = await call('POST', '/oauth/token', { as: null, body, headers })
        assert.deepEqual([answer.status, answer.body], [400, invalid(text)])
      }
    })

    it('a body that is not JSON is 400, text/plain is 415, parameters in the address do not count', async () => {
      const broken = await call('POST', '/oauth/token', { as: null, body: '{"grant_type":' })
      assert.deepEqual([broken.status, broken.body.error], [400, 'invalid_request'])
      const plain = await call('POST', '/oauth/token', {
        as: null,
        body: JSON.stringify(ASK),
        headers: { 'content-type': 'text/plain' },
      })
      assert.deepEqual([plain.status, plain.body.error], [415, 'invalid_request'])
      const inAddress = await call('POST', `/oauth/token?${new URLSearchParams(ASK)}`, { as: null })
      assert.equal(inAddress.status, 400)
    })

    it('a client without the grant type, and a public one, get nothing', async () => {
      await addClient(test, { id: 'web', method: 'client_secret_post', secret: 'its-secret', grantTypes: ['implicit'] })
      await addClient(test, { id: 'browser', method: 'none', secret: 'left-over-secret' })
      await addGrant(test, { client: 'web', api, scope: ['read:things'] })
      await addGrant(test, { client: 'browser', api, scope: ['read:things'] })
      const web = await post(test, { ...ASK, client_id: 'web', client_secret: 'its-secret' })
      assert.deepEqual([web.status, web.body], [403, NOT_ALLOWED])
      const browser = await post(test, { ...ASK, client_id: 'browser', client_secret: undefined })
      assert.deepEqual([browser.status, browser.body], [403, NOT_ALLOWED])
      const withSecret = await post(test, { ...ASK, client_id: 'browser', client_secret: 'left-over-secret' })
      assert.deepEqual([withSecret.status, withSecret.body], [401, UNAUTHORIZED])
    })

    it('a client without a stored secret cannot pass with an empty one', async () => {
      await addClient(test, { id: 'secretless', method: 'client_secret_post' })
      for (const client_secret of ['', undefined, 'null']) {
        assert.equal((await post(test, { ...ASK, client_id: 'secretless', client_secret })).status, 401)
      }
    })

    it('a grant for users is none for the client itself', async () => {
      await addGrant(test, { client: CLIENT_ID, api: lone, scope: ['a'], subject: 'user' })
      assert.equal((await post(test, { ...ASK, audience: 'urn:lone' })).status, 403)
    })

    it('what an API or grant demands and the server cannot give yet is said, not left out', async () => {
      for (const [identifier, settings, grant, status] of [
        ['urn:closed', { subject_type_authorization: { client: { policy: 'deny_all' } } }, {}, 403],
        ['urn:org', {}, { organization_usage: 'require' }, 400],
        ['urn:jwe', { token_encryption: { format: 'compact-nested-jwe' } }, {}, 400],
        ['urn:dpop', { proof_of_possession: { mechanism: 'dpop', required: true } }, {}, 400],
      ] as const) {
        const id = await addApi(test, { identifier, settings })
        await addGrant(test, { client: CLIENT_ID, api: id, scope: [], settings: grant })
        const answer = await post(test, { ...ASK, audience: identifier })
        assert.equal(answer.status, status, identifier)
        assert.ok(!('access_token' in answer.body))
      }
      const settings = { default_organization: { organization_id: 'org_a', flows: ['client_credentials'] } }
      await addClient(test, { id: 'bound', method: 'client_secret_post', secret: 'its-secret', settings })
      await addGrant(test, { client: 'bound', api, scope: [] })
      const bound = await post(test, { ...ASK, client_id: 'bound', client_secret: 'its-secret' })
      assert.equal(bound.body.error_description, 'parameter organization is not allowed for this client')
    })
  })

  it('a failure of a known client is recorded, one of an unknown client is not', async () => {
    const before = await lastEvent()
    await post(test, { ...ASK, client_id: 'nobody' })
    await post(test, { ...ASK, client_secret: 'a-wrong-and-secret-guess' })
    const event = await eventAfter(before)
    assert.equal((await eventsAfter(before)).length, 1)
    assert.deepEqual([event.type, event.client_id, event.description], ['feccft', CLIENT_ID, 'Unauthorized'])
    assert.equal(event.details?.error, 'unknown_client')
  })

  it('requests that arrive together get each its own answer', async () => {
    const asked = Array.from({ length: 60 }, (_, index) => {
      if (index % 3 === 0) return { ...ASK, client_secret: 'wrong' }
      return index % 3 === 1 ? ASK : { ...ASK, audience: management, scope: 'read:users' }
    })
    const before = await lastEvent()
    const answers = await Promise.all(asked.map((parameters) => post(test, parameters)))
    answers.forEach(({ status, body }, index) => {
      const expected = [
        [401, undefined],
        [200, 'read:things write:things'],
        [200, 'read:users'],
      ][index % 3]
      assert.deepEqual([status, body.scope], expected)
    })
    const given = (await eventsAfter(before)).filter(({ type }) => type === 'seccft')
    assert.equal(given.length, 40)
  })

  it('a new secret ends the tokens given for the old one', async () => {
    const give = async (secret: string) =>
      await transact(db, (tx) => ensureMachineClient(tx, server.secrets, { id: CLIENT_ID, secret, name: 'Test' }))
    const { body } = await post(test, { ...ASK, audience: management })
    const use = async (as: string) => await call('GET', '/api/v2/keys/signing', { as })
    assert.equal((await use(body.access_token)).status, 200)
    await give('another-secret-of-enough-characters-for-a-client')
    const refused = await use(body.access_token)
    assert.deepEqual([refused.status, refused.body.message], [401, 'Invalid token'])
    assert.equal((await post(test, ASK)).status, 401)
    await give(CLIENT_SECRET)
    const fresh = await post(test, { ...ASK, audience: management })
    assert.equal((await use(fresh.body.access_token)).status, 200)
  })

  it('after a rotation tokens are signed with the new key, and both verify', async () => {
    const before = (await post(test, ASK)).body.access_token
    const as = await test.tokenFor({ scopes: ['create:signing_keys', 'update:signing_keys'] })
    assert.equal((await call('POST', '/api/v2/keys/signing/rotate', { as })).status, 201)
    const after = (await post(test, ASK)).body.access_token
    assert.notEqual(decodeProtectedHeader(before).kid, decodeProtectedHeader(after).kid)
    await verify(before)
    await verify(after)
  })

  it('no secret and no token is in an event or in the server log', async () => {
    const { body } = await post(test, ASK)
    await call('POST', `/oauth/token?client_secret=${CLIENT_SECRET}&typo_secret=${CLIENT_SECRET}`, {
      as: null,
      body: ASK,
    })
    await post(test, { ...ASK, client_secret: 'a-wrong-and-secret-guess' })
    const { authorization } = basic(CLIENT_ID, CLIENT_SECRET)
    await post(test, { ...ASK, client_id: undefined, client_secret: undefined }, { authorization })
    const traces = JSON.stringify(await events()) + logged()
    for (const secret of [CLIENT_SECRET, 'a-wrong-and-secret-guess', authorization.slice(6), body.access_token]) {
      assert.ok(!traces.includes(secret))
    }
  })
})

describe('the token endpoint with rate limits', async () => {
  const test = await startTestServer({ RATE_LIMITS: 'on' })
  const api = await addApi(test, { identifier: AUDIENCE })
  await addGrant(test, { client: CLIENT_ID, api, scope: [] })

  it('counts guesses by address, a /64 of IPv6 as one, and a client that proved itself by its id', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    try {
      const guess = async (from: string) => await post(test, { ...ASK, client_id: `guess at ${from}` }, {}, from)
      const first = await post(test, ASK, {}, '2001:db8:1:2::1')
      assert.equal(first.headers['x-ratelimit-remaining'], '999')
      const addresses = Array.from({ length: 1_001 }, (_, index) => `2001:db8:1:2::${(index + 1).toString(16)}`)
      const statuses = (await Promise.all(addresses.map(guess))).map(({ status }) => status)
      assert.equal(statuses.filter((status) => status === 401).length, 1_000)
      assert.equal(statuses.filter((status) => status === 429).length, 1)
      const limited = await guess('2001:db8:1:2:ffff::1')
      assert.equal(limited.body.error, 'too_many_requests')
      assert.ok(Number(limited.headers['retry-after']) >= 1)
      assert.equal((await guess('2001:db8:1:3::1')).status, 401)
      assert.equal((await post(test, ASK, {}, '2001:db8:1:2::1')).status, 200)
    } finally {
      mock.timers.reset()
    }
  })
})

function denied(error_description: string): object {
  return { error: 'access_denied', error_description }
}

function invalid(error_description: string): object {
  return { error: 'invalid_request', error_description }
}
