import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer, type TestServer } from '../../test/harness.ts'
import { ApiError } from '../http/errors.ts'
import { type OwnChange, ownFieldsOf, ownUpdateOf, refuseOwnChange } from './own-profile.ts'
import type { User } from './user.ts'

const AT = '2026-01-01T00:00:00.000Z'
const ADA: User = {
  user_id: 'auth0|1',
  email: 'ada@acme-robotics.example',
  email_verified: true,
  name: 'Ada',
  given_name: 'Ada',
  created_at: AT,
  updated_at: AT,
  user_metadata: { nickname: 'Countess', locale: 'de', family_name: 7, color: 'red' },
  identities: [{ connection: 'Username-Password-Authentication', user_id: '1', provider: 'auth0', isSocial: false }],
}
const GUEST: User = {
  ...ADA,
  user_id: 'okta|1',
  identities: [{ connection: 'acme', user_id: '1', provider: 'okta', isSocial: false }],
}
const fieldsOf = (user: User) => new Map(ownFieldsOf(user).map((field) => [field.name, field]))
const faultsOf = (work: () => unknown): string[] => {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof ApiError && error.code === 'invalid_body')
    const { validation_errors: faults = [] } = error.members as { validation_errors?: { field: string }[] }
    return faults.map(({ field }) => field)
  }
  return []
}

describe('what a person sees of himself', () => {
  it('is in the order of the form, each value with its source', () => {
    const names = ownFieldsOf(ADA).map(({ name }) => name)
    assert.deepEqual(names.slice(0, 3), ['name', 'given_name', 'family_name'])
    const fields = fieldsOf(ADA)
    assert.deepEqual([fields.get('name')?.value, fields.get('name')?.source], ['Ada', 'profile'])
    assert.deepEqual([fields.get('nickname')?.value, fields.get('nickname')?.source], ['Countess', 'user_metadata'])
    assert.deepEqual([fields.get('locale')?.value, fields.get('locale')?.source], ['de', 'user_metadata'])
    assert.equal(fields.get('family_name')?.source, undefined)
    assert.ok(!names.some((name) => ['blocked', 'email_verified', 'last_ip', 'user_id'].includes(name)))
  })

  it('is his to change where the table says so, and nowhere else', () => {
    const editable = ownFieldsOf(ADA).flatMap(({ name, editable }) => (editable ? [name] : []))
    assert.deepEqual(editable, ['name', 'given_name', 'family_name', 'nickname', 'picture', 'locale', 'zoneinfo'])
  })

  it('is locked where a provider says it at each sign-in, and overridden where it may be', () => {
    const fields = fieldsOf({ ...GUEST, phone_number: '+4930123456' })
    for (const name of ['email', 'phone_number'] as const) {
      assert.deepEqual([fields.get(name)?.source, fields.get(name)?.editable], ['provider', false])
    }
    const name = fields.get('name')
    assert.deepEqual([name?.source, name?.editable, name?.removable], ['provider', true, false])
    const nickname = fields.get('nickname')
    assert.deepEqual([nickname?.source, nickname?.editable, nickname?.removable], ['user_metadata', true, true])
  })
})

describe('what a person changes about himself', () => {
  it('goes to where it is shown from', () => {
    assert.deepEqual(ownUpdateOf(ADA, { given_name: 'Augusta', nickname: 'Lady', zoneinfo: 'Europe/London' }), {
      given_name: 'Augusta',
      user_metadata: { nickname: 'Lady', zoneinfo: 'Europe/London' },
    })
    assert.deepEqual(ownUpdateOf(ADA, { family_name: 'King' }), { family_name: 'King' })
  })

  it('taken away is gone, not replaced by what was under it', () => {
    const both = { ...ADA, nickname: 'ada' }
    assert.deepEqual(ownUpdateOf(both, { nickname: null }), { nickname: null, user_metadata: { nickname: null } })
    assert.deepEqual(ownUpdateOf(ADA, { given_name: null, locale: null }), {
      given_name: null,
      user_metadata: { locale: null },
    })
  })

  it('overrides what a provider says, and never touches it', () => {
    assert.deepEqual(ownUpdateOf(GUEST, { name: 'Ada K.', nickname: null }), {
      user_metadata: { name: 'Ada K.', nickname: null },
    })
    assert.deepEqual(
      faultsOf(() => ownUpdateOf(GUEST, { name: null, email: 'other@example.com' })),
      ['name', 'email'],
    )
  })

  it('takes nothing away that it does not name', () => {
    assert.deepEqual(ownUpdateOf(ADA, {}), {})
    assert.deepEqual(ownUpdateOf(ADA, { user_metadata: {} }), {})
    assert.deepEqual(ownUpdateOf(ADA, { user_metadata: { shoe: 38, color: null } }), {
      user_metadata: { shoe: 38, color: null },
    })
  })

  it('names everything that is wrong with it', () => {
    const change: OwnChange = {
      email: 'other@example.com',
      blocked: false,
      nonsense: 1,
      name: '',
      given_name: 7,
      family_name: 'King',
      user_metadata: { locale: 'not a language', zoneinfo: 5, family_name: 'Queen', email: 'no address', color: 1 },
    }
    assert.deepEqual(
      faultsOf(() => refuseOwnChange(change)),
      [
        'email',
        'blocked',
        'nonsense',
        'name',
        'given_name',
        'user_metadata.locale',
        'user_metadata.zoneinfo',
        'user_metadata.family_name',
        'user_metadata.email',
      ],
    )
    assert.deepEqual(
      faultsOf(() => refuseOwnChange({ name: 'Ada', locale: null, user_metadata: { nickname: null } })),
      [],
    )
  })
})

