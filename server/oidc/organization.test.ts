import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeJwt } from 'jose'
import { join } from '../organizations/organizations.testing.ts'
import { AUDIENCE, addApi } from './oidc.testing.ts'
import { organizations } from './organization.testing.ts'
import { ask, codeOf, PASSWORD, SPA, signIn, startSignInServer, WEB, WEB_SECRET } from './sign-in.testing.ts'

describe('a request to sign in to an organization', async () => {
  const test = await startSignInServer()
  const { call, db, newUser, visitor, exchange, token } = test
  const { organization, use, membershipOf, tokensOf, eventsOf } = organizations(test)
  const acme = await organization('acme')
  const globex = await organization('globex')
  await use({ organization_usage: 'allow' })

  const errorOf = async (change: Record<string, string>) => {
    const { url } = await visitor().open(ask(change).url)
    return [url.searchParams.get('error'), url.searchParams.get('error_description')]
  }

  it('is refused by an application that wants none, or wants one and gets none, in Auth0’s words', async () => {
    await use({ organization_usage: 'deny' }, WEB)
    assert.deepEqual(await errorOf({ client_id: WEB, organization: acme }), [
      'invalid_request',
      'parameter organization is not allowed for this client',
    ])
    await use({ organization_usage: 'require' }, WEB)
    assert.deepEqual(await errorOf({ client_id: WEB }), [
      'invalid_request',
      'parameter organization is required for this client',
    ])
    assert.deepEqual(await errorOf({ organization: 'org_unknown' }), [
      'invalid_request',
      'parameter organization is invalid: org_unknown',
    ])
    assert.deepEqual(await errorOf({ invitation: 'x'.repeat(32) }), [
      'invalid_request',
      'parameter organization is required with parameter invitation',
    ])
  })

  it('is open to our own portals, where invitations lead', async () => {
    for (const [client_id, path] of [
      ['tenantry-account', '/account'],
      ['tenantry-admin', '/admin'],
    ] as const) {
      const redirect_uri = `${test.server.config.publicUrl}${path}`
      const { url } = await visitor().open(ask({ client_id, redirect_uri, organization: acme }).url)
      assert.match(url.pathname, /^\/u\/login\//, client_id)
    }
  })

  it('puts org_id into ID token, access token and /userinfo, and into the log', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    const { id, access_token } = await tokensOf(user, { organization: acme, audience: AUDIENCE })
    assert.equal(id.org_id, acme)
    assert.equal(id.org_name, undefined)
    const claims = decodeJwt(access_token)
    assert.equal(claims.org_id, acme)
    assert.equal(claims.membership_generation, (await membershipOf(acme, user))?.token_generation)
    assert.equal(claims.organization_generation, 1)
    const { body } = await call('GET', '/userinfo', { as: access_token })
    assert.deepEqual([body.sub, body.org_id], [user.user_id, acme])
    const { body: log } = await call('GET', `/api/v2/logs?q=${encodeURIComponent(`user_id:"${user.user_id}"`)}`)
    const told = log.filter(({ type }: { type: string }) => ['s', 'seacft'].includes(type))
    assert.deepEqual(
      told.map((entry: Record<string, unknown>) => [entry.organization_id, entry.organization_name]),
      [
        [acme, 'acme'],
        [acme, 'acme'],
      ],
    )
  })

  it('leaves org_id out of the tokens of a sign-in without an organization, whoever is a member', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    const { id, access_token } = await tokensOf(user, { audience: AUDIENCE })
    assert.equal(id.org_id, undefined)
    assert.equal(decodeJwt(access_token).org_id, undefined)
    assert.equal(decodeJwt(access_token).membership_generation, undefined)
  })

  it('may name it by its name only where the tenant says so, and tokens tell the name then', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    assert.deepEqual(await errorOf({ organization: 'acme' }), [
      'invalid_request',
      'parameter organization is invalid: acme',
    ])
    const allow = (value: boolean) =>
      call('PATCH', '/api/v2/tenants/settings', { body: { allow_organization_name_in_authentication_api: value } })
    await allow(true)
    const { id, access_token } = await tokensOf(user, { organization: 'ACME', audience: AUDIENCE })
    assert.deepEqual([id.org_id, id.org_name], [acme, 'acme'])
    assert.equal(decodeJwt(access_token).org_name, 'acme')
    const { body } = await call('GET', '/userinfo', { as: access_token })
    assert.equal(body.org_name, 'acme')
    await allow(false)
  })

  it('stamps the sign-in on the membership, and on no other of the person', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    await join(db, globex, user.user_id)
    await tokensOf(user, { organization: acme })
    const [stamped, other] = [await membershipOf(acme, user), await membershipOf(globex, user)]
    assert.equal(stamped?.logins_count, 1)
    assert.ok(stamped?.last_login && stamped.last_ip)
    assert.deepEqual([other?.logins_count, other?.last_login], [0, null])
  })

  it('goes on by the same session to another organization, where the person is a member', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    await join(db, globex, user.user_id)
    const { browser, id } = await tokensOf(user, { organization: acme })
    const asked = ask({ organization: globex })
    const landed = await browser.open(asked.url)
    const { body } = await exchange(asked, landed)
    const switched = decodeJwt(body.id_token)
    assert.deepEqual([switched.org_id, switched.sid === undefined], [globex, false])
    assert.equal(switched.sub, id.sub)
    assert.equal((await membershipOf(globex, user))?.logins_count, 1)
  })

  it('is refused to whoever is no member, by password and by session alike, and says nothing else', async () => {
    const user = await newUser()
    const browser = visitor()
    const told = await signIn(browser, ask({ organization: acme }), user.email)
    assert.equal(told.status, 403)
    assert.match(told.text, /You cannot sign in to acme/)
    const back = await browser.send({}, /leave/)
    assert.equal(back.url.searchParams.get('error'), 'access_denied')
    const words = `user ${user.user_id} is not part of the ${acme} organization`
    assert.equal(back.url.searchParams.get('error_description'), words)

    const { browser: signedIn } = await tokensOf(user, {})
    const { url } = await signedIn.open(ask({ organization: acme }).url)
    assert.deepEqual(
      [url.searchParams.get('error'), url.searchParams.get('error_description'), url.searchParams.get('code')],
      ['access_denied', words, null],
    )
    const silent = await signedIn.open(ask({ organization: acme, prompt: 'none' }).url)
    assert.equal(silent.url.searchParams.get('error'), 'access_denied')
    assert.equal(await membershipOf(acme, user), undefined)
    const refused = (await eventsOf('f')).filter((event) => event.user_id === user.user_id)
    assert.ok(refused.length >= 1)
    for (const { organization_id, details } of refused) {
      assert.deepEqual([organization_id, details?.organization_id], [null, acme], 'told to the operator alone')
    }
  })

  it('makes a member of whoever signs in by a connection that does that, once, with the organization’s roles', async () => {
    const { body: role } = await call('POST', '/api/v2/roles', { body: { name: 'Reader of everything' } })
    const open = await organization('open-house', { assigns: true, rules: { default_role_ids: [role.id] } })
    const user = await newUser()
    const { id } = await tokensOf(user, { organization: open })
    assert.equal(id.org_id, open)
    await tokensOf(user, { organization: open })
    const added = (await eventsOf('organization_member_added')).filter((event) => event.user_id === user.user_id)
    assert.equal(added.length, 1)
    assert.deepEqual([added[0]?.organization_id, added[0]?.details?.reason], [open, 'auto_membership'])
    const roles = await db.selectFrom('membership_roles').selectAll().where('user_id', '=', user.user_id).execute()
    assert.deepEqual(
      roles.map(({ role_id }) => role_id),
      [role.id],
    )
  })

  it('is open only to connections of the organization, whatever is open to the application', async () => {
    const closed = await organization('no-doors', { closed: true })
    const user = await newUser()
    await join(db, closed, user.user_id)
    const page = await visitor().open(ask({ organization: closed }).url)
    assert.match(page.text, /<h1>You cannot sign in here<\/h1>/)
    const { browser } = await tokensOf(user, {})
    const { url } = await browser.open(ask({ organization: closed }).url)
    assert.equal(url.searchParams.get('error'), 'access_denied')
  })

  it('gives at an API what tenant-wide and member roles permit together, and without it the former alone', async () => {
    const API = 'https://fleet.example.com'
    const settings = { enforce_policies: true, token_dialect: 'access_token_authz' } as const
    await addApi(test, { identifier: API, scopes: ['read:fleet', 'move:fleet', 'sell:fleet'], settings })
    const roleWith = async (name: string, permission: string) => {
      const { body } = await call('POST', '/api/v2/roles', { body: { name } })
      const permissions = [{ resource_server_identifier: API, permission_name: permission }]
      await call('POST', `/api/v2/roles/${body.id}/permissions`, { body: { permissions } })
      return String(body.id)
    }
    const [reader, mover, seller] = [
      await roleWith('Reads', 'read:fleet'),
      await roleWith('Moves', 'move:fleet'),
      await roleWith('Sells', 'sell:fleet'),
    ]
    const user = await newUser()
    await call('POST', `/api/v2/users/${user.user_id}/roles`, { body: { roles: [reader] } })
    for (const [id, role] of [
      [acme, mover],
      [globex, seller],
    ] as const) {
      await join(db, id, user.user_id)
      const row = { organization_id: id, user_id: user.user_id, role_id: role, created_at: new Date() }
      await db.insertInto('membership_roles').values(row).execute()
    }
    const scope = 'openid read:fleet move:fleet sell:fleet'
    const within = await tokensOf(user, { organization: acme, audience: API, scope })
    assert.deepEqual(decodeJwt(within.access_token).permissions, ['move:fleet', 'read:fleet'])
    assert.equal(decodeJwt(within.access_token).scope, 'openid read:fleet move:fleet')
    const without = await tokensOf(user, { audience: API, scope })
    assert.deepEqual(decodeJwt(without.access_token).permissions, ['read:fleet'])
  })

  it('can be made with a password alone, by the same rules', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    const stranger = await newUser()
    await call('PATCH', '/api/v2/tenants/settings', { body: { default_directory: test.connection.name } })
    await use({ organization_usage: 'allow' }, WEB)
    const form = (email = '', more: Record<string, string> = {}) => ({
      grant_type: 'password',
      client_id: WEB,
      client_secret: WEB_SECRET,
      username: email,
      password: PASSWORD,
      scope: 'openid',
      ...more,
    })
    const good = await token(form(user.email, { organization: acme }))
    assert.equal(decodeJwt(good.body.id_token).org_id, acme)
    const outside = await token(form(stranger.email, { organization: acme }))
    assert.deepEqual(
      [outside.status, outside.body.error, outside.body.error_description],
      [403, 'access_denied', `user ${stranger.user_id} is not part of the ${acme} organization`],
    )
    const unknown = await token(form(user.email, { organization: 'org_nowhere' }))
    assert.deepEqual(
      [unknown.status, unknown.body.error_description],
      [400, 'parameter organization is invalid: org_nowhere'],
    )
    await use({ organization_usage: 'require' }, WEB)
    const without = await token(form(user.email))
    assert.equal(without.body.error_description, 'parameter organization is required for this client')
  })

  it('cannot be turned to another organization by the one who exchanges the code', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    await join(db, globex, user.user_id)
    const asked = ask({ organization: acme })
    const landed = await signIn(visitor(), asked, user.email)
    assert.ok(codeOf(landed))
    const { body } = await exchange(asked, landed, { organization: globex })
    assert.equal(decodeJwt(body.id_token).org_id, acme)
    assert.equal(asked.clientId, SPA)
  })
})
