import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { decodeJwt } from 'jose'
import type { Visitor } from '../../../test/visitor.ts'
import { PROVIDER_CLIENT, PROVIDER_SECRET, startIdentityProvider } from '../../oidc/identity-provider.testing.ts'
import { organizations } from '../../oidc/organization.testing.ts'
import { type Asked, ask, codeOf, PASSWORD, startSignInServer, WEB } from '../../oidc/sign-in.testing.ts'

describe('signing in at an identity provider elsewhere', async () => {
  const test = await startSignInServer()
  const { call, db, visitor, exchange, newUser } = test
  const provider = await startIdentityProvider()
  const { organization, use } = organizations(test)
  const options = {
    discovery_url: `${provider.issuer}/.well-known/openid-configuration`,
    client_id: PROVIDER_CLIENT,
    client_secret: PROVIDER_SECRET,
    domain_aliases: ['Workday.example'],
  }
  const { body: connection, text } = await call('POST', '/api/v2/connections', {
    body: { name: 'workday', display_name: 'Workday', strategy: 'oidc', options, enabled_clients: ['spa'] },
  })
  assert.ok(connection.id, text)
  const claim = (from: 'tokenset' | 'userinfo', name: string) => `\${context.${from}.${name}}`
  const ada = {
    ...{ sub: 'A-17', email: 'Ada@workday.example', email_verified: true, name: 'Ada Lovelace', given_name: 'Ada' },
    ...{ department: 'Analysis', groups: ['engines', 'poets'], phone_number: '12' },
  }
  const userAt = (id: string) => `/api/v2/users/${encodeURIComponent(id)}`
  const ADA = 'oidc|workday|A-17'

  afterEach(() => {
    provider.state.misbehaves = {}
    provider.state.userinfo = {}
  })

  /** From the application to the provider and back. */
  async function go(person: Visitor, asked: Asked, who: Record<string, unknown>) {
    provider.state.person = who
    const away = await person.open(asked.url)
    return await person.open(await provider.visit(away.url))
  }
  const named = (change: Record<string, string> = {}) => ask({ connection: 'workday', ...change })

  it('makes a user of whoever comes first, with a profile in the names that all have', async () => {
    provider.state.userinfo = { family_name: 'Lovelace', nickname: 'Countess' }
    const person = visitor()
    const asked = named()
    const answer = await exchange(asked, await go(person, asked, ada))
    assert.equal(answer.status, 200, answer.text)
    const claims = decodeJwt(String(answer.body.id_token))
    assert.deepEqual([claims.sub, claims.email, claims.email_verified], [ADA, 'ada@workday.example', true])
    const { body } = await call('GET', userAt(ADA))
    assert.deepEqual(
      [body.name, body.given_name, body.family_name, body.nickname, body.phone_number, body.logins_count],
      ['Ada Lovelace', 'Ada', 'Lovelace', 'Countess', undefined, 1],
    )
    assert.deepEqual([body.department, body.groups], ['Analysis', ['engines', 'poets']])
    assert.equal(body.nonce, undefined)
    assert.deepEqual(body.identities, [
      { connection: 'workday', user_id: 'workday|A-17', provider: 'oidc', isSocial: false },
    ])
    const [url] = provider.state.asked.slice(-1)
    assert.equal(url?.searchParams.get('code_challenge_method'), 'S256')
    assert.equal(url?.searchParams.get('redirect_uri'), `${test.server.config.publicUrl}/login/callback/workday`)
    codeOf(await person.open(ask({ prompt: 'none' }).url))
    const { body: found } = await call('GET', `/api/v2/users?q=${encodeURIComponent('email:"ada@workday.example"')}`)
    assert.deepEqual(
      found.map(({ user_id }: { user_id: string }) => user_id),
      [ADA],
    )
  })

  it('brings the profile up to date at each sign-in, but for what was edited here', async () => {
    await go(visitor(), named(), ada)
    await call('PATCH', userAt(ADA), { body: { user_metadata: { nickname: 'Own' } } })
    await db
      .updateTable('users')
      .set({ edited_attributes: ['given_name'] })
      .where('user_id', '=', ADA)
      .execute()
    const answer = await go(visitor(), named(), {
      ...ada,
      ...{
        given_name: 'Augusta',
        name: 'Augusta King',
        email: 'king@workday.example',
        email_verified: false,
        department: undefined,
      },
    })
    codeOf(answer)
    const { body } = await call('GET', userAt(ADA))
    assert.deepEqual([body.name, body.given_name], ['Augusta King', 'Ada'])
    assert.deepEqual([body.email, body.email_verified, body.department], ['king@workday.example', false, undefined])
    assert.equal(body.user_metadata.nickname, 'Own')
    const refused = await call('PATCH', userAt(ADA), { body: { name: 'Somebody' } })
    assert.equal(refused.status, 400, 'the provider says it at each sign-in')
  })

  it('takes names at the first sign-in alone where the operator wants that', async () => {
    const change = async (more: object) =>
      await call('PATCH', `/api/v2/connections/${connection.id}`, {
        body: { options: { ...connection.options, ...more } },
      })
    assert.equal((await change({ set_user_root_attributes: 'on_first_login' })).status, 200)
    try {
      await go(visitor(), named(), { sub: 'B-2', name: 'Bob', email: 'bob@workday.example' })
      await go(visitor(), named(), { sub: 'B-2', name: 'Robert', email: 'robert@workday.example' })
      const { body } = await call('GET', userAt('oidc|workday|B-2'))
      assert.deepEqual([body.name, body.email, body.email_verified], ['Bob', 'robert@workday.example', false])
    } finally {
      await change({})
    }
  })

  it('maps what the operator names alone, where he says so', async () => {
    const attribute_map = {
      mapping_mode: 'use_map',
      attributes: {
        name: claim('tokenset', 'display'),
        email: claim('userinfo', 'mail'),
        site: 'Ghent',
        empty: claim('tokenset', 'none'),
      },
    }
    await call('PATCH', `/api/v2/connections/${connection.id}`, {
      body: { options: { ...connection.options, attribute_map } },
    })
    try {
      provider.state.userinfo = { mail: 'cy@workday.example' }
      codeOf(await go(visitor(), named(), { sub: 'C-3', display: 'Cy', name: 'Not this', secret: 'none' }))
      const { body } = await call('GET', userAt('oidc|workday|C-3'))
      assert.deepEqual(
        [body.name, body.email, body.site, body.secret, body.empty],
        ['Cy', 'cy@workday.example', 'Ghent', undefined, undefined],
      )
    } finally {
      await call('PATCH', `/api/v2/connections/${connection.id}`, { body: { options: connection.options } })
    }
  })

  it('shows a button beside the form, and leads whoever types an address of the domain', async () => {
    provider.state.person = ada
    const page = await visitor().open(ask().url)
    assert.match(page.text, /<a class="secondary" href="[^"]+\/provider\?connection=con_\w+">Continue with .?Workday/)
    assert.match(page.text, /name="username"/)
    const person = visitor()
    await person.open(ask().url)
    const away = await person.send({ username: 'ada@WORKDAY.example' })
    assert.equal(away.url.origin, provider.issuer)
    assert.equal(away.url.searchParams.get('login_hint'), 'ada@WORKDAY.example')
    codeOf(await person.open(await provider.visit(away.url)))
    const closed = await visitor().open(ask({ client_id: WEB }).url)
    assert.doesNotMatch(closed.text, /Workday/)
    const account = { client_id: 'tenantry-account', redirect_uri: `${test.server.config.publicUrl}/account` }
    const ours = visitor()
    assert.doesNotMatch((await ours.open(ask(account).url)).text, /Workday/, 'customers are nobody’s business there')
    assert.equal((await ours.send({ username: 'ada@workday.example' })).url.origin, provider.issuer)
  })

  it('is where signing up and a forgotten password lead as well, with an address of the domain', async () => {
    const mails = async () => (await db.selectFrom('emails').select('id').execute()).length
    const before = await mails()
    const person = visitor()
    await person.open(ask({ screen_hint: 'signup' }).url)
    const signedUp = await person.send({ email: 'new@workday.example', password: PASSWORD })
    assert.equal(signedUp.url.origin, provider.issuer)
    assert.equal(signedUp.url.searchParams.get('login_hint'), 'new@workday.example')
    const other = visitor()
    await other.open(ask({ screen_hint: 'reset-password' }).url)
    assert.equal((await other.send({ username: 'new@workday.example' })).url.origin, provider.issuer)
    assert.equal(await mails(), before)
    const users = await db.selectFrom('users').select('user_id').where('email', '=', 'new@workday.example').execute()
    assert.deepEqual(users, [])
    const stranger = visitor()
    await stranger.open(ask({ screen_hint: 'signup' }).url)
    const made = await stranger.send({ email: 'new@elsewhere.example', password: PASSWORD })
    assert.notEqual(made.url.origin, provider.issuer)
  })

  it('is how members of an organization get in, and makes members where that one wants it', async () => {
    await use({ organization_usage: 'allow' })
    const acme = await organization('acme', { closed: true })
    const wants = { connection_id: connection.id, assign_membership_on_login: true }
    assert.equal((await call('POST', `/api/v2/organizations/${acme}/enabled_connections`, { body: wants })).status, 201)
    const asked = ask({ organization: acme })
    const answer = await exchange(asked, await go(visitor(), asked, { sub: 'D-4', name: 'Dee' }))
    assert.equal(decodeJwt(String(answer.body.id_token)).org_id, acme)
    const managerOf = async (id: string) =>
      (await db.selectFrom('users').select('managing_organization_id').where('user_id', '=', id).executeTakeFirst())
        ?.managing_organization_id
    assert.equal(await managerOf('oidc|workday|D-4'), null, 'an application has the connection too')
    await call('PATCH', `/api/v2/connections/${connection.id}`, { body: { enabled_clients: [] } })
    codeOf(await go(visitor(), ask({ organization: acme }), { sub: 'D-5', name: 'Dot' }))
    assert.equal(await managerOf('oidc|workday|D-5'), acme)
    await call('PATCH', `/api/v2/connections/${connection.id}`, { body: { enabled_clients: ['spa'] } })
    const bolt = await organization('bolt')
    const elsewhere = await visitor().open(ask({ organization: bolt, connection: 'workday' }).url)
    assert.notEqual(elsewhere.url.origin, provider.issuer)
  })

  it('accepts an invitation of an organization whose people are all there', async () => {
    const { invite, membershipOf } = organizations(test)
    const cargo = await organization('cargo', { closed: true })
    const wants = { connection_id: connection.id, assign_membership_on_login: false }
    await call('POST', `/api/v2/organizations/${cargo}/enabled_connections`, { body: wants })
    const { ticket } = await invite(cargo, 'jo@workday.example')
    const asked = ask({ organization: cargo, invitation: ticket })
    const person = visitor()
    const page = await person.open(asked.url)
    assert.match(page.url.pathname, /\/invitation$/)
    provider.state.person = { sub: 'J-10', email: 'somebody@workday.example' }
    const away = await person.send({})
    assert.equal(away.url.searchParams.get('login_hint'), 'jo@workday.example')
    const refused = await person.open(await provider.visit(away.url))
    assert.match(refused.url.pathname, /\/provider\/back$/, 'another address')
    provider.state.person = { sub: 'J-11', email: 'jo@workday.example' }
    await person.open(asked.url)
    const again = await person.send({})
    codeOf(await person.open(await provider.visit(again.url)))
    assert.ok(await membershipOf(cargo, { user_id: 'oidc|workday|J-11' }))
  })

  it('makes nobody by the Management API, and no account with a password', async () => {
    const body = { connection: 'workday', email: 'x@workday.example', password: PASSWORD }
    const made = await call('POST', '/api/v2/users', { body })
    assert.equal(made.status, 400)
    assert.match(made.body.message, /come into being when they sign in/)
    const signedUp = await call('POST', '/dbconnections/signup', { as: null, body: { client_id: 'spa', ...body } })
    assert.equal(signedUp.status, 400)
    const ticket = await call('POST', '/api/v2/tickets/password-change', { body: { user_id: ADA } })
    assert.equal(ticket.status, 400)
  })

  it('lets nobody in with what was not made for this visit', async () => {
    const users = async () => (await db.selectFrom('users').select('user_id').execute()).length
    const before = await users()
    for (const misbehaves of [
      { nonce: 'another' },
      { issuer: 'https://evil.example' },
      { audience: 'another' },
      { key: 'another' },
      { error: 'access_denied' },
      { down: true },
    ] as const) {
      const person = visitor()
      provider.state.person = { sub: 'E-5', name: 'Xanthippe' }
      const away = await person.open(named().url)
      provider.state.misbehaves = misbehaves
      const back = 'down' in misbehaves ? backOf(away.url) : await provider.visit(away.url)
      const answer = await person.open(back)
      assert.equal(answer.status, 502, JSON.stringify(misbehaves))
      assert.match(answer.text, /did not let you in/)
      assert.doesNotMatch(answer.text, /evil\.example|Xanthippe/)
      provider.state.misbehaves = {}
    }
    assert.equal(await users(), before)
    const { body } = await call('GET', '/api/v2/logs?q=type:f&per_page=1&sort=date:-1')
    assert.match(body[0].description, /^The identity provider: /)
  })

  it('takes a return once, in the browser that left, and with its own state', async () => {
    provider.state.person = { sub: 'F-6', name: 'Fay' }
    const person = visitor()
    const away = await person.open(named().url)
    const back = await provider.visit(away.url)
    const other = await visitor().open(back)
    assert.equal(other.status, 400, 'another browser')
    const forged = new URL(back)
    forged.searchParams.set('state', `${forged.searchParams.get('state')}x`)
    const started = await person.open(forged.href)
    assert.ok(!started.url.searchParams.has('code'))
    codeOf(await person.open(back))
    const again = await person.open(back)
    assert.ok(again.status >= 400, 'it is over')
    assert.equal((await visitor().open('/login/callback/workday?code=x&state=nonsense')).status, 400)
  })

  it('takes nothing that comes back at the address of another connection, whatever stands in it', async () => {
    provider.state.person = { sub: 'K-12', name: 'Kay' }
    const person = visitor()
    const away = await person.open(named().url)
    const back = await provider.visit(away.url)
    assert.ok(back.includes('/login/callback/workday?'))
    for (const more of ['', '&came_by=workday']) {
      const elsewhere = await person.open(`${back.replace('/callback/workday', '/callback/another')}${more}`)
      assert.match(elsewhere.url.search, /screen=login/)
    }
    codeOf(await person.open(back))
  })

  it('keeps out whoever is blocked, and asks for terms as of everybody', async () => {
    const person = visitor()
    codeOf(await go(person, named(), { sub: 'G-7', name: 'Gus', email: 'gus@workday.example' }))
    await call('PATCH', userAt('oidc|workday|G-7'), { body: { blocked: true } })
    const shut = await go(visitor(), named(), { sub: 'G-7', name: 'Gus', email: 'gus@workday.example' })
    assert.equal(shut.status, 403)
    assert.match(shut.text, /Your access is blocked/)
    const { body: terms } = await call('POST', '/api/v2/terms', { body: { name: 'use', required: true } })
    const texts = { en: { title: 'Terms', body: 'Be kind.' } }
    await call('POST', `/api/v2/terms/${terms.id}/versions`, { body: { texts } })
    const asked = visitor()
    assert.match((await go(asked, named(), { sub: 'H-8', name: 'Hal' })).url.pathname, /\/terms$/)
    codeOf(await asked.send({ decision: 'accept' }))
    await call('PATCH', `/api/v2/terms/${terms.id}`, { body: { retired: true } })
  })

  it('is called in /account what its button calls it', async () => {
    const { publicUrl, myAccountAudience: audience } = test.server.config
    const redirect_uri = `${publicUrl}/account`
    const account = { client_id: 'tenantry-account', redirect_uri, audience, scope: 'openid read:me:profile' }
    const asked = named(account)
    const landed = await go(visitor(), asked, { sub: 'K-12', name: 'Kay' })
    const answer = await exchange(asked, landed, { redirect_uri })
    const { body } = await call('GET', '/me/v1/password', { as: String(answer.body.access_token) })
    assert.deepEqual([body.has_password, body.connection], [false, 'Workday'])
  })

  it('never takes somebody for the holder of an account with the same address', async () => {
    const user = await newUser({ email: 'same@workday.example' })
    const asked = named()
    const answer = await exchange(
      asked,
      await go(visitor(), asked, { sub: 'I-9', email: 'same@workday.example', email_verified: true }),
    )
    assert.equal(decodeJwt(String(answer.body.id_token)).sub, 'oidc|workday|I-9')
    const login = { client_id: 'spa', realm: test.connection.name, username: user.email ?? '', password: PASSWORD }
    const grant = { grant_type: 'http://auth0.com/oauth/grant-type/password-realm', ...login, scope: 'openid' }
    const own = await test.token(grant)
    assert.equal(decodeJwt(String(own.body.id_token)).sub, user.user_id)
  })

  it('keeps the secret to itself, and keeps it where a change leaves it out', async () => {
    const { text: shown } = await call('GET', `/api/v2/connections/${connection.id}`)
    assert.ok(!shown.includes(PROVIDER_SECRET) && !shown.includes('client_secret'))
    const stored = await db
      .selectFrom('connections')
      .select('options')
      .where('id', '=', connection.id)
      .executeTakeFirstOrThrow()
    assert.ok(!JSON.stringify(stored).includes(PROVIDER_SECRET))
    assert.ok(!test.logged().includes(PROVIDER_SECRET))
    await call('PATCH', `/api/v2/connections/${connection.id}`, { body: { options: connection.options } })
    codeOf(await go(visitor(), named(), ada))
    for (const [bad, status] of [
      [{ client_id: 'x' }, 400],
      [{ ...options, type: 'front_channel' }, 400],
      [{ ...options, passwordPolicy: 'low' }, 400],
      [{ ...options, discovery_url: 'ftp://x.example/' }, 400],
    ] as const) {
      const answer = await call('POST', '/api/v2/connections', {
        body: { name: 'bad', strategy: 'oidc', options: bad },
      })
      assert.equal(answer.status, status, answer.text)
    }
  })
})

/** Where a provider would send one back to that has gone silent since. */
function backOf(address: URL): string {
  const back = new URL(address.searchParams.get('redirect_uri') ?? '')
  back.search = String(new URLSearchParams({ code: 'x', state: address.searchParams.get('state') ?? '' }))
  return back.href
}
