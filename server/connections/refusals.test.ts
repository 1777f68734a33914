import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { createConnection, PATH } from './connections.testing.ts'

describe('what connections refuse', async () => {
  const { call, tokenFor, db } = await startTestServer()
  const kept = await createConnection(call, 'Kept')

  const bodies: [string, object, string, RegExp][] = [
    ['no name', { name: undefined }, 'invalid_body', /Missing required property: name/],
    ['no strategy', { strategy: undefined }, 'invalid_body', /Missing required property: strategy/],
    ['a name that ends in a hyphen', { name: 'a-' }, 'invalid_body', /does not match pattern/],
    ['a name with blanks', { name: 'a b' }, 'invalid_body', /does not match pattern/],
    ['an endless name', { name: 'a'.repeat(129) }, 'invalid_body', /too long \(129 chars\), maximum 128/],
    ['an unknown strategy', { strategy: 'nonsense' }, 'invalid_body', /No enum match for: "nonsense"/],
    ['an unknown property', { id: 'con_1' }, 'invalid_body', /Additional properties not allowed: id/],
    ['a strategy that is not offered', { strategy: 'samlp' }, 'operation_not_supported', /samlp are not offered/],
    ['another, with its options', { strategy: 'okta', options: { client_id: 'x' } }, 'operation_not_supported', /okta/],
    [
      'a provider without addresses',
      { strategy: 'oidc', options: { client_id: 'x' } },
      'invalid_body',
      /discovery_url/,
    ],
    ['numbers as metadata', { metadata: { a: 1 } }, 'invalid_body', /on property metadata.a/],
    [
      'eleven metadata',
      { metadata: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [i, ''])) },
      'invalid_body',
      /Too many properties defined, maximum 10/,
    ],
    ['long metadata', { metadata: { a: 'x'.repeat(256) } }, 'invalid_body', /too long \(256 chars\), maximum 255/],
    ['an unknown client', { enabled_clients: ['nobody'] }, 'invalid_body', /no client with the id nobody/],
  ]
  for (const [what, body, code, message] of bodies) {
    it(`${what}`, async () => {
      const answer = await call('POST', PATH, { body: { name: 'Refused', strategy: 'auth0', ...body } })
      assert.equal(answer.status, 400, answer.text)
      assert.equal(answer.body.errorCode, code)
      assert.match(answer.body.message, message)
    })
  }

  const identifier = { identifier: { active: true } }
  const options: [string, object, string, RegExp][] = [
    ['an option nobody knows', { nonsense: 1 }, 'invalid_body', /not allowed: nonsense' on property options/],
    [
      'an unknown policy',
      { passwordPolicy: 'superb' },
      'invalid_body',
      /No enum match for: "superb"' on property options.passwordPolicy/,
    ],
    ['no length at all', { password_complexity_options: { min_length: 0 } }, 'invalid_body', /less than minimum 1/],
    [
      'a length of 129',
      { password_complexity_options: { min_length: 129 } },
      'invalid_body',
      /greater than maximum 128/,
    ],
    ['a history of 25', { password_history: { enable: true, size: 25 } }, 'invalid_body', /greater than maximum 24/],
    [
      '201 words',
      { password_dictionary: { enable: true, dictionary: Array(201).fill('w') } },
      'invalid_body',
      /too long \(201\), maximum 200/,
    ],
    [
      'null where it means nothing',
      { disable_signup: null },
      'invalid_body',
      /Expected type boolean but found type null/,
    ],
    ['lengths turned round', { validation: { username: { min: 5, max: 4 } } }, 'invalid_body', /cannot be greater/],
    ['a length of 129 for names', { validation: { username: { min: 1, max: 129 } } }, 'invalid_body', /maximum 128/],
    [
      'attributes and validation',
      { attributes: { email: identifier }, validation: { username: { min: 1, max: 2 } } },
      'invalid_body',
      /cannot be used together/,
    ],
    [
      'attributes and requires_username',
      { attributes: { email: identifier }, requires_username: true },
      'invalid_body',
      /cannot be used together/,
    ],
    [
      'nobody who could name himself',
      { attributes: { email: { identifier: { active: false } } } },
      'invalid_body',
      /must be an active identifier/,
    ],
    [
      'an address of several that signs in',
      { attributes: { email: { ...identifier, unique: false } } },
      'invalid_body',
      /not unique/,
    ],
    [
      'a custom database',
      { enabledDatabaseCustomization: true },
      'operation_not_supported',
      /Custom databases are not offered/,
    ],
    ['a script', { customScripts: { login: 'function login() {}' } }, 'operation_not_supported', /customScripts/],
    ['values for scripts', { configuration: { key: 'marked' } }, 'operation_not_supported', /configuration/],
  ]
  for (const [what, given, code, message] of options) {
    it(`${what}, in a new connection and in a change`, async () => {
      const made = await call('POST', PATH, { body: { name: 'Refused', strategy: 'auth0', options: given } })
      const changed = await call('PATCH', `${PATH}/${kept.id}`, { body: { options: given, display_name: 'No' } })
      for (const answer of [made, changed]) {
        assert.equal(answer.status, 400, answer.text)
        assert.equal(answer.body.errorCode, code)
        assert.match(answer.body.message, message)
      }
    })
  }

  it('an address of several users where there was one each', async () => {
    const attributes = { username: identifier, email: { unique: false, identifier: { active: false } } }
    const refused = await call('PATCH', `${PATH}/${kept.id}`, { body: { options: { attributes } } })
    assert.equal(refused.status, 400)
    assert.equal(refused.body.message, 'cannot add non-unique email attribute')
  })

  it('another name or strategy', async () => {
    for (const body of [{ name: 'Else' }, { strategy: 'auth0' }]) {
      const refused = await call('PATCH', `${PATH}/${kept.id}`, { body: { ...body, display_name: 'No' } })
      assert.equal(refused.status, 400)
      assert.match(refused.body.message, /Additional properties not allowed/)
    }
  })

  it('ids that cannot be', async () => {
    for (const id of ['%00', 'a%2Fb', "x'--", 'x'.repeat(51)]) {
      const answer = await call('GET', `${PATH}/${id}`)
      assert.equal(answer.status, 400, id)
      assert.equal(answer.body.errorCode, 'invalid_uri')
    }
  })

  it('a token without the scope, one of an organization, and none', async () => {
    const wrong = await tokenFor({ scopes: ['read:users'] })
    const bound = await tokenFor({ organizationId: 'org_abcdefghijklmnop' })
    const own = `${PATH}/${kept.id}`
    const routes: [string, string, string, unknown?][] = [
      ['GET', PATH, 'read:connections'],
      ['POST', PATH, 'create:connections', { name: 'Refused', strategy: 'auth0' }],
      ['GET', own, 'read:connections'],
      ['PATCH', own, 'update:connections', { display_name: 'No' }],
      ['DELETE', own, 'delete:connections'],
      ['GET', `${own}/status`, 'read:connections'],
      ['GET', `${own}/clients`, 'read:connections'],
      ['PATCH', `${own}/clients`, 'update:connections', [{ client_id: 'a', status: true }]],
      ['DELETE', `${own}/users?email=a@b.c`, 'delete:users'],
    ]
    for (const [method, url, scope, body] of routes) {
      const refusal = await call(method, url, { as: wrong, body })
      assert.equal(refusal.status, 403)
      assert.equal(refusal.body.message, `Insufficient scope, expected any of: ${scope}`)
      assert.equal((await call(method, url, { as: bound, body })).status, 403)
      assert.equal((await call(method, url, { as: null, body })).status, 401)
    }
  })

  it('and nothing was stored or changed by any of it', async () => {
    assert.deepEqual((await call('GET', `${PATH}/${kept.id}`)).body, kept)
    const rows = await db.selectFrom('connections').select('name').orderBy('created_at').execute()
    assert.deepEqual(
      rows.map((row) => row.name),
      ['Username-Password-Authentication', 'Kept'],
    )
    const done = await db.selectFrom('events').select('description').where('type', '=', 'sapi').execute()
    assert.deepEqual(
      done.map((event) => event.description),
      ['Create a connection'],
    )
  })
})