describe('people who change themselves', async () => {
  const test = await startTestServer()
  const newUser = (more: object) => create(test, more)
  const as = (userId: string) =>
    test.tokenFor({
      audience: test.server.config.myAccountAudience,
      userId,
      scopes: ['update:me:profile', 'read:me:profile'],
    })
  const patch = async (userId: string, body: object) =>
    test.call('PATCH', '/me/v1/profile', { as: await as(userId), body })
  const stored = async (userId: string) =>
    (await test.call('GET', `/api/v2/users/${encodeURIComponent(userId)}`)).body as User

  it('lose nothing on two tabs that save different fields at once', async () => {
    const id = await newUser({ given_name: 'Ada', user_metadata: { nickname: 'Countess', keep: true } })
    const changes = [
      { given_name: 'Augusta' },
      { family_name: 'King' },
      { nickname: 'Lady' },
      { locale: 'de' },
      { zoneinfo: 'Europe/Berlin' },
      { user_metadata: { one: 1 } },
      { user_metadata: { two: 2 } },
    ]
    const answers = await Promise.all(changes.map((change) => patch(id, change)))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    const { given_name, family_name, user_metadata } = await stored(id)
    assert.deepEqual([given_name, family_name], ['Augusta', 'King'])
    assert.deepEqual(user_metadata, {
      nickname: 'Lady',
      keep: true,
      locale: 'de',
      zoneinfo: 'Europe/Berlin',
      one: 1,
      two: 2,
    })
  })

  it('keep what they write as they write it, markup among it', async () => {
    const id = await newUser({})
    const name = '<img src=x onerror=alert(1)> & "Ada"'
    const { body, headers } = await patch(id, { name, user_metadata: { note: '{{ user.email }}<b>' } })
    assert.equal(body.name, name)
    assert.equal(headers['content-type'], 'application/json; charset=utf-8')
    const user = await stored(id)
    assert.equal(user.name, name)
    assert.equal(user.user_metadata?.note, '{{ user.email }}<b>')
  })

  it('see who else says something about them', async () => {
    const id = await newUser({ name: 'Ada' })
    await test.db.updateTable('identities').set({ provider: 'okta' }).where('user_id', '=', id).execute()
    await test.db
      .updateTable('connections')
      .set({ display_name: 'Okta at Acme' })
      .where('name', '=', 'Username-Password-Authentication')
      .execute()
    const { body } = await patch(id, { name: 'Countess' })
    const fields = new Map(body.fields.map((field: { name: string }) => [field.name, field]))
    assert.deepEqual(fields.get('email'), {
      name: 'email',
      label: 'attribute.email',
      group: 'contact',
      type: 'email',
      editable: false,
      removable: false,
      value: body.email,
      source: 'provider',
      source_name: 'Okta at Acme',
    })
    assert.deepEqual(fields.get('name'), {
      name: 'name',
      label: 'attribute.name',
      group: 'identity',
      type: 'text',
      max_length: 300,
      editable: true,
      removable: true,
      value: 'Countess',
      source: 'user_metadata',
    })
    assert.equal((await stored(id)).name, 'Ada')
    assert.equal((await patch(id, { email: 'other@example.com' })).status, 400)
  })

  it('never reach somebody else, whatever they send', async () => {
    const [ada, eve] = [await newUser({ name: 'Ada' }), await newUser({ name: 'Eve' })]
    const before = await stored(ada)
    assert.equal((await patch(eve, { user_id: ada, name: 'Changed' })).status, 400)
    assert.equal((await patch(eve, { name: 'Changed' })).body.user_id, eve)
    assert.deepEqual(await stored(ada), before)
  })
})

let people = 0

async function create({ call }: TestServer, more: object): Promise<string> {
  people += 1
  const { body, text } = await call('POST', '/api/v2/users', {
    body: {
      connection: 'Username-Password-Authentication',
      email: `person-${people}@example.com`,
      password: 'correct horse battery staple',
      ...more,
    },
  })
  assert.ok(body.user_id, text)
  return body.user_id
}
