import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { startTestServer } from '../../../test/harness.ts'
import { join, makeOrganization } from '../../organizations/organizations.testing.ts'
import type { BuiltInRoleKey } from '../../roles/built-in.ts'

const CONNECTION = 'Username-Password-Authentication'
const PASSWORD = 'Morgentau-27-Fenster'

describe("what an organization's administrator does to accounts", async () => {
  const { call, tokenFor, db } = await startTestServer()
  const people = new Map<string, string>()
  const idOf = (name: string) => people.get(name) ?? ''
  const urlOf = (name: string) => `/api/v2/users/${encodeURIComponent(idOf(name))}`
  let acme = ''
  let beta = ''

  async function person(name: string, role?: BuiltInRoleKey, managed = false): Promise<void> {
    const body = { connection: CONNECTION, email: `${name}@example.com`, password: PASSWORD, name, verify_email: false }
    const { body: user } = await call('POST', '/api/v2/users', { body })
    people.set(name, user.user_id)
    await join(db, acme, user.user_id, role)
    if (!managed) return
    const managing_organization_id = acme
    await db.updateTable('users').set({ managing_organization_id }).where('user_id', '=', user.user_id).execute()
  }
  const as = (name: string) => tokenFor({ userId: idOf(name), organizationId: acme })
  const stored = (name: string) =>
    db.selectFrom('users').selectAll().where('user_id', '=', idOf(name)).executeTakeFirstOrThrow()
  const mails = () => db.selectFrom('emails').select(['template', 'user_id', 'organization_id']).execute()

  before(async () => {
    acme = await makeOrganization(db, 'acme')
    beta = await makeOrganization(db, 'beta')
    const domain = { domain: 'example.com', status: 'verified', use_for_organization_discovery: false }
    await call('POST', `/api/v2/organizations/${acme}/discovery-domains`, { body: domain })
    await person('ada', 'administrator')
    await person('olga', 'operator')
    await person('hugo', 'helper')
    await person('max', undefined, true)
    await person('sam')
    await join(db, beta, idOf('sam'))
  })

  it('changes a managed account as far as its rows allow, and has a new address verified', async () => {
    const body = { name: 'Max M.', email: 'max.m@example.com', user_metadata: { locale: 'fr' } }
    const { status, body: answer, text } = await call('PATCH', urlOf('max'), { as: await as('olga'), body })
    assert.equal(status, 200, text)
    assert.deepEqual(
      [answer.name, answer.email, answer.email_verified, answer.user_metadata, answer.membership.managed],
      ['Max M.', 'max.m@example.com', false, { locale: 'fr' }, true],
    )
    assert.deepEqual(
      (await mails()).filter(({ user_id }) => user_id === idOf('max')).map(({ template }) => template),
      ['verify_email'],
    )
    const [entry] = (await call('GET', `${urlOf('max')}/logs`)).body
    assert.equal(entry.organization_id, acme)
  })

  it('blocks the membership and not the account', async () => {
    const token = await as('ada')
    for (const name of ['sam', 'max']) {
      const { status, body } = await call('PATCH', urlOf(name), { as: token, body: { blocked: true } })
      assert.deepEqual([status, body.blocked], [200, true])
      assert.equal((await stored(name)).blocked, null)
      assert.equal((await call('GET', `/api/v2/users?q=blocked:true`, { as: token })).body[0].user_id, idOf(name))
      const mixed = { blocked: false, name: 'X' }
      assert.equal((await call('PATCH', urlOf(name), { as: token, body: mixed })).status, 400)
      assert.equal((await call('PATCH', urlOf(name), { as: token, body: { blocked: false } })).body.blocked, false)
    }
    const blocked = await db.selectFrom('memberships').select('user_id').where('blocked_at', 'is not', null).execute()
    assert.deepEqual(blocked, [])
    assert.equal((await call('PATCH', urlOf('ada'), { as: token, body: { blocked: true } })).status, 403)
    assert.equal((await call('PATCH', urlOf('ada'), { as: await as('olga'), body: { blocked: true } })).status, 403)
  })

  it('is told the same of every account that is the person’s own, whoever else knows him, and changes nothing', async () => {
    await person('lone')
    const answers = []
    for (const name of ['sam', 'lone']) {
      const before = await stored(name)
      for (const body of [{ name: 'X' }, { email: 'x@example.com' }, { user_metadata: { locale: 'fr' } }]) {
        const { status, body: answer } = await call('PATCH', urlOf(name), { as: await as('ada'), body })
        assert.equal(status, 403)
        answers.push(answer.message)
      }
      const deleted = await call('DELETE', urlOf(name), { as: await as('ada') })
      answers.push(deleted.body.message)
      assert.deepEqual(await stored(name), before)
    }
    assert.equal(new Set(answers).size, 1)
  })

  it('writes neither what is the operator’s nor what belongs to the person', async () => {
    const before = await stored('max')
    for (const body of [
      { app_metadata: { plan: 'x' } },
      { app_metadata: null },
      { user_metadata: { diary: 'x' } },
      { user_metadata: {} },
      { user_metadata: null },
      { email_verified: true },
      { password: 'Another-Secret-42' },
      { password: null },
      { connection: CONNECTION, email: 'y@example.com' },
      { name: 'X', app_metadata: {} },
    ]) {
      const { status, text } = await call('PATCH', urlOf('max'), { as: await as('ada'), body })
      assert.equal(status, 403, `${JSON.stringify(body)} ${text}`)
    }
    assert.deepEqual(await stored('max'), before)
  })

  it('sets a password only where the operator has opened that, and a temporary one', async () => {
    const rules = JSON.stringify({ may_set_passwords: true })
    await db.updateTable('organizations').set({ rules }).where('id', '=', acme).execute()
    const { status } = await call('PATCH', urlOf('max'), {
      as: await as('ada'),
      body: { password: 'Sommerregen-88-Dach' },
    })
    assert.equal(status, 200)
    const password = await db
      .selectFrom('passwords')
      .selectAll()
      .where('user_id', '=', idOf('max'))
      .executeTakeFirstOrThrow()
    assert.deepEqual([password.temporary, password.set_by], [true, 'administrator'])
    const own = await call('PATCH', urlOf('sam'), { as: await as('ada'), body: { password: 'Sommerregen-88-Dach' } })
    assert.equal(own.status, 403)
    await db.updateTable('organizations').set({ rules: '{}' }).execute()
  })

  it('acts neither on himself nor on somebody above', async () => {
    const setManaged = { managing_organization_id: acme }
    await db
      .updateTable('users')
      .set(setManaged)
      .where('user_id', 'in', [idOf('ada'), idOf('olga')])
      .execute()
    for (const [who, whom] of [
      ['ada', 'ada'],
      ['olga', 'ada'],
    ] as const) {
      const token = await as(who)
      assert.equal((await call('PATCH', urlOf(whom), { as: token, body: { name: 'X' } })).status, 403)
      assert.equal(
        (await call('POST', `${urlOf(whom)}/emails`, { as: token, body: { kind: 'password_reset' } })).status,
        403,
      )
      assert.equal((await call('DELETE', `${urlOf(whom)}/sessions`, { as: token })).status, 403)
    }
    assert.equal((await call('DELETE', urlOf('ada'), { as: await as('ada') })).status, 403)
    assert.equal((await stored('ada')).name, 'ada')
  })

  it('does not reach people of other organizations by any of it', async () => {
    const { body: bea } = await call('POST', '/api/v2/users', {
      body: { connection: CONNECTION, email: 'bea@example.com', password: PASSWORD, verify_email: false },
    })
    await join(db, beta, bea.user_id)
    const token = await as('ada')
    const attempts = (id: string) => {
      const url = `/api/v2/users/${encodeURIComponent(id)}`
      return Promise.all([
        call('PATCH', url, { as: token, body: { name: 'X' } }),
        call('PATCH', url, { as: token, body: { app_metadata: {} } }),
        call('DELETE', url, { as: token }),
        call('POST', `${url}/emails`, { as: token, body: { kind: 'password_reset' } }),
        call('GET', `${url}/sessions`, { as: token }),
        call('DELETE', `${url}/sessions`, { as: token }),
        call('GET', `/api/v2/user-blocks/${encodeURIComponent(id)}`, { as: token }),
        call('DELETE', `/api/v2/user-blocks/${encodeURIComponent(id)}`, { as: token }),
        call('GET', `${url}/logs`, { as: token }),
      ])
    }
    const [foreign, never] = [await attempts(bea.user_id), await attempts('auth0|000000000000000000000000')]
    for (const [index, { status, text }] of foreign.entries()) {
      assert.deepEqual([status, text], [never[index]?.status, never[index]?.text])
      assert.equal(status, 404)
    }
    assert.deepEqual(
      (await mails()).filter(({ user_id }) => user_id === bea.user_id),
      [],
    )
  })

  it('makes accounts in a connection that is the organization’s own, and nowhere else', async () => {
    const shared = await call('POST', '/api/v2/users', {
      as: await as('olga'),
      body: { connection: CONNECTION, email: 'sam@example.com' },
    })
    const fresh = await call('POST', '/api/v2/users', {
      as: await as('olga'),
      body: { connection: CONNECTION, email: 'fresh@example.com' },
    })
    assert.deepEqual([shared.status, shared.body], [403, fresh.body])
    const { body: own } = await call('POST', '/api/v2/connections', {
      body: { name: 'acme-people', strategy: 'auth0' },
    })
    const opened = { organization_id: acme, connection_id: own.id, created_at: new Date() }
    await db
      .insertInto('organization_connections')
      .values({ ...opened, access_level: 'limited' })
      .execute()
    const made = await call('POST', '/api/v2/users', {
      as: await as('olga'),
      body: { connection: 'acme-people', email: 'nina@example.com', name: 'Nina' },
    })
    assert.equal(made.status, 201, made.text)
    people.set('nina', made.body.user_id)
    const { body: nina } = await call('GET', urlOf('nina'), { as: await as('olga') })
    assert.equal(nina.membership.managed, true)
    assert.deepEqual(
      await db.selectFrom('passwords').select('user_id').where('user_id', '=', idOf('nina')).execute(),
      [],
    )
    const sent = (await mails()).filter(({ user_id }) => user_id === idOf('nina'))
    assert.deepEqual(
      sent.map(({ template, organization_id }) => [template, organization_id]),
      [['reset_email', acme]],
    )
    const shut = { connection: 'acme-people', email: 'shut@example.com', blocked: true }
    assert.equal((await call('POST', '/api/v2/users', { as: await as('olga'), body: shut })).status, 403)
    await db
      .insertInto('organization_connections')
      .values({ ...opened, organization_id: beta })
      .execute()
    const again = { connection: 'acme-people', email: 'otto@example.com' }
    assert.equal((await call('POST', '/api/v2/users', { as: await as('olga'), body: again })).status, 403)
  })

  it('deletes a managed account', async () => {
    assert.equal((await call('DELETE', urlOf('nina'), { as: await as('olga') })).status, 403)
    assert.equal((await call('DELETE', urlOf('nina'), { as: await as('ada') })).status, 204)
    assert.equal((await call('GET', urlOf('nina'))).status, 404)
  })

  it('helps: sends links to the stored address, unblocks, signs out', async () => {
    const token = await as('hugo')
    for (const kind of ['password_reset', 'email_verification']) {
      const { status, body } = await call('POST', `${urlOf('sam')}/emails`, { as: token, body: { kind } })
      assert.deepEqual([status, body], [202, { kind, email: 'sam@example.com' }])
    }
    const sent = (await mails()).filter(({ user_id }) => user_id === idOf('sam')).map(({ template }) => template)
    assert.deepEqual(sent.sort(), ['reset_email', 'verify_email'])
    assert.equal(
      (await call('DELETE', `/api/v2/user-blocks/${encodeURIComponent(idOf('sam'))}`, { as: token })).status,
      204,
    )
    const session = await as('sam')
    assert.equal((await call('DELETE', `${urlOf('sam')}/sessions`, { as: token })).status, 202)
    assert.equal((await call('GET', '/api/v2/users', { as: session })).status, 401)
    assert.equal((await call('PATCH', urlOf('max'), { as: token, body: { name: 'X' } })).status, 403)
  })

  it('sees the roles that everybody has and those that are opened, and no other', async () => {
    const made = async (name: string) => (await call('POST', '/api/v2/roles', { body: { name } })).body.id
    const [open, closed] = [await made('Fitter'), await made('Secret')]
    await db.updateTable('roles').set({ open_to_organizations: true }).where('id', '=', open).execute()
    const token = await as('ada')
    const { body: roles } = await call('GET', '/api/v2/roles', { as: token })
    const names = roles.map(({ name }: { name: string }) => name)
    assert.deepEqual(names.sort(), ['Administrator', 'Auditor', 'Fitter', 'Helper', 'Operator'])
    const never = await call('GET', '/api/v2/roles/rol_never', { as: token })
    const hidden = await call('GET', `/api/v2/roles/${closed}`, { as: token })
    assert.deepEqual([hidden.status, hidden.body], [404, never.body])
    assert.equal((await call('GET', `/api/v2/roles/${open}/permissions`, { as: token })).status, 200)
    assert.equal((await call('GET', `/api/v2/roles/${closed}/permissions`, { as: token })).status, 404)
  })
})
