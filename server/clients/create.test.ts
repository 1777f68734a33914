import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

const CLIENTS = '/api/v2/clients'

describe('clients that are asked for', async () => {
  const { call, db } = await startTestServer()
  const count = async () => (await db.selectFrom('clients').select('client_id').execute()).length

  describe('are refused with 400 and nothing is made', () => {
    const refused: readonly [name: string, body: unknown, message: string][] = [
      [
        'no name',
        {},
        "Payload validation error: 'Missing required property: name' on property name (Name of the client, without < and >).",
      ],
      [
        'an unknown property',
        { name: 'a', colour: 'red' },
        "Payload validation error: 'Additional properties not allowed: colour'.",
      ],
      [
        'markup in the name',
        { name: '<b>' },
        "Payload validation error: 'String does not match pattern ^[^<>]+$: <b>' on property name (Name of the client, without < and >).",
      ],
      [
        'a name that is a number',
        { name: 7 },
        "Payload validation error: 'Expected type string but found type number' on property name (Name of the client, without < and >).",
      ],
      [
        'a description that is too long',
        { name: 'a', description: 'x'.repeat(141) },
        "Payload validation error: 'String is too long (141 chars), maximum 140' on property description (Free text).",
      ],
      [
        'an unknown app type',
        { name: 'a', app_type: 'toaster' },
        `Payload validation error: 'No enum match for: "toaster"' on property app_type.`,
      ],
      ['an unknown grant type', { name: 'a', grant_types: ['magic'] }, 'Invalid grant types: magic'],
      [
        'refresh tokens that rotate for ever',
        { name: 'a', refresh_token: { rotation_type: 'rotating', expiration_type: 'non-expiring' } },
        'Refresh tokens that rotate have to expire. Set refresh_token.expiration_type to expiring.',
      ],
      [
        'a callback that runs code',
        { name: 'a', callbacks: ['https://a.example', 'javascript:alert(1)'] },
        "Payload validation error: 'Object didn't pass validation for format callback-url: javascript:alert(1)' on property callbacks.1.",
      ],
      [
        'a wildcard in the middle of a host',
        { name: 'a', callbacks: ['https://a.*.example.com'] },
        "Payload validation error: 'Object didn't pass validation for format callback-url: https://a.*.example.com' on property callbacks.0.",
      ],
      [
        'a wildcard over a whole top-level domain',
        { name: 'a', callbacks: ['https://*.com/cb'] },
        "Payload validation error: 'Object didn't pass validation for format callback-url: https://*.com/cb' on property callbacks.0.",
      ],
      [
        'a login address without https',
        { name: 'a', initiate_login_uri: 'http://a.example/login' },
        "Payload validation error: 'Object didn't pass validation for format absolute-https-uri-with-placeholders-or-empty: http://a.example/login' on property initiate_login_uri.",
      ],
      [
        'eleven metadata',
        { name: 'a', client_metadata: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, 'v'])) },
        "Payload validation error: 'Too many properties defined, maximum 10' on property client_metadata (Up to 10 texts of up to 255 characters).",
      ],
      [
        'a metadata value that is too long',
        { name: 'a', client_metadata: { k: 'x'.repeat(256) } },
        "Payload validation error: 'String is too long (256 chars), maximum 255' on property client_metadata.k.",
      ],
      [
        'an add-on that carries a secret of another service',
        { name: 'a', addons: { layer: { privateKey: 'p' } } },
        "Payload validation error: 'Additional properties not allowed: layer' on property addons.",
      ],
      [
        'a default organization that does not exist',
        { name: 'a', default_organization: { organization_id: 'org_0123456789abcdef', flows: ['client_credentials'] } },
        'The organization org_0123456789abcdef of default_organization does not exist.',
      ],
      [
        'both ways to authenticate',
        {
          name: 'a',
          token_endpoint_auth_method: 'none',
          client_authentication_methods: { private_key_jwt: { credentials: [] } },
        },
        'token_endpoint_auth_method and client_authentication_methods cannot both be set. Send one of them.',
      ],
    ]
    for (const [name, body, message] of refused) {
      it(name, async () => {
        const before = await count()
        const answer = await call('POST', CLIENTS, { body })
        assert.equal(answer.status, 400)
        assert.deepEqual(answer.body, { statusCode: 400, error: 'Bad Request', message, errorCode: 'invalid_body' })
        assert.equal(await count(), before)
      })
    }

    it('__proto__ and constructor, at any depth', async () => {
      const before = await count()
      for (const body of [
        '{"name":"a","__proto__":{"is_first_party":true}}',
        '{"name":"a","client_metadata":{"__proto__":"x"}}',
        '{"name":"a","mobile":{"constructor":{"prototype":{"polluted":true}}}}',
        '[]',
        '"x"',
      ]) {
        assert.equal((await call('POST', CLIENTS, { body })).status, 400, body)
      }
      assert.equal(await count(), before)
      assert.equal(Reflect.get({}, 'polluted'), undefined)
    })
  })
})
