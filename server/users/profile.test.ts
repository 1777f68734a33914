import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ATTRIBUTE_ROWS, isEditor, profileForm } from './attribute-rules.ts'
import { claimsOf, profileOf } from './profile.ts'
import { NewUser, SignUpAttributes, UserUpdate } from './schemas.ts'
import { fold, mergeMetadata, type User, withDefaults } from './user.ts'

const USER: User = {
  user_id: 'auth0|1',
  email: 'ann@example.com',
  email_verified: true,
  name: 'Ann from the provider',
  picture: 'https://provider.example/ann.png',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-02T00:00:00.000Z',
  identities: [],
}

describe('the profile', () => {
  it('shows what the person put into his metadata in place of what a provider says, with its source', () => {
    const profile = profileOf({ ...USER, user_metadata: { name: 'Ann', locale: 'de-CH' } })
    assert.deepEqual(profile.name, { value: 'Ann', source: 'user_metadata' })
    assert.deepEqual(profile.locale, { value: 'de-CH', source: 'user_metadata' })
    assert.deepEqual(profile.email, { value: 'ann@example.com', source: 'profile' })
  })

  it('is not overridden where the row does not allow it, nor by a value of another shape', () => {
    const profile = profileOf({
      ...USER,
      user_metadata: {
        email: 'boss@example.com',
        email_verified: false,
        user_id: 'auth0|2',
        name: { toString: 1 },
        picture: 'javascript:alert(1)',
        locale: 7,
      },
      app_metadata: { blocked: false },
    })
    assert.equal(profile.email?.value, 'ann@example.com')
    assert.equal(profile.email_verified?.value, true)
    assert.equal(profile.user_id?.value, 'auth0|1')
    assert.equal(profile.name?.value, 'Ann from the provider')
    assert.equal(profile.picture?.value, 'https://provider.example/ann.png')
    assert.ok(!('locale' in profile))
    assert.ok(!('blocked' in profile))
  })

  it('releases claims by scope, and nothing without one', () => {
    const user = { ...USER, user_metadata: { nickname: 'annie' }, phone_number: '+41790000000', phone_verified: true }
    assert.deepEqual(claimsOf(user, new Set(['openid'])), { sub: 'auth0|1' })
    assert.deepEqual(claimsOf(user, new Set(['openid', 'email'])), {
      sub: 'auth0|1',
      email: 'ann@example.com',
      email_verified: true,
    })
    assert.deepEqual(claimsOf(user, new Set(['phone'])), {
      sub: 'auth0|1',
      phone_number: '+41790000000',
      phone_number_verified: true,
    })
    assert.deepEqual(claimsOf(user, new Set(['profile'])), {
      sub: 'auth0|1',
      name: 'Ann from the provider',
      nickname: 'annie',
      picture: 'https://provider.example/ann.png',
      updated_at: '2026-01-02T00:00:00.000Z',
    })
  })
})

describe('the attributes table', () => {
  it('draws the bodies of the Management API with just the properties that Auth0 takes', () => {
    const common = [
      'app_metadata',
      'blocked',
      'email',
      'email_verified',
      'family_name',
      'given_name',
      'name',
      'nickname',
    ]
    const shared = [...common, 'password', 'phone_number', 'phone_verified', 'picture', 'user_metadata', 'username']
    assert.deepEqual(namesOf(NewUser), [...shared, 'connection', 'user_id', 'verify_email'].sort())
    assert.deepEqual(
      namesOf(UserUpdate),
      [...shared, 'client_id', 'connection', 'verify_email', 'verify_phone_number'].sort(),
    )
  })

  it('lets whoever signs up say his names and identifiers, never that he is verified or not blocked', () => {
    assert.deepEqual(namesOf(SignUpAttributes), [
      'email',
      'family_name',
      'given_name',
      'name',
      'nickname',
      'phone_number',
      'picture',
      'username',
    ])
  })

  it('lets nobody write on himself what authority or the server decides', () => {
    const own = ATTRIBUTE_ROWS.flatMap(([name, row]) => (isEditor(row, 'self') ? [name] : []))
    for (const name of ['blocked', 'email', 'email_verified', 'user_id', 'last_login', 'phone_verified'] as const) {
      assert.ok(!own.includes(name), name)
    }
  })

  it('draws a form in order, marking what cannot be changed', () => {
    const form = profileForm('self')
    assert.deepEqual(
      form.map(({ name, editable }) => [name, editable]),
      [
        ['name', true],
        ['given_name', true],
        ['family_name', true],
        ['nickname', true],
        ['email', false],
        ['username', false],
        ['phone_number', false],
        ['picture', true],
        ['locale', true],
        ['zoneinfo', true],
      ],
    )
  })
})

describe('a user', () => {
  it('is compared in one form', () => {
    assert.equal(fold('ＡNN@Example.com'), 'ann@example.com')
    assert.equal(fold('e\u0301'), fold('É'))
  })

  it('keeps names that were given, and takes the rest from the address or user name', () => {
    assert.equal(withDefaults({ email: 'a.b@example.com' }).nickname, 'a.b')
    assert.equal(withDefaults({ username: 'ann' }).name, 'ann')
    assert.equal(withDefaults({ email: 'a@example.com', name: 'Ann' }).name, 'Ann')
    assert.match(withDefaults({ email: 'a@example.com', name: 'Ann' }).picture ?? '', /avatars%2Fan\.png$/)
  })

  it('merges metadata without touching what it was given', () => {
    const before = { a: { x: 1 }, b: 2 }
    assert.deepEqual(mergeMetadata(before, { a: { y: 1 }, b: null }), { a: { y: 1 } })
    assert.deepEqual(before, { a: { x: 1 }, b: 2 })
    assert.deepEqual(mergeMetadata(before, null), {})
  })
})

function namesOf(schema: object): string[] {
  return Object.keys((schema as { properties: object }).properties).sort()
}
