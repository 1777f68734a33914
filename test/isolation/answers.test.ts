/** D10: what no answer to an organization's administrator holds, whichever route he asks; and who is shown the link of an invitation. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { MANAGEMENT_ROUTES } from '../../server/app.ts'
import { join } from '../../server/organizations/organizations.testing.ts'
import { BUILT_IN_ROLES, type BuiltInRoleKey } from '../../server/roles/built-in.ts'
import { startTestServer } from '../harness.ts'
import { QUERIES } from './cases.ts'
import { changeForeign, type Foreign, foreignWorld } from './foreign-data.ts'

const PASSWORD = 'Morgentau-27-Fenster'

describe('D10: an answer to an administrator of an organization', async () => {
  const test = await startTestServer()
  const { call, db, tokenFor } = test
  let world: Foreign
  let as = ''
  const at = (path = '') => `/api/v2/organizations/${world.acme}${path}`

  before(async () => {
    world = await foreignWorld(test)
    await changeForeign(test, world)
    const { shared, acme } = world
    // A secret of every kind in every place where one can be, of a member.
    await db
      .updateTable('users')
      .set({ app_metadata: JSON.stringify({ plan: 'SECRET-app', locale: 'SECRET-app' }) })
      .set({ user_metadata: JSON.stringify({ locale: 'de', diary: 'SECRET-user' }) })
      .where('user_id', '=', shared)
      .execute()
    const claims = { access_token: 'SECRET-token', refresh_token: 'SECRET-token', sub: 'SECRET-claim' }
    await db
      .updateTable('identities')
      .set({ claims: JSON.stringify(claims), profile_data: JSON.stringify({ email: 'SECRET-profile@example.com' }) })
      .where('user_id', '=', shared)
      .where('position', '=', 1)
      .execute()
    const invited = await call('POST', at('/invitations'), {
      body: {
        inviter: { name: 'Ada' },
        invitee: { email: 'late@acme.example' },
        client_id: 'tenantry-account',
        app_metadata: { plan: 'SECRET-invited' },
        user_metadata: { diary: 'SECRET-invited' },
      },
    })
    assert.equal(invited.status, 201, invited.text)
    await call('PATCH', `/api/v2/users/${encodeURIComponent(shared)}`, {
      body: { app_metadata: { more: 'SECRET-patch' } },
    })
    as = await tokenFor({ userId: world.boss, organizationId: acme })
  })

  it('has no metadata that is the tenant’s, no claims or tokens of providers, no hash, and nothing of another organization', async () => {
    const { shared, boss, marks, acme } = world
    const [invitation] = (await call('GET', at('/invitations'))).body
    const [role] = (await call('GET', at(`/members/${encodeURIComponent(boss)}/roles`))).body
    const [log] = (await call('GET', '/api/v2/logs', { as })).body
    const { body: terms } = await call('POST', '/api/v2/terms', { as, body: { name: 'rules', required: true } })
    const texts = { en: { title: 'Rules', body: 'Be kind.' } }
    assert.equal((await call('POST', `/api/v2/terms/${terms.id}/versions`, { as, body: { texts } })).status, 201)
    const { body: hashes } = { body: await db.selectFrom('passwords').select('hash').execute() }
    const secrets = [
      'SECRET',
      '$argon2',
      'password_hash',
      'token_generation',
      'ticket_hash',
      'ticket_encrypted',
      ...marks,
    ]
    assert.ok(hashes.every(({ hash }) => hash.startsWith('$argon2')))
    let read = 0
    for (const route of MANAGEMENT_ROUTES) {
      if (route.method !== 'GET' || route.withinOrganization === 'refused') continue
      for (const userId of [shared, boss]) {
        const ids: Record<string, string> = {
          ':id': route.url.startsWith('/organizations') ? acme : route.url.startsWith('/roles') ? role.id : userId,
          ':user_id': userId,
          ':role_id': role.id,
          ':invitation_id': invitation.id,
          ':connection_id': 'none',
          ':connectionId': 'none',
          ':discovery_domain': 'none.example',
          ':discovery_domain_id': 'none',
          ':version': '1',
        }
        const other = route.url.startsWith('/logs/')
          ? log.log_id
          : route.url.startsWith('/terms/')
            ? terms.id
            : undefined
        const named: Record<string, string> = other === undefined ? ids : { ...ids, ':id': other }
        const path = route.url.replaceAll(/:\w+/g, (name) => encodeURIComponent(named[name] ?? 'none'))
        const sample = { organization: acme, user: userId, role: role.id, invitation: '', log: '', session: '' }
        const query =
          QUERIES[`GET ${route.url}`]?.({
            ...{
              ...sample,
              connection: '',
              domain: '',
              domainName: '',
              job: '',
              terms: terms.id,
              version: '1',
              client: '',
            },
          }) ?? ''
        const asked = `/api/v2${path}${query === '' ? '?' : `${query}&`}per_page=100`
        const { status, text } = await call('GET', asked, { as })
        if (status === 200) read += 1
        else assert.ok([403, 404].includes(status), `${asked}: ${status} ${text}`)
        for (const secret of secrets)
          assert.ok(!text.includes(secret), `${secret} in ${asked}: ${text.slice(0, 2_000)}`)
      }
    }
    assert.ok(read > 35, `${read} answers were read`)
    const whole = await call('GET', `/api/v2/users/${encodeURIComponent(shared)}`)
    assert.ok(whole.text.includes('SECRET-app') && whole.text.includes('SECRET-profile'), 'the tenant sees them')
  })

  it('is as bare when it answers a change', async () => {
    const { shared, acme } = world
    const user = await call('POST', '/api/v2/users', {
      body: {
        connection: 'Username-Password-Authentication',
        email: 'managed@acme.example',
        password: PASSWORD,
        app_metadata: { plan: 'SECRET-managed' },
        user_metadata: { diary: 'SECRET-managed' },
      },
    })
    await join(db, acme, user.body.user_id)
    const managed = db.updateTable('users').set({ managing_organization_id: acme })
    await managed.where('user_id', '=', user.body.user_id).execute()
    for (const [method, path, body] of [
      ['PATCH', `/api/v2/users/${encodeURIComponent(user.body.user_id)}`, { given_name: 'Mia' }],
      ['PATCH', `/api/v2/users/${encodeURIComponent(shared)}`, { blocked: true }],
      ['PATCH', at(`/members/${encodeURIComponent(shared)}`), { blocked: false }],
      ['POST', at('/members/bulk'), { action: 'block', members: [shared, user.body.user_id] }],
      ['PATCH', at(), { display_name: 'Acme' }],
    ] as const) {
      const { status, text } = await call(method, path, { as, body })
      assert.ok(status < 300, text)
      for (const secret of ['SECRET', '$argon2', ...world.marks])
        assert.ok(!text.includes(secret), `${secret}: ${text}`)
    }
  })

  it('D18: shows the link of an invitation to whoever could send it, and to nobody who only reads', async () => {
    const { body: roles } = await call('GET', '/api/v2/roles')
    const idOf = (key: BuiltInRoleKey) =>
      roles.find(({ name }: { name: string }) => name === BUILT_IN_ROLES[key].name).id
    const invite = async (email: string, given: string[]) =>
      (
        await call('POST', at('/invitations'), {
          body: {
            inviter: { name: 'Ada' },
            invitee: { email },
            client_id: 'tenantry-account',
            ...(given.length > 0 ? { roles: given } : {}),
          },
        })
      ).body
    const plain = await invite('plain@acme.example', [])
    const high = await invite('high@acme.example', [idOf('administrator')])
    assert.ok(plain.ticket_id && high.ticket_id && high.invitation_url, 'to an application of the tenant’s')
    const expected: Readonly<Record<BuiltInRoleKey, [boolean, boolean]>> = {
      auditor: [false, false],
      helper: [false, false],
      operator: [true, false],
      administrator: [true, true],
    }
    for (const [key, [seesPlain, seesHigh]] of Object.entries(expected)) {
      const { body: user } = await call('POST', '/api/v2/users', {
        body: { connection: 'Username-Password-Authentication', email: `${key}@acme.example`, password: PASSWORD },
      })
      await join(db, world.acme, user.user_id, key as BuiltInRoleKey)
      const token = await tokenFor({ userId: user.user_id, organizationId: world.acme })
      const list = await call('GET', at('/invitations?per_page=100'), { as: token })
      for (const [made, sees] of [
        [plain, seesPlain],
        [high, seesHigh],
      ] as const) {
        const one = await call('GET', at(`/invitations/${made.id}`), { as: token })
        assert.equal(one.status, 200)
        for (const { text } of [one, list])
          assert.equal(text.includes(made.ticket_id), sees, `${key}, ${made.invitee.email}`)
      }
      if (key !== 'operator') continue
      const resent = await call('POST', at(`/invitations/${high.id}/resend`), { as: token, body: {} })
      assert.equal(resent.status, 200, resent.text)
      assert.ok(!resent.text.includes(high.ticket_id))
    }
  })
})
