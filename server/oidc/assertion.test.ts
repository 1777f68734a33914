import assert from 'node:assert/strict'
import { createHmac, type KeyObject } from 'node:crypto'
import { describe, it } from 'node:test'
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose'
import { type Answer, startTestServer } from '../../test/harness.ts'
import { certifyItself, type KeyPair, makeRsaKeyPair } from '../base/certificates.ts'
import { now, nowSeconds, secondsFromNow } from '../base/clock.ts'
import { newId, newToken } from '../base/ids.ts'
import { ASK, AUDIENCE, addApi, addClient, addGrant, basic, post } from './oidc.testing.ts'

const ISSUER = 'http://localhost:3000/'
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const NO_KEY = 'no key of the client has signed it'

type Claims = { [name: string]: unknown }
type Signing = { alg?: string; kid?: string; key?: KeyObject }

describe('private_key_jwt', async () => {
  const test = await startTestServer()
  const { db, logged } = test
  const api = await addApi(test, { identifier: AUDIENCE })
  const [own, second, foreign, unlinked] = await Promise.all([1, 2, 3, 4].map(makeRsaKeyPair))
  if (!own || !second || !foreign || !unlinked) throw new Error('Four keys were made.')

  /** Stores a key of a client and returns the id under which its settings name it. */
  const addKey = async (client: string, kid: string, pair: KeyPair, more: { alg?: string; expires?: Date } = {}) => {
    const id = newId('cred')
    await db
      .insertInto('client_credentials')
      .values({
        id,
        client_id: client,
        name: null,
        kid,
        credential_type: 'public_key',
        alg: more.alg ?? 'RS256',
        public_key_pem: pem(pair),
        expires_at: more.expires ?? null,
        created_at: now(),
        updated_at: now(),
      })
      .execute()
    return id
  }
  const addKeyClient = async (id: string, keys: (client: string) => Promise<string[]>) => {
    await addClient(test, { id, method: 'private_key_jwt', secret: 'an-earlier-secret-of-this-client' })
    await addGrant(test, { client: id, api, scope: ['read:things'] })
    const credentials = (await keys(id)).map((key) => ({ id: key }))
    const settings = JSON.stringify({ client_authentication_methods: { private_key_jwt: { credentials } } })
    await db.updateTable('clients').set({ settings }).where('client_id', '=', id).execute()
  }
  await addKeyClient('machine', async (id) => {
    await addKey(id, 'unlinked-key', unlinked)
    return [await addKey(id, 'first-key', own), await addKey(id, 'second-key', second, { alg: 'PS256' })]
  })

  const claimsOf = (client: string, change: Claims = {}): Claims => {
    const at = nowSeconds()
    const claims = { iss: client, sub: client, aud: ISSUER, iat: at, exp: at + 60, jti: newToken(), ...change }
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
  }
  const sign = async (claims: Claims, { alg = 'RS256', kid = 'first-key', key = own.privateKey }: Signing = {}) =>
    await new SignJWT(claims).setProtectedHeader({ alg, ...(kid ? { kid } : {}) }).sign(key)
  const ask = async (client_assertion: string, change: Record<string, string | undefined> = {}): Promise<Answer> =>
    await post(test, {
      grant_type: 'client_credentials',
      audience: AUDIENCE,
      client_assertion_type: TYPE,
      client_assertion,
      ...change,
    })
  const refused = ({ status, body }: Answer, reason: string) => {
    assert.equal(status, 401)
    assert.deepEqual(body, {
      error: 'invalid_client',
      error_description: `The client assertion was refused: ${reason}.`,
    })
  }

  it('an assertion for the issuer or the token endpoint, under either address, gets a token', async () => {
    for (const base of [ISSUER, 'https://localhost:3443/']) {
      for (const aud of [base, `${base}oauth/token`, [base]]) {
        const { status, body } = await ask(await sign(claimsOf('machine', { aud })))
        assert.equal(status, 200)
        assert.equal(decodeJwt(body.access_token).sub, 'machine@clients')
      }
    }
    assert.equal((await ask(await sign(claimsOf('machine')), { client_id: 'machine' })).status, 200)
  })

  it('the key id may be left out, and each key has its own algorithm', async () => {
    assert.equal((await ask(await sign(claimsOf('machine'), { kid: '' }))).status, 200)
    const ps256 = { alg: 'PS256', kid: 'second-key', key: second.privateKey }
    assert.equal((await ask(await sign(claimsOf('machine'), ps256))).status, 200)
    refused(await ask(await sign(claimsOf('machine'), { ...ps256, alg: 'RS256' })), NO_KEY)
    refused(await ask(await sign(claimsOf('machine'), { alg: 'RS384' })), NO_KEY)
    refused(await ask(await sign(claimsOf('machine'), { kid: 'second-key' })), NO_KEY)
  })

  it('RS384 works where the key is registered for it, and a certificate serves as its key', async () => {
    await addKeyClient('rs384', async (id) => [await addKey(id, 'key-384', own, { alg: 'RS384' })])
    assert.equal((await ask(await sign(claimsOf('rs384'), { alg: 'RS384', kid: 'key-384' }))).status, 200)
    await addKeyClient('certified', async (id) => [await addKey(id, 'certified-key', own)])
    const public_key_pem = await certifyItself(own, 'machine')
    await db.updateTable('client_credentials').set({ public_key_pem }).where('client_id', '=', 'certified').execute()
    assert.equal((await ask(await sign(claimsOf('certified'), { kid: 'certified-key' }))).status, 200)
  })

  it('of twenty who send one assertion at once, one gets a token', async () => {
    const assertion = await sign(claimsOf('machine'))
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(assertion)))
    const [winner, ...losers] = answers.sort((a, b) => a.status - b.status)
    assert.equal(winner?.status, 200)
    assert.equal(losers.length, 19)
    for (const loser of losers) refused(loser, 'it was used before')
    refused(await ask(assertion), 'it was used before')
  })

  it('the same id in another assertion is refused; another client may use it', async () => {
    await addKeyClient('other-machine', async (id) => [await addKey(id, 'first-key', own)])
    const jti = newToken()
    assert.equal((await ask(await sign(claimsOf('machine', { jti })))).status, 200)
    refused(await ask(await sign(claimsOf('machine', { jti, exp: nowSeconds() + 90 }))), 'it was used before')
    assert.equal((await ask(await sign(claimsOf('other-machine', { jti })))).status, 200)
  })

  it('used assertions that can be replayed no more are forgotten', async () => {
    await db
      .insertInto('used_assertions')
      .values({ digest: 'old', expires_at: secondsFromNow(-100_000) })
      .execute()
    assert.equal((await ask(await sign(claimsOf('machine')))).status, 200)
    const digests = await db.selectFrom('used_assertions').select('digest').execute()
    assert.ok(digests.length > 0 && digests.every(({ digest }) => digest !== 'old'))
  })

  it('used ones are not good again after the clock was a day ahead', async (t) => {
    const right = Date.now()
    const at = (time: number) => {
      t.mock.timers.reset()
      t.mock.timers.enable({ apis: ['Date'], now: time })
    }
    at(right)
    const assertion = await sign(claimsOf('machine'))
    assert.equal((await ask(assertion)).status, 200)
    at(right + 86_400_000)
    assert.equal((await ask(await sign(claimsOf('machine')))).status, 200)
    at(right + 1_000)
    refused(await ask(assertion), 'it was used before')
  })

  const past = { iat: undefined, exp: nowSeconds() - 60 }
  const refusals: [string, Claims, string][] = [
    ['for another server', { aud: 'https://evil.example.com/' }, 'its claim aud is missing or wrong'],
    ['for the Management API', { aud: `${ISSUER}api/v2/` }, 'its claim aud is missing or wrong'],
    ['of another issuer', { iss: 'someone' }, 'its claim iss is missing or wrong'],
    ['without an expiry', { exp: undefined }, 'its claim exp is missing or wrong'],
    ['without an id', { jti: undefined }, 'its claim jti is missing or wrong'],
    ['with an empty id', { jti: '' }, 'it needs a jti of 1 to 64 characters'],
    ['with a number as id', { jti: 7 }, 'it needs a jti of 1 to 64 characters'],
    ['with a long id', { jti: 'x'.repeat(65) }, 'it needs a jti of 1 to 64 characters'],
    ['that has expired', past, 'it has expired'],
    ['that lives too long', { exp: nowSeconds() + 3_600 }, 'it may be valid for 300 seconds at most'],
    ['from the future', { iat: nowSeconds() + 60 }, 'it was issued in the future'],
    ['not yet valid', { nbf: nowSeconds() + 60 }, 'its claim nbf is missing or wrong'],
  ]
  for (const [name, change, reason] of refusals) {
    it(`an assertion ${name} is refused`, async () =>
      refused(await ask(await sign(claimsOf('machine', change))), reason))
  }

  it('an assertion signed by a foreign key, by one the client does not use, or by nobody is refused', async () => {
    const claims = claimsOf('machine')
    refused(await ask(await sign(claims, { key: foreign.privateKey })), NO_KEY)
    refused(await ask(await sign(claims, { kid: 'unlinked-key', key: unlinked.privateKey })), NO_KEY)
    refused(await ask(new UnsecuredJWT(claims).encode()), NO_KEY)
    const [header, payload] = [{ alg: 'HS256', kid: 'first-key' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    )
    const mac = createHmac('sha256', pem(own)).update(`${header}.${payload}`).digest('base64url')
    refused(await ask(`${header}.${payload}.${mac}`), NO_KEY)
    // None of these used it up.
    assert.equal((await ask(await sign(claims))).status, 200)
  })

  it('an expired credential is refused', async () => {
    await addKeyClient('late', async (id) => [await addKey(id, 'late-key', own, { expires: secondsFromNow(-1) })])
    const assertion = await sign(claimsOf('late'), { kid: 'late-key' })
    refused(await ask(assertion), 'the credential it was signed with has expired')
  })

  it('an unknown client is refused like one with another key', async () => {
    refused(await ask(await sign(claimsOf('nobody'))), NO_KEY)
  })

  it('a client uses its own method alone', async () => {
    const withSecret = { ...ASK, client_id: 'machine', client_secret: 'an-earlier-secret-of-this-client' }
    const answer = await post(test, withSecret)
    assert.deepEqual([answer.status, answer.body.error_description], [401, 'Unauthorized'])
    const { client_id: _, client_secret: __, ...rest } = ASK
    assert.equal((await post(test, rest, basic('machine', withSecret.client_secret))).status, 401)
    assert.equal((await post(test, { ...rest, client_id: 'machine' })).status, 401)
    await addClient(test, { id: 'by-secret', method: 'client_secret_post', secret: 'its-secret' })
    await addKey('by-secret', 'stray-key', own)
    refused(await ask(await sign(claimsOf('by-secret'), { kid: 'stray-key' })), NO_KEY)
  })

  it('what is not an assertion is refused, and so is a client id that contradicts it', async () => {
    for (const assertion of ['text', 'a.b.c', new UnsecuredJWT({ iss: 'machine' }).encode()]) {
      const { status, body } = await ask(assertion)
      assert.equal(status, 401)
      assert.equal(body.error_description, 'The client assertion is not a JWT that names its client.')
    }
    const assertion = await sign(claimsOf('machine'))
    const other = await ask(assertion, { client_id: 'other' })
    assert.deepEqual([other.status, other.body.error], [400, 'invalid_request'])
    const untyped = await ask(assertion, { client_assertion_type: undefined })
    assert.equal(untyped.body.error_description, `The parameter client_assertion_type must be ${TYPE}`)
    assert.equal((await ask(assertion)).status, 200)
  })

  it('an assertion is in no event and in no log', async () => {
    const used = await sign(claimsOf('machine'))
    await ask(used)
    await ask(used)
    const denied = await sign(claimsOf('machine'))
    await ask(denied, { audience: 'urn:unknown' })
    const traces = JSON.stringify(await db.selectFrom('events').selectAll().execute()) + logged()
    for (const assertion of [used, denied]) assert.ok(!traces.includes(assertion.slice(0, 200)))
    assert.ok(traces.includes('it was used before'))
  })
})

function pem({ publicKey }: KeyPair): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}
