import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { SignJWT } from 'jose'
import { startTestServer } from '../../../test/harness.ts'
import { certifyItself, makeRsaKeyPair } from '../../base/certificates.ts'

/** A key whose thumbprint is known. */
const KNOWN = {
  kid: '4e7yYf0TKdyTLbVnpq2wLN6mZ8t7eb9UJkMksyHj9iU',
  pem: `-----BEGIN PUBLIC KEY-----
MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAua6LXMfgDE/tDdkOL1Oe
3oWUwg1r4dSTg9L7RCcI5hItUzmkVofHtWN0H4CH2lm2ANmaJUsnhzctYowYW2+R
tHvU9afTmtbdhpy993972hUqZSYLsE3iGziphYkOKVsqq38+VRH3TNg93zSLoRao
JnTTkMXseVqiyqYRmFN8+gQQoEclHSGPUWQG5XMZ+hhuXeFyo+Yw/qbZWca/6/2I
3rsca9jXR1alhxhHrXrg8N4Dm3gBgGbmiht6YYYT2Tyl1OqB9+iOI/9D7dfoCF6X
AWJXRE454cmC8k8oucpjZVpflA+ocKshwPDR6YTLQYbXYiaWxEoaz0QGUErNQBnG
I+sr9jDY3ua/s6HF6h0qyi/HVZH4wx+m4CtOfJoYTjrGBbaRszzUxhtSN2/MhXDu
+a35q9/2zcu/3fjkkfVvGUt+NyyiYOKQ9vsJC1g/xxdUWtowjNwjfZE2zcG4usi8
r38Bp0lmiipAsMLduZM/D5dFXkRdWCBNDfULmmg/4nv2wwjbjQuLemAMh7mmrztW
i/85WMnjKQZT8NqS43pmgyIzg1gK1neMqdS90YmQ/PvJ36qALxCs245w1JpN9BAL
JbwxCg/dbmKT7PalfWrksx9hGcJxtGqebldaOpw+5GVIPxxtC1C0gVr9BKeiDS3f
aibASY5pIRiKENmbZELDtucCAwEAAQ==
-----END PUBLIC KEY-----`,
}
const PEM = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicPem = PEM.publicKey.export({ type: 'spki', format: 'pem' }).toString()

