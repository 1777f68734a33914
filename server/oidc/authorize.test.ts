import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { formsOf } from '../../test/visitor.ts'
import { AUDIENCE } from './oidc.testing.ts'
import {
  ask,
  CALLBACK,
  codeForm,
  codeOf,
  PASSWORD,
  SPA,
  signIn,
  startSignInServer,
  THIRD,
  WEB,
  WEB_SECRET,
} from './sign-in.testing.ts'

describe('signing in', async () => {
  const test = await startSignInServer()
  const { newUser, visitor, exchange, token, db, server, call, tokenFor } = test
  const ada = await newUser({ email: 'ada@acme-robotics.example', given_name: 'Ada', name: 'Ada Okafor' })

  it('leads through both pages to the application, with the state it sent, and the code gives tokens', async () => {
    const asked = ask({ audience: AUDIENCE, scope: 'openid profile email read:robots unknown:scope' })
    const landed = await signIn(visitor(), asked, ada.email)
    assert.equal(landed.url.origin + landed.url.pathname, CALLBACK)
    assert.equal(landed.url.searchParams.get('state'), asked.state)
    assert.equal(landed.url.searchParams.get('iss'), server.config.issuer)
    const { status, body, headers } = await exchange(asked, landed)
    assert.equal(status, 200)
    assert.equal(headers['cache-control'], 'no-store')
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'id_token', 'scope', 'token_type'])
    assert.equal(body.scope, 'openid profile email read:robots')
    assert.equal(body.expires_in, 86_400)
    const access = decodeJwt(body.access_token)
    assert.equal(access.sub, ada.user_id)
    assert.deepEqual(access.aud, [AUDIENCE, `${server.config.issuer}userinfo`])
    assert.equal(access.azp, SPA)
    assert.equal(access.scope, 'openid profile email read:robots')
    assert.equal(decodeProtectedHeader(body.access_token).typ, 'JWT')
    const id = decodeJwt(body.id_token)
    assert.equal(id.aud, SPA)
    assert.equal(id.nonce, 'n-0S6')
    assert.equal(id.given_name, 'Ada')
    assert.equal(id.email, ada.email)
    assert.equal(typeof id.sid, 'string')
    assert.equal(id.updated_at, ada.updated_at)
    assert.equal((id.exp ?? 0) - (id.iat ?? 0), 36_000)
    const claims = await call('GET', '/userinfo', { as: body.access_token })
    assert.equal(claims.status, 200)
    assert.equal(claims.body.email, ada.email)
    assert.equal(claims.body.sub, ada.user_id)
    assert.equal('user_metadata' in claims.body, false)
  })

  it('is closed to an application that has to push its requests, since that cannot be done yet', async () => {
    const grant_types = ['authorization_code', 'implicit', 'refresh_token']
    const body = { name: 'Pushes', callbacks: [CALLBACK], grant_types, require_pushed_authorization_requests: true }
    const { body: client } = await call('POST', '/api/v2/clients', { body })
    const opened = [{ client_id: client.client_id, status: true }]
    await call('PATCH', `/api/v2/connections/${test.connection.id}/clients`, { body: opened })
    const asked = () => ask({ client_id: client.client_id })
    const refused = await visitor().open(asked().url)
    assert.equal(
      refused.url.searchParams.get('error_description'),
      'requested response_type is not allowed for this client',
    )
    assert.equal(refused.url.searchParams.has('code'), false)
    const change = { body: { require_pushed_authorization_requests: false } }
    await call('PATCH', `/api/v2/clients/${client.client_id}`, change)
    assert.match((await visitor().open(asked().url)).text, /name="username"/)
  })

  it('counts the sign-in and records who, where and from which application', async () => {
    const eve = await newUser()
    await signIn(visitor({ from: '192.0.2.7' }), ask(), eve.email)
    const { body } = await call('GET', `/api/v2/users/${encodeURIComponent(eve.user_id)}`)
    assert.equal(body.logins_count, 1)
    assert.equal(body.last_ip, '192.0.2.7')
    const events = await db
      .selectFrom('events')
      .selectAll()
      .where('user_id', '=', eve.user_id)
      .where('type', '=', 's')
      .execute()
    assert.equal(events.length, 1)
    assert.equal(events[0]?.client_id, SPA)
  })

  it('needs no second time in the same browser, silently or not; another browser has to sign in', async () => {
    const person = visitor()
    await signIn(person, ask(), ada.email)
    const again = await person.open(ask().url)
    assert.ok(codeOf(again))
    const silent = await person.open(ask({ prompt: 'none', response_mode: 'web_message' }).url)
    assert.equal(silent.status, 200)
    assert.match(silent.text, /"code":"/)
    assert.match(String(silent.headers['content-security-policy']), /frame-ancestors https:\/\/app\.example\.com$/)
    const other = await visitor().open(ask({ prompt: 'none' }).url)
    assert.equal(other.url.searchParams.get('error'), 'login_required')
    const page = await visitor().open(ask().url)
    assert.match(page.url.pathname, /^\/u\/login\/[\w-]+/)
    const fresh = await person.open(ask({ prompt: 'login' }).url)
    assert.match(fresh.url.pathname, /^\/u\/login\/[\w-]+/)
  })

  it('keeps opaque tokens to /userinfo, and gives an API what its settings say', async () => {
    const asked = ask()
    const { body } = await exchange(asked, await signIn(visitor(), asked, ada.email))
    assert.equal(body.access_token.includes('.'), false)
    assert.equal((await call('GET', '/userinfo', { as: body.access_token })).body.name, 'Ada Okafor')
    assert.equal((await call('GET', `/userinfo?access_token=${body.access_token}`, { as: null })).status, 200)
    assert.equal((await call('GET', '/api/v2/users', { as: body.access_token })).status, 401)
  })

  it('says in header and body of /userinfo alike that a token is not good', async () => {
    for (const as of ['x', 'a.b.c', await tokenFor({ scopes: ['read:users'] })]) {
      const { status, headers, body } = await call('GET', '/userinfo', { as })
      assert.deepEqual([status, body.error], [401, 'invalid_token'])
      assert.equal(headers['www-authenticate'], 'Bearer error="invalid_token"')
    }
    const { headers } = await call('GET', '/userinfo', { as: null })
    assert.equal(headers['www-authenticate'], 'Bearer realm="userinfo"')
  })

  it('gives a person at the Management API what concerns his own account alone', async () => {
    const scope = 'openid read:users read:current_user update:current_user_metadata delete:current_user'
    const asked = ask({ audience: server.config.managementAudience, scope })
    const { body } = await exchange(asked, await signIn(visitor(), asked, ada.email))
    assert.equal(body.scope, 'openid read:current_user update:current_user_metadata')
    const own = `/api/v2/users/${encodeURIComponent(ada.user_id)}`
    assert.equal((await call('GET', own, { as: body.access_token })).status, 200)
    assert.equal((await call('GET', '/api/v2/users', { as: body.access_token })).status, 403)
    const changed = await call('PATCH', own, { as: body.access_token, body: { user_metadata: { hobby: 'gliding' } } })
    assert.equal(changed.status, 200)
    const refused = await call('PATCH', own, { as: body.access_token, body: { app_metadata: { plan: 'gold' } } })
    assert.equal(refused.status, 403)
  })

  it('refuses what is registered nowhere on a page of ours, and sends nobody away', async () => {
    for (const change of [
      { redirect_uri: 'https://evil.test/callback' },
      { redirect_uri: `${CALLBACK}?x=1` },
      { redirect_uri: 'https://app.example.com@evil.test/callback' },
      { redirect_uri: 'javascript:alert(1)' },
      { client_id: 'nobody' },
      { client_id: '\u0000' },
    ]) {
      const page = await visitor().open(ask(change).url)
      assert.equal(page.status, 400, JSON.stringify(change))
      assert.equal(page.url.pathname, '/authorize')
    }
    const unknown = await visitor().open(ask({ audience: 'https://nowhere.example' }).url)
    assert.equal(unknown.url.searchParams.get('error'), 'access_denied')
    assert.match(unknown.url.searchParams.get('error_description') ?? '', /^Service not found: https:\/\/nowhere/)
    const unframed = await visitor().open(
      ask({ prompt: 'none', response_mode: 'web_message', redirect_uri: 'http://localhost:4200/cb' }).url,
    )
    assert.doesNotMatch(unframed.text, /postMessage/)
    const plain = await visitor().open(ask({ code_challenge_method: 'plain' }).url)
    assert.equal(plain.url.searchParams.get('error'), 'invalid_request')
    const open = await visitor().open(ask({ code_challenge: undefined, code_challenge_method: undefined }).url)
    assert.equal(open.url.searchParams.get('error'), 'invalid_request')
  })

  it('takes nothing from Host and X-Forwarded headers', async () => {
    const answer = await call('GET', ask().url, {
      as: null,
      headers: { host: 'evil.test', 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https' },
    })
    assert.equal(answer.status, 303)
    assert.match(String(answer.headers.location), /^\/u\/login\//)
    assert.doesNotMatch(JSON.stringify(answer.headers), /evil/)
  })

  it('gives one of twenty racers tokens for one code, and a code that was used ends what it gave', async () => {
    const asked = ask({ audience: AUDIENCE, scope: 'openid offline_access read:robots' })
    const form = codeForm(asked, await signIn(visitor(), asked, ada.email))
    const answers = await Promise.all(Array.from({ length: 20 }, () => token(form)))
    const winners = answers.filter(({ status }) => status === 200)
    assert.equal(winners.length, 1)
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      assert.equal(status, 403)
      assert.deepEqual(body, { error: 'invalid_grant', error_description: 'Invalid authorization code' })
    }
    assert.equal((await token(form)).status, 403)
    const refresh = { grant_type: 'refresh_token', client_id: SPA, refresh_token: winners[0]?.body.refresh_token }
    assert.equal((await token(refresh)).status, 403)
  })

  it('refuses a code with another verifier, address or application, in words that tell nothing more', async () => {
    const asked = ask()
    const form = codeForm(asked, await signIn(visitor(), asked, ada.email))
    const wrong = await token({ ...form, code_verifier: 'x'.repeat(43) })
    assert.deepEqual([wrong.status, wrong.body.error_description], [403, 'Failed to verify code verifier'])
    assert.equal((await token({ ...form, redirect_uri: 'http://localhost:4200/cb' })).status, 403)
    assert.equal((await token({ ...form, client_id: WEB, client_secret: WEB_SECRET })).status, 403)
    assert.equal((await token({ ...form, client_id: WEB })).status, 401)
    assert.equal((await token({ ...form, code: 'guess' })).body.error_description, 'Invalid authorization code')
    assert.equal((await token(form)).status, 200)
  })

  it('asks for consent where an application is not first-party, once, and remembers it', async () => {
    const bob = await newUser()
    const person = visitor()
    const asked = ask({ client_id: THIRD, audience: AUDIENCE, scope: 'openid profile read:robots' })
    const page = await signIn(person, asked, bob.email)
    assert.match(page.url.pathname, /\/consent$/)
    assert.match(page.text, /read:robots|robots/)
    const landed = await person.send({}, /consent/)
    const { body } = await exchange(asked, landed)
    assert.equal(body.scope, 'openid profile read:robots')
    assert.ok(codeOf(await person.open(ask({ client_id: THIRD, audience: AUDIENCE, scope: 'openid read:robots' }).url)))
    const more = await person.open(ask({ client_id: THIRD, audience: AUDIENCE, scope: 'openid move:robots' }).url)
    assert.match(more.url.pathname, /\/consent$/)
    const silent = await person.open(
      ask({ client_id: THIRD, audience: AUDIENCE, scope: 'openid move:robots', prompt: 'none' }).url,
    )
    assert.equal(silent.url.searchParams.get('error'), 'consent_required')
  })

  it('never goes on in another browser, with another transaction, or after it is over', async () => {
    const victim = visitor()
    const page = await victim.open(ask().url)
    const stranger = visitor()
    const seen = await stranger.open(page.url)
    assert.equal(seen.status, 400)
    for (const path of ['', '/password', '/signup', '/consent', '/change-password', '/check-mail']) {
      const [, id] = /^\/u\/login\/([\w-]+)/.exec(page.url.pathname) ?? []
      const posted = await stranger.post(`/u/login/${id}${path}`, { username: 'x', password: PASSWORD })
      assert.ok(posted.status >= 400, path)
    }
    await victim.send({ username: ada.email ?? '' })
    const landed = await victim.send({ password: PASSWORD })
    assert.ok(codeOf(landed))
    const late = await victim.open(page.url)
    assert.equal(late.status, 400)
  })

  it('goes on for more people at the same moment than there are connections to the database', async () => {
    const people = await Promise.all(
      Array.from({ length: 24 }, async () => {
        const [person, { email }] = [visitor(), await newUser()]
        const page = await signIn(person, ask({ client_id: THIRD }), email)
        assert.match(page.url.pathname, /\/consent$/)
        return person
      }),
    )
    const landed = await Promise.all(people.map((person) => person.send({}, /consent/)))
    for (const page of landed) assert.ok(codeOf(page))
  })

  it('changes hands when somebody else signs in: the session before is over', async () => {
    const eve = await newUser()
    const person = visitor()
    await signIn(person, ask(), ada.email)
    const before = await db.selectFrom('sessions').select('session_id').where('user_id', '=', ada.user_id).execute()
    const asked = ask({ prompt: 'login' })
    const { body } = await exchange(asked, await signIn(person, asked, eve.email))
    assert.equal(decodeJwt(body.id_token).sub, eve.user_id)
    const after = await db.selectFrom('sessions').select('session_id').where('user_id', '=', ada.user_id).execute()
    assert.equal(after.length, before.length - 1)
  })

  it('ends with a block, a deletion or another password at the next request', async () => {
    const bob = await newUser()
    const person = visitor()
    const asked = ask({ audience: AUDIENCE, scope: 'openid offline_access' })
    const { body } = await exchange(asked, await signIn(person, asked, bob.email))
    const pending = ask()
    const code = codeForm(pending, await person.open(pending.url))
    const own = `/api/v2/users/${encodeURIComponent(bob.user_id)}`
    assert.equal((await call('PATCH', own, { body: { blocked: true } })).status, 200)
    assert.equal((await token(code)).status, 403)
    const refresh = { grant_type: 'refresh_token', client_id: SPA, refresh_token: body.refresh_token }
    assert.equal((await token(refresh)).status, 403)
    assert.equal((await call('GET', '/userinfo', { as: body.access_token })).status, 401)
    assert.equal((await person.open(ask({ prompt: 'none' }).url)).url.searchParams.get('error'), 'login_required')
    await call('PATCH', own, { body: { blocked: false } })
    assert.equal((await person.open(ask({ prompt: 'none' }).url)).url.searchParams.get('error'), 'login_required')
    assert.equal((await token(refresh)).status, 403)
  })

  it('gives nothing that counts for a password that is replaced between its page and the application', async () => {
    const bob = await newUser()
    const person = visitor()
    const asked = ask({ audience: AUDIENCE, scope: 'openid offline_access' })
    await person.open(asked.url)
    await person.send({ username: bob.email ?? '' })
    const { url, text } = person.page()
    const [form] = formsOf(text)
    const proved = await person.hop('POST', url, { ...form?.hidden, password: PASSWORD })
    assert.match(String(proved.location?.pathname), /^\/authorize\//)
    const own = `/api/v2/users/${encodeURIComponent(bob.user_id)}`
    assert.equal((await call('PATCH', own, { body: { password: 'quick ferry past Vinga' } })).status, 200)
    const landed = await person.open(proved.location ?? '')
    const code = landed.url.searchParams.get('code')
    if (code !== null) assert.equal((await token(codeForm(asked, landed))).status, 403)
    assert.equal((await person.open(ask({ prompt: 'none' }).url)).url.searchParams.get('error'), 'login_required')
  })

  it('answers a silent sign-in that finds nobody with a page that says so, which is itself no error', async () => {
    const silent = await visitor().open(ask({ prompt: 'none', response_mode: 'web_message' }).url)
    assert.equal(silent.status, 200)
    assert.match(silent.text, /"error":"login_required"/)
    const foreign = ask({ prompt: 'none', response_mode: 'web_message', redirect_uri: 'http://localhost:4200/cb' })
    assert.doesNotMatch((await visitor().open(foreign.url)).text, /postMessage/)
  })

  it('opens no API by its cookie alone, whichever page asks', async () => {
    const person = visitor()
    await signIn(person, ask(), ada.email)
    const cookie = [...person.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ')
    for (const url of ['/me/v1/profile', '/api/v2/users', '/userinfo']) {
      for (const origin of ['https://evil.test', server.config.publicUrl]) {
        assert.equal((await call('GET', url, { as: null, headers: { cookie, origin } })).status, 401, url)
      }
    }
  })

  it('never writes a code, a token or a password to the server log', () => {
    assert.doesNotMatch(test.logged(), /code=|slow ferry|eyJ|ada@acme/)
  })
})
