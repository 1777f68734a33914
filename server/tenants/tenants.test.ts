import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { readTenantSettings } from './store.ts'

const PATH = '/api/v2/tenants/settings'

describe('tenant settings', async () => {
  const { call, tokenFor, db, server } = await startTestServer()
  const stored = async () =>
    (await db.selectFrom('tenant_settings').select('settings').executeTakeFirstOrThrow()).settings
  const patch = (body: object) => call('PATCH', PATH, { body })

  it('have defaults that are not stored', async () => {
    const { status, body } = await call('GET', PATH)
    assert.equal(status, 200)
    const lifetimes = [body.session_lifetime, body.idle_session_lifetime]
    assert.deepEqual(lifetimes, [168, 72])
    assert.deepEqual([body.ephemeral_session_lifetime, body.idle_ephemeral_session_lifetime], [72, 24])
    assert.deepEqual(body.enabled_locales, ['en'])
    assert.equal(body.flags.enable_public_signup_user_exists_error, false)
    assert.ok(!('friendly_name' in body) && !('error_page' in body))
    assert.deepEqual(await stored(), {})
  })

  it('change where they are named, flags one by one, and are read by the server as they are answered', async () => {
    const first = await patch({
      friendly_name: 'Tenant',
      support_email: 'support@example.com',
      support_url: 'https://example.com/support',
      default_redirection_uri: 'https://example.com/login',
      enabled_locales: ['de', 'en'],
      flags: { universal_login: false, use_scope_descriptions_for_consent: true },
      error_page: { html: '<html></html>', show_log_link: true, url: 'https://example.com/error' },
    })
    assert.equal(first.status, 200, first.text)
    const second = await patch({
      flags: { enable_sso: false },
      error_page: { show_log_link: false },
      support_email: '',
    })
    assert.deepEqual([second.body.flags.universal_login, second.body.flags.enable_sso], [false, false])
    assert.equal(second.body.flags.use_scope_descriptions_for_consent, true)
    assert.equal(second.body.flags.disable_impersonation, true)
    assert.deepEqual(second.body.error_page, { show_log_link: false })
    assert.deepEqual([second.body.friendly_name, second.body.support_email], ['Tenant', ''])
    const read = await call('GET', PATH)
    assert.deepEqual(read.body, second.body)
    assert.deepEqual(await readTenantSettings(db), read.body)
    assert.deepEqual(Object.keys((await stored()).flags as object).sort(), [
      'enable_sso',
      'universal_login',
      'use_scope_descriptions_for_consent',
    ])
  })

  it('are taken back to their default by null', async () => {
    await patch({ sessions: { oidc_logout_prompt_enabled: false }, session_cookie: { mode: 'non-persistent' } })
    const { status, body } = await patch({
      sessions: null,
      session_cookie: null,
      error_page: null,
      default_token_quota: null,
      mtls: null,
      security_headers: null,
      skip_non_verifiable_callback_uri_confirmation_prompt: null,
      pushed_authorization_requests_supported: null,
    })
    assert.equal(status, 200)
    assert.deepEqual(body.sessions, { oidc_logout_prompt_enabled: true })
    assert.ok(!('session_cookie' in body) && !('error_page' in body) && !('mtls' in body))
    assert.equal(body.pushed_authorization_requests_supported, false)
  })

  it('take lifetimes in hours or in minutes, not both', async () => {
    const { body } = await patch({ session_lifetime_in_minutes: 90, idle_session_lifetime: 1 })
    assert.deepEqual([body.session_lifetime, body.idle_session_lifetime], [1.5, 1])
    assert.ok(!('session_lifetime_in_minutes' in body))
    for (const name of ['session_lifetime', 'idle_session_lifetime', 'ephemeral_session_lifetime']) {
      const refused = await patch({ [name]: 5, [`${name}_in_minutes`]: 5 })
      assert.equal(refused.status, 400)
      assert.equal(refused.body.errorCode, 'invalid_body')
    }
    assert.equal((await call('GET', PATH)).body.session_lifetime, 1.5)
    assert.equal((await patch({ session_lifetime: 168 })).body.session_lifetime, 168)
  })

  it('are cut down by fields', async () => {
    assert.deepEqual((await call('GET', `${PATH}?fields=session_lifetime,nonsense`)).body, { session_lifetime: 168 })
    const { body } = await call('GET', `${PATH}?fields=flags&include_fields=false`)
    assert.ok(!('flags' in body) && 'session_lifetime' in body)
  })

  it('changed at the same moment lose no change', async () => {
    const names = ['enable_sso', 'disable_impersonation', 'universal_login', 'genai_trial', 'remove_alg_from_jwks']
    const answers = await Promise.all(names.map((name) => patch({ flags: { [name]: true } })))
    assert.deepEqual(
      answers.map((answer) => answer.status),
      names.map(() => 200),
    )
    const { flags } = (await call('GET', PATH)).body
    assert.ok(names.every((name) => flags[name] === true))
  })

  it('name a default connection and API that are there, or stay as they were', async () => {
    for (const body of [{ default_directory: 'Nowhere' }, { default_audience: 'urn:nothing' }]) {
      const [[name]] = Object.entries(body) as [[string, string]]
      const refused = await patch({ ...body, friendly_name: 'Not kept' })
      assert.deepEqual([refused.status, refused.body.errorCode], [400, 'invalid_body'])
      assert.match(refused.body.message, new RegExp(`^${name} is no .* Create the (?:connection|API) first\\.$`))
    }
    assert.notEqual((await call('GET', PATH)).body.friendly_name, 'Not kept')
    await call('POST', '/api/v2/resource-servers', { body: { identifier: 'urn:default' } })
    const realms = (names: string[]) =>
      call('PATCH', `/api/v2/connections/${connection.id}`, { body: { realms: names } })
    const name = 'With-realm'
    const made = { name, strategy: 'auth0', realms: [name, 'realm.example'] }
    const { body: connection } = await call('POST', '/api/v2/connections', { body: made })
    const known = { default_directory: 'realm.example', default_audience: 'urn:default' }
    assert.equal((await patch(known)).status, 200)
    assert.equal((await realms([name])).status, 200)
    const again = await patch(known)
    assert.deepEqual([again.status, again.body.default_directory], [200, 'realm.example'])
    for (const default_audience of [server.config.managementAudience, '']) {
      assert.equal((await patch({ default_audience, default_directory: '' })).status, 200)
    }
  })

  it('are recorded with what they were and became', async () => {
    await patch({ friendly_name: 'Recorded' })
    const event = await db.selectFrom('events').selectAll().orderBy('log_id', 'desc').executeTakeFirstOrThrow()
    const person = event.person as { before: { friendly_name: string }; after: { friendly_name: string } }
    assert.deepEqual([event.type, event.description, event.target_kind], ['sapi', 'Update tenant settings', 'tenant'])
    assert.deepEqual([person.before.friendly_name, person.after.friendly_name], ['Tenant', 'Recorded'])
  })

  const refused: [object, RegExp][] = [
    [{ nonsense: 1 }, /Additional properties not allowed: nonsense/],
    [{ sandbox_versions_available: ['22'] }, /Additional properties not allowed/],
    [{ flags: { nonsense: true } }, /Additional properties not allowed: nonsense' on property flags/],
    [{ flags: { enable_sso: null } }, /Expected type boolean but found type null' on property flags.enable_sso/],
    [{ flags: null }, /Expected type object but found type null/],
    [{ session_lifetime: 0 }, /less than minimum 1/],
    [{ session_lifetime: 1.5 }, /Expected type integer/],
    [{ session_lifetime: 8761 }, /greater than maximum 8760/],
    [{ enabled_locales: [] }, /too short/],
    [{ enabled_locales: ['xx'] }, /No enum match for: "xx"/],
    [{ support_email: 'nobody' }, /format email: nobody/],
    [{ picture_url: 'javascript:alert(1)' }, /format absolute-uri/],
    [{ default_redirection_uri: 'http://example.com' }, /does not match pattern/],
    [{ allowed_logout_urls: ['javascript:alert(1)'] }, /allowed_logout_urls/],
    [{ error_page: { html: 5 } }, /Expected type string but found type number' on property error_page.html/],
    [{ session_cookie: { mode: 'forever' } }, /No enum match/],
    [{ country_codes: { list: ['de'] } }, /does not match pattern/],
    [{ friendly_name: 'a\0b' }, /U\+0000/],
  ]
  for (const [body, message] of refused) {
    it(`refuse ${JSON.stringify(body)}, and nothing changes`, async () => {
      const before = await stored()
      const answer = await patch({ legacy_sandbox_version: '8', ...body })
      assert.equal(answer.status, 400, answer.text)
      assert.equal(answer.body.errorCode, 'invalid_body')
      assert.match(answer.body.message, message)
      assert.deepEqual(await stored(), before)
    })
  }

  it('keep token quotas and security headers, which have no effect', async () => {
    for (const body of [
      { default_token_quota: { clients: { client_credentials: { per_day: 1 } } } },
      { security_headers: { x_xss_protection: { enabled: true } } },
    ]) {
      const answer = await patch(body)
      assert.equal(answer.status, 200)
      const [name = '', value] = Object.entries(body)[0] ?? []
      assert.deepEqual(answer.body[name], value)
      assert.equal(name in (await patch({ [name]: null })).body, false)
    }
  })

  it('are closed to tokens without the scope, of an organization, and to none', async () => {
    const before = await stored()
    const wrong = await tokenFor({ scopes: ['read:clients'] })
    const bound = await tokenFor({ organizationId: 'org_abcdefghijklmnop' })
    const routes: [string, string, object?][] = [
      ['GET', 'read'],
      ['PATCH', 'update', { friendly_name: 'No' }],
    ]
    for (const [method, verb, body] of routes) {
      const refusal = await call(method, PATH, { as: wrong, body })
      assert.equal(refusal.status, 403)
      assert.equal(refusal.body.message, `Insufficient scope, expected any of: ${verb}:tenant_settings`)
      assert.equal((await call(method, PATH, { as: bound, body })).status, 403)
      assert.equal((await call(method, PATH, { as: null, body })).status, 401)
    }
    assert.deepEqual(await stored(), before)
  })
})
