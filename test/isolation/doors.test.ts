/** Side doors: what an administrator of an organization could find out, or get at, by answers that differ. */
import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { join as joinAs } from '../../server/organizations/organizations.testing.ts'
import { startOrganizations } from '../../server/organizations/two-organizations.testing.ts'
import type { BuiltInRoleKey } from '../../server/roles/built-in.ts'
import type { User } from '../../server/users/user.ts'

describe('an administrator of an organization', async () => {
  const test = await startOrganizations()
  const { call, db, server, person, acme, bolt, at, memberAt, join, tokenFor, connection } = test
  const staff = async (key: BuiltInRoleKey = 'administrator', organizationId = acme) => {
    const user = await person()
    await joinAs(db, organizationId, user.user_id, key)
    const as = await tokenFor({ userId: user.user_id, organizationId, lifetimeSeconds: 86_400 })
    const send = (method: string, url: string, body?: unknown) => call(method, url, { as, ...(body ? { body } : {}) })
    return { user, as, send }
  }
  const stranger = async () => {
    const user = await person()
    await join(bolt, [user])
    return user
  }
  const mailsTo = async () => await db.selectFrom('emails').select(['template', 'user_id', 'organization_id']).execute()

  it('learns from a batch of invitations who is a member, and of nobody else whether he has an account', async () => {
    const { user, send } = await staff()
    const [foreign, outside] = [await stranger(), await person()]
    const addresses = [foreign.email, outside.email, 'nobody-at-all@example.com', user.email]
    for (const dry_run of [true, false]) {
      const { status, body, text } = await send('POST', at(acme, '/invitations/batch'), {
        inviter: { name: 'Eve' },
        client_id: 'tenantry-account',
        dry_run,
        invitations: addresses.map((email) => ({ email })),
      })
      assert.equal(status, 200, text)
      const outcomes = body.results.map(({ outcome, message }: Record<string, string>) => `${outcome} ${message}`)
      assert.deepEqual(new Set(outcomes.slice(0, 3)), new Set(['created Invited.']))
      assert.match(outcomes[3], /^already_member/)
    }
    const { body: open } = await send('GET', at(acme, '/invitations?per_page=100'))
    const keys = open.map((invitation: object) => Object.keys(invitation).sort().join())
    assert.equal(new Set(keys).size, 1)
    for (const { user_id } of await mailsTo()) assert.ok(user_id !== foreign.user_id && user_id !== outside.user_id)
  })

  it('learns from no act on many, tried or done, who is a user elsewhere', async () => {
    const { send } = await staff()
    const foreign = await stranger()
    for (const action of ['block', 'unblock', 'remove', 'send_password_reset'] as const) {
      for (const dry_run of [true, false]) {
        const ask = async (id: string) => {
          const { status, text } = await send('POST', at(acme, '/members/bulk'), { action, members: [id], dry_run })
          return { status, text: text.replaceAll(id, '<id>') }
        }
        assert.deepEqual(await ask(foreign.user_id), await ask('auth0|000000000000000000000000'), action)
      }
    }
    assert.deepEqual(
      (await mailsTo()).filter(({ user_id }) => user_id === foreign.user_id),
      [],
    )
  })

  it('makes accounts where nobody else has any, and learns nothing of addresses elsewhere', async () => {
    const { send } = await staff()
    const foreign = await stranger()
    const { body: own } = await call('POST', '/api/v2/connections', {
      body: { name: 'acme-people', strategy: 'auth0' },
    })
    const body = { connection_id: own.id, organization_access_level: 'full' }
    assert.equal((await call('POST', at(acme, '/connections'), { body })).status, 201)
    const make = (email: string | undefined, name: string) => send('POST', '/api/v2/users', { connection: name, email })
    for (const name of [connection.name, 'never-was']) {
      const [known, unknown] = [await make(foreign.email, name), await make('nobody-1@example.com', name)]
      assert.deepEqual([known.status, known.text], [403, unknown.text])
    }
    const [known, unknown] = [
      await make(foreign.email, 'acme-people'),
      await make('nobody-2@example.com', 'acme-people'),
    ]
    assert.deepEqual([known.status, unknown.status], [201, 201], known.text)
    assert.deepEqual(Object.keys(known.body).sort(), Object.keys(unknown.body).sort())
    assert.notEqual(known.body.user_id, foreign.user_id)
    await call('POST', at(bolt, '/connections'), { body })
    const shared = await make('nobody-3@example.com', 'acme-people')
    assert.equal(shared.status, 403, 'a connection of two is nobody’s own')
  })

  it('uses his token at no other API of ours, and no token of another API here', async () => {
    const { user, as } = await staff()
    assert.equal((await call('GET', '/me/v1/profile', { as })).status, 401)
    const audiences = [
      server.config.myAccountAudience,
      'https://robots.example.com/',
      `${server.config.issuer}userinfo`,
    ]
    for (const audience of audiences) {
      const other = await tokenFor({ userId: user.user_id, organizationId: acme, audience })
      assert.equal((await call('GET', '/api/v2/users', { as: other })).status, 401, audience)
    }
    const bound = await tokenFor({
      userId: user.user_id,
      organizationId: acme,
      audience: server.config.myAccountAudience,
      scopes: ['read:me:organizations', 'delete:me:organizations'],
    })
    for (const [method, path] of [
      ['GET', '/organizations'],
      ['POST', `/organizations/${acme}/leave`],
      ['POST', `/organizations/${bolt}/leave`],
    ] as const) {
      const { status } = await call(method, `/me/v1${path}`, { as: bound, ...(method === 'POST' ? { body: {} } : {}) })
      assert.equal(status, 403, path)
    }
  })

  it('who is an application acts for no organization, whatever its token says', async () => {
    const as = await tokenFor({ organizationId: acme, scopes: ['read:users', 'read:organization_members'] })
    for (const url of ['/api/v2/users', at(acme, '/members'), '/api/v2/logs']) {
      assert.equal((await call('GET', url, { as })).status, 403, url)
    }
  })

  it('does not lift his own block by another organization of which he is a member', async () => {
    const both = await staff('administrator', bolt)
    await join(acme, [both.user])
    assert.equal((await call('PATCH', memberAt(acme, both.user), { body: { blocked: true } })).status, 200)
    const friend = await staff('administrator', bolt)
    const urls = [`/api/v2/users/${encodeURIComponent(both.user.user_id)}`, memberAt(bolt, both.user)]
    for (const url of urls) {
      assert.equal((await both.send('PATCH', url, { blocked: false })).status, 403)
      assert.equal((await friend.send('PATCH', url, { blocked: false })).status, 200)
    }
    for (const one of [both, friend]) {
      assert.equal((await one.send('PATCH', memberAt(acme, both.user), { blocked: false })).status, 404)
    }
    assert.equal((await call('GET', memberAt(acme, both.user))).body.blocked, true)
  })

  it('is one until the moment at which his membership ends, by the clock', async () => {
    const { user, send } = await staff()
    await staff()
    const end = new Date(Date.now() + 3_600_000)
    const ends_at = end.toISOString()
    assert.equal((await call('PATCH', memberAt(acme, user), { body: { ends_at } })).status, 200)
    mock.timers.enable({ apis: ['Date'], now: end.getTime() - 1_000 })
    try {
      assert.equal((await send('GET', '/api/v2/users')).status, 200)
      mock.timers.setTime(end.getTime())
      assert.equal((await send('GET', '/api/v2/users')).status, 401)
      mock.timers.setTime(end.getTime() - 2_000)
      assert.equal((await send('GET', '/api/v2/users')).status, 200, 'a clock that goes back gives what is stored')
    } finally {
      mock.timers.reset()
    }
  })

  it('sends links to the stored address alone, and none to strangers', async () => {
    const { send } = await staff()
    const [member, foreign] = [await person(), await stranger()]
    await join(acme, [member])
    const url = ({ user_id }: User) => `/api/v2/users/${encodeURIComponent(user_id)}/emails`
    const { status, body } = await send('POST', url(member), { kind: 'password_reset' })
    assert.deepEqual([status, body], [202, { kind: 'password_reset', email: member.email }])
    for (const more of [{ email: 'eve@example.com' }, { to: 'eve@example.com' }]) {
      assert.equal((await send('POST', url(member), { kind: 'password_reset', ...more })).status, 400)
    }
    assert.equal((await send('POST', url(foreign), { kind: 'password_reset' })).status, 404)
    assert.equal((await mailsTo()).filter(({ user_id }) => user_id === foreign.user_id).length, 0)
  })
})
