/** D11: what comes into being under an id or a name that was another's before inherits nothing of it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AUDIENCE } from '../../server/oidc/oidc.testing.ts'
import { organizations } from '../../server/oidc/organization.testing.ts'
import { ask, PASSWORD, SPA, signIn, startSignInServer } from '../../server/oidc/sign-in.testing.ts'
import { join } from '../../server/organizations/organizations.testing.ts'
import { authenticate } from '../../server/sign-in/authenticate.ts'
import type { User } from '../../server/users/user.ts'

const OFFLINE = { scope: 'openid offline_access', audience: AUDIENCE }

describe('D11', async () => {
  const test = await startSignInServer()
  const { call, db, server, newUser, visitor, token, tokenFor, connection } = test
  const { organization, use, invite, tokensOf, membershipOf } = organizations(test)
  await use({ organization_usage: 'allow' })

  const refresh = (refresh_token: string) => token({ grant_type: 'refresh_token', client_id: SPA, refresh_token })
  const userAt = ({ user_id }: Pick<User, 'user_id'>, path = '') =>
    `/api/v2/users/${encodeURIComponent(user_id)}${path}`
  const rolesOf = async (organizationId: string, { user_id }: Pick<User, 'user_id'>) => {
    const rows = await db
      .selectFrom('membership_roles as m')
      .innerJoin('roles as r', 'r.id', 'm.role_id')
      .select('r.name')
      .where('m.organization_id', '=', organizationId)
      .where('m.user_id', '=', user_id)
      .execute()
    return rows.map(({ name }) => name)
  }

  it('a membership that has ended and is taken up by an invitation has neither its roles nor its tokens', async () => {
    const acme = await organization('acme')
    const former = await newUser()
    await join(db, acme, former.user_id, 'administrator')
    const { refresh_token } = await tokensOf(former, { organization: acme, ...OFFLINE })
    const as = await tokenFor({ userId: former.user_id, organizationId: acme })
    assert.equal((await call('GET', '/api/v2/users', { as })).status, 200)
    // It runs out by itself, which raises no generation.
    await db
      .updateTable('memberships')
      .set({ ends_at: new Date(Date.now() - 1_000) })
      .where('user_id', '=', former.user_id)
      .execute()
    assert.equal((await call('GET', '/api/v2/users', { as })).status, 401)

    // Whoever invites him may invite, and give no roles.
    const { ticket } = await invite(acme, former.email ?? '')
    const browser = visitor()
    const asked = ask({ organization: acme, invitation: ticket })
    await browser.open(asked.url)
    await browser.send({})
    const landed = await browser.send({ password: PASSWORD })
    assert.ok(landed.url.searchParams.get('code'), landed.url.href)
    assert.equal((await membershipOf(acme, former))?.ends_at, null)
    assert.deepEqual(await rolesOf(acme, former), [])
    assert.equal((await call('GET', '/api/v2/users', { as })).status, 401)
    assert.equal((await refresh(refresh_token)).status, 403)
  })

  it('a user made anew with the same id and address has no role, token, session, block or membership of the first', async () => {
    const dock = await organization('dock')
    const first = await newUser()
    await join(db, dock, first.user_id, 'administrator')
    await join(db, dock, (await newUser()).user_id, 'administrator')
    await db.updateTable('users').set({ managing_organization_id: dock }).where('user_id', '=', first.user_id).execute()
    const roleOf = async (name: string) =>
      (await call('GET', '/api/v2/roles')).body.find((role: { name: string }) => role.name === name).id
    await call('POST', userAt(first, '/roles'), { body: { roles: [await roleOf('Auditor')] } })
    const bound = await tokenFor({ userId: first.user_id, organizationId: dock })
    const plain = await tokenFor({ userId: first.user_id, scopes: ['read:users'] })
    const { refresh_token, browser } = await tokensOf(first, { organization: dock, ...OFFLINE })
    const ticket = await call('POST', '/api/v2/tickets/password-change', { body: { user_id: first.user_id } })
    assert.equal(ticket.status, 201, ticket.text)
    for (let round = 0; round < 11; round += 1) await tryWrong(first.email ?? '')
    assert.equal((await call('GET', `/api/v2/user-blocks/${first.user_id}`)).body.blocked_for.length, 1)

    assert.equal((await call('DELETE', userAt(first))).status, 204)
    const again = await call('POST', '/api/v2/users', {
      body: {
        connection: connection.name,
        user_id: first.user_id.replace('auth0|', ''),
        email: first.email,
        password: 'another quiet harbour',
        email_verified: true,
      },
    })
    assert.deepEqual([again.status, again.body.user_id], [201, first.user_id], again.text)

    for (const as of [bound, plain]) assert.equal((await call('GET', '/api/v2/users', { as })).status, 401)
    assert.equal((await refresh(refresh_token)).status, 403)
    const silent = await browser.open(ask({ organization: dock, prompt: 'none' }).url)
    assert.equal(silent.url.searchParams.get('error'), 'login_required')
    assert.deepEqual(await db.selectFrom('tickets').selectAll().where('user_id', '=', first.user_id).execute(), [])
    for (const path of ['/roles', '/permissions', '/organizations', '/sessions', '/refresh-tokens']) {
      const { status, body } = await call('GET', userAt(first, path))
      assert.equal(status, 200, path)
      assert.equal(
        [body].flat().flatMap((part) => (Array.isArray(part) ? part : Object.values(part).flat())).length,
        0,
        path,
      )
    }
    assert.deepEqual((await call('GET', `/api/v2/user-blocks/${first.user_id}`)).body.blocked_for, [])
    const fresh = await call('GET', userAt(first))
    assert.deepEqual(
      [fresh.body.logins_count, fresh.body.last_login, fresh.body.app_metadata],
      [undefined, undefined, undefined],
    )
    const row = await db.selectFrom('users').selectAll().where('user_id', '=', first.user_id).executeTakeFirstOrThrow()
    assert.equal(row.managing_organization_id, null)
    assert.equal((await call('GET', `/api/v2/organizations/${dock}/members?include_totals=true`)).body.total, 1)
  })

  it('an organization made anew with the same name has no member, role, token, domain, invitation or entry of the first', async () => {
    const make = async () => {
      const { status, body, text } = await call('POST', '/api/v2/organizations', {
        body: { name: 'phoenix', enabled_connections: [{ connection_id: connection.id }] },
      })
      assert.equal(status, 201, text)
      return String(body.id)
    }
    const first = await make()
    const user = await newUser()
    await join(db, first, user.user_id, 'administrator')
    await db.updateTable('users').set({ managing_organization_id: first }).where('user_id', '=', user.user_id).execute()
    const { body: role } = await call('POST', '/api/v2/roles', { body: { name: 'Phoenix staff' } })
    await call('PATCH', `/api/v2/organizations/${first}/settings`, { body: { default_role_ids: [role.id] } })
    await call('POST', `/api/v2/organizations/${first}/discovery-domains`, {
      body: { domain: 'phoenix.example', status: 'verified' },
    })
    const { ticket } = await invite(first, 'guest@phoenix.example')
    const bound = await tokenFor({ userId: user.user_id, organizationId: first })
    const { refresh_token } = await tokensOf(user, { organization: first, ...OFFLINE })
    assert.equal((await call('DELETE', `/api/v2/organizations/${first}`)).status, 204)

    const second = await make()
    assert.notEqual(second, first)
    assert.equal((await call('GET', '/api/v2/users', { as: bound })).status, 401)
    assert.equal((await refresh(refresh_token)).status, 403)
    const { body: members } = await call('GET', `/api/v2/organizations/${second}/members?include_totals=true`)
    assert.deepEqual([members.total, members.members], [0, []])
    assert.deepEqual((await call('GET', `/api/v2/organizations/${second}/settings`)).body.default_role_ids, [])
    for (const path of ['invitations', 'discovery-domains']) {
      const { body } = await call('GET', `/api/v2/organizations/${second}/${path}`)
      assert.deepEqual([body.domains ?? body].flat(), [], path)
    }
    const page = await visitor().open(ask({ organization: second, invitation: ticket }).url)
    assert.match(page.text, /There is no such invitation/)
    const told = await signIn(visitor(), ask({ organization: second }), user.email)
    assert.equal(told.status, 403)
    const account = await db
      .selectFrom('users')
      .selectAll()
      .where('user_id', '=', user.user_id)
      .executeTakeFirstOrThrow()
    assert.equal(account.managing_organization_id, null)

    const boss = await newUser()
    await join(db, second, boss.user_id, 'administrator')
    const as = await tokenFor({ userId: boss.user_id, organizationId: second })
    const { body: logs } = await call('GET', '/api/v2/logs?include_totals=true&per_page=100', { as })
    assert.ok(logs.logs.every((entry: { organization_id: string }) => entry.organization_id === second))
    assert.ok(!JSON.stringify(logs).includes(first) && !JSON.stringify(logs).includes(user.user_id))
    const { body: summary } = await call('GET', `/api/v2/organizations/${second}/summary`, { as })
    assert.deepEqual([summary.members, summary.open_invitations], [1, 0])
    assert.ok(summary.sign_ins.every(({ ok, failed }: { ok: number; failed: number }) => ok + failed === 0))
  })

  async function tryWrong(identifier: string): Promise<void> {
    await authenticate(server, {
      connections: [connection],
      identifier,
      password: 'wrong',
      clientId: SPA,
      request: { id: 'r', method: 'POST', path: '/u/login', ip: '203.0.113.9', query: {} },
    })
  }
})
