import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { startTestServer } from '../../../test/harness.ts'
import { join, makeOrganization } from '../../organizations/organizations.testing.ts'
import type { BuiltInRoleKey } from '../../roles/built-in.ts'

const CONNECTION = 'Username-Password-Authentication'
const PASSWORD = 'Morgentau-27-Fenster'

describe("an organization's administrator", async () => {
  const { call, tokenFor, db } = await startTestServer()
  const people = new Map<string, string>()
  const idOf = (name: string) => people.get(name) ?? ''
  const urlOf = (name: string) => `/api/v2/users/${encodeURIComponent(idOf(name))}`
  let acme = ''
  let beta = ''

  async function person(name: string, more: object = {}): Promise<void> {
    const body = { connection: CONNECTION, email: `${name}@example.com`, password: PASSWORD, name, ...more }
    const { body: user } = await call('POST', '/api/v2/users', { body })
    people.set(name, user.user_id)
  }
  const as = (name: string, organizationId = acme) => tokenFor({ userId: idOf(name), organizationId })
  const list = async (query: string, name = 'ada', organizationId = acme) => {
    const url = `/api/v2/users?include_totals=true&${query}`
    const { status, body, text } = await call('GET', url, { as: await as(name, organizationId) })
    assert.equal(status, 200, text)
    return { names: body.users.map((user: { name: string }) => user.name), total: body.total, users: body.users }
  }
  const found = async (q: string) => (await list(`q=${encodeURIComponent(q)}`)).names.sort()

  before(async () => {
    acme = await makeOrganization(db, 'acme')
    beta = await makeOrganization(db, 'beta')
    await person('ada')
    await person('sam', {
      blocked: false,
      app_metadata: { secret: 'blue' },
      user_metadata: { locale: 'de', diary: 'private' },
    })
    await person('bea', { app_metadata: { secret: 'blue' } })
    await person('nobody')
    const roles: [string, string, BuiltInRoleKey?][] = [
      [acme, 'ada', 'administrator'],
      [acme, 'sam'],
      [beta, 'sam', 'administrator'],
      [beta, 'bea', 'auditor'],
    ]
    for (const [organizationId, name, role] of roles) await join(db, organizationId, idOf(name), role)
  })

  it('sees the members and nobody else, in lists, totals and by id', async () => {
    assert.deepEqual(await list('sort=name:1').then(({ names, total }) => [names, total]), [['ada', 'sam'], 2])
    assert.deepEqual(await list('', 'bea', beta).then(({ names, total }) => [names, total]), [['sam', 'bea'], 2])
    const token = await as('ada')
    const known = await call('GET', urlOf('sam'), { as: token })
    assert.equal(known.status, 200)
    const never = await call('GET', '/api/v2/users/auth0%7Cnever', { as: token })
    for (const name of ['bea', 'nobody']) {
      const { status, body } = await call('GET', urlOf(name), { as: token })
      assert.deepEqual([status, body], [404, never.body])
    }
    const byEmail = (address: string) => call('GET', `/api/v2/users-by-email?email=${address}`, { as: token })
    assert.equal((await byEmail('sam@example.com')).body.length, 1)
    assert.deepEqual((await byEmail('bea@example.com')).body, [])
  })

  it('sees of a member what the organization may know, and nothing else', async () => {
    await db.updateTable('users').set({ last_ip: '10.0.0.7', logins_count: 42 }).execute()
    const { body } = await call('GET', urlOf('sam'), { as: await as('ada') })
    const { created_at, membership, ...rest } = body
    assert.deepEqual(rest, {
      user_id: idOf('sam'),
      email: 'sam@example.com',
      email_verified: false,
      name: 'sam',
      nickname: 'sam',
      picture: rest.picture,
      blocked: false,
      logins_count: 0,
      user_metadata: { locale: 'de' },
      identities: [],
    })
    const { created_at: joined, ...more } = membership
    assert.equal(created_at, joined)
    assert.deepEqual(more, { roles: [], attributes: {}, managed: false, protected: false })
  })

  it('sees on whom he may not act: on himself, and on whoever has rights that he has not', async () => {
    await join(db, acme, idOf('nobody'), 'helper')
    const isProtected = async (name: string, asName: string) =>
      (await call('GET', urlOf(name), { as: await as(asName) })).body.membership.protected
    assert.equal(await isProtected('ada', 'ada'), true)
    assert.equal(await isProtected('nobody', 'ada'), false)
    assert.equal(await isProtected('ada', 'nobody'), true)
    assert.equal(await isProtected('sam', 'nobody'), false)
    await db.deleteFrom('memberships').where('user_id', '=', idOf('nobody')).execute()
  })

  it('finds members alone, however he asks', async () => {
    for (const q of [
      'email:*@example.com',
      '* OR name:bea',
      'name:ada OR name:bea OR name:nobody OR name:sam',
      '(email:bea@example.com) OR (name:sam) OR NOT name:zoe',
      'NOT name:ada AND NOT name:nobody OR name:ada',
      '_exists_:email',
      'created_at:[2000-01-01 TO *]',
      'logins_count:[0 TO *]',
      'name:[a TO zz]',
      '-blocked:true',
    ]) {
      assert.deepEqual(await found(q), ['ada', 'sam'], q)
    }
    assert.deepEqual(await list('q=name:bea').then(({ names, total }) => [names, total]), [[], 0])
    assert.deepEqual(await found('roles:Administrator'), ['ada'])
    assert.deepEqual(await found('NOT roles:Administrator'), ['sam'])
    assert.deepEqual(await found('roles:Auditor'), [])
    assert.deepEqual(await found('user_metadata.locale:de'), ['sam'])
    assert.deepEqual(await list('page=1&per_page=1').then(({ names, total }) => [names, total]), [['sam'], 2])
  })

  it('can neither ask nor sort by what he is not shown', async () => {
    const token = await as('ada')
    for (const query of [
      'q=app_metadata.secret:blue',
      'q=user_metadata.diary:private',
      'q=user_metadata.locale.x:1',
      'q=_exists_:app_metadata',
      'q=organization_id:x',
      'q=identities.connection:x',
      'q=updated_at:[2020 TO *]',
      'q=multifactor:x',
      'sort=updated_at:1',
      'sort=user_metadata.locale:1',
    ]) {
      const { status, body } = await call('GET', `/api/v2/users?${query}`, { as: token })
      assert.equal(status, 400, query)
      assert.equal(body.errorCode, 'invalid_query_string')
    }
  })

  it('pages by checkpoints through the members alone', async () => {
    const token = await as('ada')
    const first = await call('GET', '/api/v2/users?take=1', { as: token })
    const second = await call('GET', `/api/v2/users?take=1&from=${first.body.next}`, { as: token })
    const last = await call('GET', `/api/v2/users?take=1&from=${second.body.next}`, { as: token })
    const names = [first, second, last].map(({ body }) => body.users.map((user: { name: string }) => user.name))
    assert.deepEqual(names, [['ada'], ['sam'], []])
  })

  it('loses what he may do with the role, and everything with the membership, while his token lives', async () => {
    await person('eve')
    await join(db, acme, idOf('eve'), 'auditor')
    const token = await as('eve')
    const read = () => call('GET', urlOf('sam'), { as: token })
    assert.equal((await read()).status, 200)
    await db.deleteFrom('membership_roles').where('user_id', '=', idOf('eve')).execute()
    const { status, body } = await read()
    assert.deepEqual([status, body.errorCode], [403, 'insufficient_scope'])
    await join(db, acme, idOf('eve'), 'auditor')
    assert.equal((await read()).status, 200)
    await db
      .updateTable('memberships')
      .set({ ends_at: new Date(0) })
      .where('user_id', '=', idOf('eve'))
      .execute()
    assert.equal((await read()).status, 401)
    await db.deleteFrom('memberships').where('user_id', '=', idOf('eve')).execute()
    assert.equal((await read()).status, 401)
  })

  it('acts no more once the organization is suspended', async () => {
    const token = await as('bea', beta)
    assert.equal((await call('GET', '/api/v2/users', { as: token })).status, 200)
    await db.updateTable('organizations').set({ suspended_at: new Date() }).where('id', '=', beta).execute()
    assert.equal((await call('GET', '/api/v2/users', { as: token })).status, 401)
    await db.updateTable('organizations').set({ suspended_at: null }).execute()
  })

  it('is counted with the members who come and go in whatever way', async () => {
    const total = async () => (await list('')).total
    const before = await total()
    await person('zoe')
    await join(db, acme, idOf('zoe'))
    assert.equal(await total(), before + 1)
    await call('DELETE', urlOf('zoe'))
    assert.equal(await total(), before)
  })
})