describe('client credentials', async () => {
  const { call, db, tokenFor, server } = await startTestServer()
  const make = async (body: object = {}) =>
    (await call('POST', '/api/v2/clients', { body: { name: 'Signs', ...body } })).body
  const urlOf = (client: { client_id: string }) => `/api/v2/clients/${client.client_id}/credentials`
  const add = async (client: { client_id: string }, body: object = {}) =>
    await call('POST', urlOf(client), { body: { credential_type: 'public_key', pem: publicPem, ...body } })
  const generation = async ({ client_id }: { client_id: string }) =>
    (
      await db
        .selectFrom('clients')
        .select('token_generation')
        .where('client_id', '=', client_id)
        .executeTakeFirstOrThrow()
    ).token_generation

  it('a client made with a key shows it in full once, then by its id; it has no secret', async () => {
    const { status, body } = await call('POST', '/api/v2/clients', {
      body: {
        name: 'Signs',
        client_authentication_methods: {
          private_key_jwt: { credentials: [{ credential_type: 'public_key', name: 'First', pem: KNOWN.pem }] },
        },
      },
    })
    assert.equal(status, 201)
    const [credential] = body.client_authentication_methods.private_key_jwt.credentials
    assert.match(credential.id, /^cred_/)
    assert.deepEqual(
      { ...credential, id: '', created_at: '', updated_at: '' },
      {
        id: '',
        name: 'First',
        credential_type: 'public_key',
        kid: KNOWN.kid,
        alg: 'RS256',
        created_at: '',
        updated_at: '',
      },
    )
    assert.ok(!('client_secret' in body) && !('token_endpoint_auth_method' in body))
    const read = (await call('GET', `/api/v2/clients/${body.client_id}`)).body
    assert.deepEqual(read.client_authentication_methods, {
      private_key_jwt: { credentials: [{ id: credential.id }] },
    })
    assert.ok(!('client_secret' in read))
    assert.deepEqual((await call('GET', urlOf(body))).body, [credential])
    assert.deepEqual((await call('GET', `${urlOf(body)}/${credential.id}`)).body, credential)
    assert.equal((await call('POST', `/api/v2/clients/${body.client_id}/rotate-secret`)).status, 400)
    assert.equal(
      (await call('PATCH', `/api/v2/clients/${body.client_id}`, { body: { client_secret: 'x' } })).status,
      400,
    )
  })

  it('with one bad key among them, no client is made', async () => {
    const before = await db.selectFrom('clients').select('client_id').execute()
    const key = { credential_type: 'public_key', pem: publicPem }
    const credentials = [key, { ...key, pem: 'no key' }]
    const body = { name: 'Signs', client_authentication_methods: { private_key_jwt: { credentials } } }
    assert.equal((await call('POST', '/api/v2/clients', { body })).status, 400)
    assert.equal((await db.selectFrom('clients').select('client_id').execute()).length, before.length)
  })

  it('an added key counts when the client names it, which ends secret and tokens; taking it back makes a new secret', async () => {
    const client = await make()
    const { status, body: credential } = await add(client, { kid: 'my-own-key-id', alg: 'PS256', name: 'Second' })
    assert.equal(status, 201)
    assert.equal(credential.kid, 'my-own-key-id')
    assert.equal(credential.alg, 'PS256')
    const url = `/api/v2/clients/${client.client_id}`
    assert.ok(!('client_authentication_methods' in (await call('GET', url)).body))

    const named = { private_key_jwt: { credentials: [{ id: credential.id }] } }
    const start = await generation(client)
    const switched = await call('PATCH', url, {
      body: { client_authentication_methods: named, token_endpoint_auth_method: null },
    })
    assert.equal(switched.status, 200)
    assert.deepEqual(switched.body.client_authentication_methods, named)
    assert.ok(!('client_secret' in switched.body) && !('token_endpoint_auth_method' in switched.body))
    const row = await db
      .selectFrom('clients')
      .selectAll()
      .where('client_id', '=', client.client_id)
      .executeTakeFirstOrThrow()
    assert.deepEqual([row.secret_encrypted, row.secret_digest], [null, null])
    assert.equal(await generation(client), start + 1)

    const back = await call('PATCH', url, {
      body: { client_authentication_methods: null, token_endpoint_auth_method: 'client_secret_post' },
    })
    assert.equal(back.body.token_endpoint_auth_method, 'client_secret_post')
    assert.match(back.body.client_secret, /^[A-Za-z0-9]{64}$/)
    assert.notEqual(back.body.client_secret, client.client_secret)
    assert.ok(!('client_authentication_methods' in back.body))
    assert.equal(await generation(client), start + 2)
  })

  it("another client's key cannot be named", async () => {
    const [client, other] = [await make(), await make()]
    const { body: credential } = await add(other)
    const { status, body } = await call('PATCH', `/api/v2/clients/${client.client_id}`, {
      body: { client_authentication_methods: { private_key_jwt: { credentials: [{ id: credential.id }] } } },
    })
    assert.equal(status, 400)
    assert.match(body.message, /has no credential cred_/)
    assert.equal((await call('GET', `${urlOf(client)}/${credential.id}`)).status, 404)
    assert.equal((await call('PATCH', `${urlOf(client)}/${credential.id}`, { body: { expires_at: null } })).status, 404)
    assert.equal((await call('DELETE', `${urlOf(client)}/${credential.id}`)).status, 204)
    assert.equal((await call('GET', `${urlOf(other)}/${credential.id}`)).status, 200)
  })

  it('the end comes from the certificate when asked, unless one is given, and can be moved and taken away', async () => {
    const client = await make()
    const pair = await makeRsaKeyPair()
    const pem = await certifyItself(pair, 'client.example')
    const fromCertificate = await add(client, { pem, parse_expiry_from_cert: true })
    assert.equal(fromCertificate.status, 201)
    const years = (Date.parse(fromCertificate.body.expires_at) - Date.now()) / (365 * 24 * 3600 * 1000)
    assert.ok(years > 9.9 && years < 10.1)

    const given = await add(await make(), {
      pem,
      parse_expiry_from_cert: true,
      expires_at: '2095-05-13T11:33:13+02:00',
    })
    assert.equal(given.body.expires_at, '2095-05-13T09:33:13.000Z')

    const url = `${urlOf(client)}/${fromCertificate.body.id}`
    const moved = await call('PATCH', url, { body: { expires_at: '2033-05-16T11:07:30.535694+02:00' } })
    assert.equal(moved.status, 200)
    assert.equal(moved.body.expires_at, '2033-05-16T09:07:30.535Z')
    const endless = await call('PATCH', url, { body: { expires_at: null } })
    assert.ok(!('expires_at' in endless.body))
  })

  it('removing a key in use, or letting it end, ends the tokens; one that is not in use ends none', async () => {
    const client = await make()
    const [first, second, third] = [
      await add(client, { kid: 'key-number-1' }),
      await add(client, { kid: 'key-number-2' }),
      await add(client, { kid: 'key-number-3' }),
    ].map(({ body }) => body)
    await call('PATCH', `/api/v2/clients/${client.client_id}`, {
      body: {
        client_authentication_methods: { private_key_jwt: { credentials: [{ id: first.id }, { id: second.id }] } },
      },
    })
    const start = await generation(client)
    await call('DELETE', `${urlOf(client)}/${third.id}`)
    assert.equal(await generation(client), start)
    await call('PATCH', `${urlOf(client)}/${first.id}`, { body: { expires_at: '2020-01-01T00:00:00Z' } })
    assert.equal(await generation(client), start + 1)
    assert.equal((await call('DELETE', `${urlOf(client)}/${second.id}`)).status, 204)
    assert.equal(await generation(client), start + 2)
    assert.equal((await call('DELETE', `${urlOf(client)}/${second.id}`)).status, 204)
    assert.equal(await generation(client), start + 2)
    const { body } = await call('GET', `/api/v2/clients/${client.client_id}`)
    assert.deepEqual(body.client_authentication_methods, { private_key_jwt: { credentials: [{ id: first.id }] } })
  })

  it('a key in use gets a token at the token endpoint, one that is not gets none, nor one that was removed', async () => {
    const client = await make()
    const { client_id } = client
    const audience = server.config.managementAudience
    await call('POST', '/api/v2/client-grants', { body: { client_id, audience, scope: ['read:client_credentials'] } })
    const { body: credential } = await add(client)
    const ask = async () => {
      const assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'RS256', kid: credential.kid })
        .setIssuer(client_id)
        .setSubject(client_id)
        .setAudience(server.config.issuer)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(PEM.privateKey)
      return await call('POST', '/oauth/token', {
        as: null,
        body: {
          grant_type: 'client_credentials',
          client_id,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
          audience,
        },
      })
    }
    assert.equal((await ask()).status, 401)
    const credentials = [{ id: credential.id }]
    await call('PATCH', `/api/v2/clients/${client_id}`, {
      body: { client_authentication_methods: { private_key_jwt: { credentials } } },
    })
    const { status, body } = await ask()
    assert.equal(status, 200)
    assert.equal((await call('GET', urlOf(client), { as: body.access_token })).status, 200)
    await call('DELETE', `${urlOf(client)}/${credential.id}`)
    assert.equal((await call('GET', urlOf(client), { as: body.access_token })).status, 401)
    assert.equal((await ask()).status, 401)
  })

  describe('are refused with 400 and nothing is stored', () => {
    const privatePem = PEM.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' })
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })
    const refused: readonly [name: string, body: object, reason: RegExp][] = [
      ['a private key', { pem: privatePem }, /A private key was sent/],
      ['a private key after a public one', { pem: `${publicPem}\n${privatePem}` }, /A private key was sent/],
      ['text that is no key', { pem: 'hello' }, /Neither a public key nor a certificate in PEM' on property pem\.$/],
      ['a short key', { pem: short }, /The key has 1024 bits/],
      ['a key of another kind', { pem: curve }, /The key is not an RSA key/],
      ['an expiry from no certificate', { parse_expiry_from_cert: true }, /There is no certificate/],
      ['an algorithm that is none', { alg: 'none' }, /No enum match for: "none"/],
      ['a secret as algorithm', { alg: 'HS256' }, /No enum match for: "HS256"/],
      ['a short key id', { kid: 'short' }, /String is too short \(5 chars\), minimum 10/],
      ['a key id with blanks', { kid: 'with blanks in it' }, /String does not match pattern/],
      [
        'a date that is none',
        { expires_at: '2026-02-30T00:00:00Z' },
        /Object didn't pass validation for format date-time/,
      ],
      ['a certificate for mutual TLS', { credential_type: 'x509_cert' }, /No enum match for: "x509_cert"/],
      ['an unknown property', { use: 'sig' }, /Additional properties not allowed: use/],
      ['a name that is too long', { name: 'x'.repeat(129) }, /String is too long \(129 chars\), maximum 128/],
      ['a key that is no text', { pem: { toString: 'x' } }, /Expected type string but found type object/],
    ]
    for (const [name, body, reason] of refused) {
      it(name, async () => {
        const client = await make()
        const answer = await add(client, body)
        assert.equal(answer.status, 400)
        assert.equal(answer.body.errorCode, 'invalid_body')
        assert.match(answer.body.message, reason)
        assert.ok(!answer.text.includes('MII'))
        assert.deepEqual((await call('GET', urlOf(client))).body, [])
      })
    }

    it('__proto__', async () => {
      const client = await make()
      const body = JSON.stringify({ credential_type: 'public_key', pem: publicPem }).replace('{', '{"__proto__":{},')
      assert.equal((await call('POST', urlOf(client), { body })).status, 400)
      assert.deepEqual((await call('GET', urlOf(client))).body, [])
    })
  })

  it('the same key id twice is 409; the same key with another client is not', async () => {
    const client = await make()
    assert.equal((await add(client)).status, 201)
    const { status, body } = await add(client)
    assert.equal(status, 409)
    assert.equal(body.message, 'A credential with the same key id already exists.')
    assert.equal((await call('GET', urlOf(client))).body.length, 1)
    assert.equal((await add(await make())).status, 201)
  })

  it('an unknown client or credential is 404', async () => {
    const unknown = { client_id: 'unknown' }
    for (const answer of [await call('GET', urlOf(unknown)), await add(unknown)]) {
      assert.equal(answer.status, 404)
      assert.equal(answer.body.errorCode, 'inexistent_client')
    }
    const { status, body } = await call('GET', `${urlOf(await make())}/cred_unknown`)
    assert.equal(status, 404)
    assert.equal(body.errorCode, 'inexistent_credential')
  })

  it('every operation is closed to a token without its scope', async () => {
    const client = await make()
    const { body: credential } = await add(client)
    const as = await tokenFor({ scopes: ['read:clients', 'create:clients', 'update:clients', 'delete:clients'] })
    const operations: [string, string, object?][] = [
      ['GET', urlOf(client)],
      ['POST', urlOf(client), { credential_type: 'public_key', pem: KNOWN.pem }],
      ['GET', `${urlOf(client)}/${credential.id}`],
      ['PATCH', `${urlOf(client)}/${credential.id}`, { expires_at: null }],
      ['DELETE', `${urlOf(client)}/${credential.id}`],
    ]
    for (const [method, url, body] of operations) {
      assert.equal((await call(method, url, { as, body })).status, 403, `${method} ${url}`)
    }
    assert.deepEqual((await call('GET', urlOf(client))).body, [credential])
  })

  it('no key is in the events', async () => {
    const rows = await db.selectFrom('events').select(['person', 'details']).execute()
    const everything = JSON.stringify(rows)
    assert.ok(everything.includes('"pem":"*****"'))
    assert.ok(!everything.includes('BEGIN'))
  })
})
