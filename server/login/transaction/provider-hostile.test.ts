import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { decodeJwt } from 'jose'
import type { Visitor } from '../../../test/visitor.ts'
import { PROVIDER_CLIENT, PROVIDER_SECRET, startIdentityProvider } from '../../oidc/identity-provider.testing.ts'
import { type Asked, ask, codeOf, startSignInServer } from '../../oidc/sign-in.testing.ts'

describe('what a provider elsewhere may tell', async () => {
  const test = await startSignInServer()
  const { call, db, visitor, exchange, newUser } = test
  const provider = await startIdentityProvider()
  const options = {
    discovery_url: `${provider.issuer}/.well-known/openid-configuration`,
    client_id: PROVIDER_CLIENT,
    client_secret: PROVIDER_SECRET,
  }
  const make = async (name: string, more: object = {}) => {
    const body = { name, strategy: 'oidc', options: { ...options, ...more }, enabled_clients: ['spa'] }
    return (await call('POST', '/api/v2/connections', { body })).body
  }
  await make('workday')
  const userAt = (id: string) => `/api/v2/users/${encodeURIComponent(id)}`
  const named = (connection = 'workday', change: Record<string, string> = {}) => ask({ connection, ...change })
  const latest = async (type: string) =>
    (await call('GET', `/api/v2/logs?q=type:${type}&per_page=1&sort=date:-1`)).body[0]

  afterEach(() => {
    provider.state.misbehaves = {}
    provider.state.userinfo = {}
  })

  async function go(person: Visitor, asked: Asked, who: Record<string, unknown>) {
    provider.state.person = who
    const away = await person.open(asked.url)
    return await person.open(await provider.visit(away.url))
  }

  it('is left out where it cannot be stored, and lets people in nevertheless', async () => {
    const person = { sub: 'a1', name: 'Ada', department: 'x\0y', 'a\0b': 1, half: '\ud800', site: 'Ghent' }
    provider.state.misbehaves = {
      told: `{"sub":"a1","nickname":"\\u0000","nested":{"__proto__":{"admin":true}},"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    }
    codeOf(await go(visitor(), named(), person))
    const { body } = await call('GET', userAt('oidc|workday|a1'))
    assert.deepEqual([body.name, body.site], ['Ada', 'Ghent'])
    for (const name of ['department', 'a\0b', 'half', 'nested', 'deep']) assert.equal(body[name], undefined, name)
  })

  it('makes nobody of an id that cannot be one', async () => {
    for (const sub of ['\ud800', 'a\0b', 'a b', 'x'.repeat(300)]) {
      const answer = await go(visitor(), named(), { sub })
      assert.equal(answer.status, 502, JSON.stringify(sub))
      assert.equal((await latest('f')).description, 'The identity provider: sub_unusable')
    }
  })

  it('never takes the place of what is ours', async () => {
    const own = { user_id: 'auth0|x', blocked: true, phone_verified: true, app_metadata: { plan: 'gold' } }
    const more = { identities: [], logins_count: 99, last_login: 'never', multifactor: ['none'] }
    codeOf(await go(visitor(), named(), { sub: 'b1', ...own, ...more, constructor: 1, toString: 'kept' }))
    const { body } = await call('GET', userAt('oidc|workday|b1'))
    assert.deepEqual([body.user_id, body.logins_count, body.identities.length], ['oidc|workday|b1', 1, 1])
    for (const name of ['blocked', 'phone_verified', 'app_metadata', 'multifactor']) assert.equal(body[name], undefined)
    const { body: found } = await call('GET', `/api/v2/users?q=${encodeURIComponent('app_metadata.plan:"gold"')}`)
    assert.deepEqual(found, [])
  })

  it('is not kept beside the profile, nor at all where the operator says so', async () => {
    await make('sparing', { non_persistent_attrs: ['salary'], set_user_root_attributes: 'never_on_login' })
    codeOf(await go(visitor(), named('sparing'), { sub: 'c1', name: 'Cy', salary: 'sparing-secret', site: 'Ghent' }))
    const { body, text } = await call('GET', userAt('oidc|sparing|c1'))
    assert.deepEqual([body.name, body.site], [undefined, 'Ghent'], 'names are never taken there')
    const kept = await db.selectFrom('identities').selectAll().where('identity_id', '=', 'sparing|c1').execute()
    assert.ok(!`${text}${JSON.stringify(kept)}`.includes('sparing-secret'))
  })

  it('comes from the one that was asked: not of another issuer, another person or another address', async () => {
    for (const misbehaves of [
      { returnedIssuer: 'https://evil.example' },
      { moved: `${provider.issuer}/token` },
      { told: '{"sub":"somebody-else"}' },
      { told: `{"sub":"d1","big":"${'x'.repeat(1_000_000)}"}` },
    ]) {
      provider.state.misbehaves = misbehaves
      assert.equal((await go(visitor(), named(), { sub: 'd1' })).status, 502, Object.keys(misbehaves).join())
    }
    provider.state.misbehaves = { described: { token_endpoint: 'http://10.0.0.1/token' } }
    await make('inner')
    assert.equal((await go(visitor(), named('inner'), { sub: 'd1' })).status, 502)
    assert.equal((await call('GET', userAt('oidc|workday|d1'))).status, 404)
  })

  it('makes one user of somebody who comes back in many tabs at once', async () => {
    provider.state.person = { sub: 'e1' }
    const tabs = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const person = visitor()
        const away = await person.open(named().url)
        return [person, await provider.visit(away.url)] as const
      }),
    )
    for (const page of await Promise.all(tabs.map(([person, back]) => person.open(back)))) codeOf(page)
    const { body } = await call('GET', userAt('oidc|workday|e1'))
    assert.equal(body.logins_count, 6)
  })

  it('gives nobody what was another’s by a former connection of the same name', async () => {
    const { id } = await make('former')
    codeOf(await go(visitor(), named('former'), { sub: 'f1', email: 'f1@workday.example' }))
    const user = await newUser()
    const body = { provider: 'auth0', user_id: user.user_id }
    assert.equal((await call('POST', `${userAt('oidc|former|f1')}/identities`, { body })).status, 201)
    assert.equal((await call('DELETE', `/api/v2/connections/${id}`)).status, 204)
    await make('former')
    const answer = await go(visitor(), named('former'), { sub: 'f1', email: 'f1@workday.example' })
    assert.equal(answer.status, 502)
    assert.equal((await latest('f')).description, 'The identity provider: user_id_taken')
    codeOf(await go(visitor(), named('former'), { sub: 'f2' }))
  })

  it('is in the log by its connection, of a linked identity too', async () => {
    codeOf(await go(visitor(), named(), { sub: 'g1' }))
    const kind = ({ connection, strategy, strategy_type }: Record<string, unknown>) => [
      connection,
      strategy,
      strategy_type,
    ]
    assert.deepEqual(kind(await latest('s')), ['workday', 'oidc', 'enterprise'])
    assert.deepEqual(kind(await latest('ss')), ['workday', 'oidc', 'enterprise'])
    const user = await newUser()
    const body = { provider: 'oidc', user_id: 'workday|g1' }
    assert.equal((await call('POST', `${userAt(user.user_id)}/identities`, { body })).status, 201)
    const asked = named()
    const answer = await exchange(asked, await go(visitor(), asked, { sub: 'g1', email: 'taken@evil.example' }))
    const claims = decodeJwt(String(answer.body.id_token))
    assert.deepEqual([claims.sub, claims.email], [user.user_id, user.email])
    const entry = await latest('s')
    assert.deepEqual([entry.user_id, ...kind(entry)], [user.user_id, 'workday', 'oidc', 'enterprise'])
  })

  it('is a new proof where the application asks for one, or the one before was of no use', async () => {
    const atProvider = async (person: Visitor, asked: Asked) => (await person.open(asked.url)).url.searchParams
    assert.equal((await atProvider(visitor(), named())).get('prompt'), null)
    assert.equal((await atProvider(visitor(), named('workday', { prompt: 'login' }))).get('prompt'), 'login')
    assert.equal((await atProvider(visitor(), named('workday', { max_age: '600' }))).get('max_age'), '600')
    const seconds = Math.floor(Date.now() / 1000)
    const anew = named('workday', { prompt: 'login' })
    assert.equal((await go(visitor(), anew, { sub: 'h1', auth_time: seconds - 3600 })).status, 502)
    codeOf(await go(visitor(), anew, { sub: 'h1', auth_time: seconds }))
    codeOf(await go(visitor(), named(), { sub: 'h1', auth_time: seconds - 3600 }))
    const person = visitor()
    provider.state.misbehaves = { error: 'access_denied' }
    assert.equal((await go(person, named(), { sub: 'h1' })).status, 502)
    provider.state.misbehaves = {}
    const again = await person.open(person.linkTo(/Try again/))
    assert.equal(again.url.searchParams.get('prompt'), 'login')
  })

  it('does not include the secret that was given for another', async () => {
    const { id } = await make('moved')
    const to = async (more: object, client_secret?: string) => {
      const { client_secret: _, ...kept } = options
      const body = { options: { ...kept, ...more, ...(client_secret ? { client_secret } : {}) } }
      return await call('PATCH', `/api/v2/connections/${id}`, { body })
    }
    const evil = 'https://evil.example/'
    for (const more of [{ discovery_url: evil }, { token_endpoint: evil }, { issuer: evil }, { client_id: 'evil' }]) {
      const answer = await to(more)
      assert.deepEqual([answer.status, answer.body.errorCode], [400, 'invalid_body'], JSON.stringify(more))
      assert.match(answer.body.message, /client_secret is missing/)
      assert.equal((await to(more, 'another secret')).status, 200)
      assert.equal((await to({}, PROVIDER_SECRET)).status, 200)
    }
    assert.equal((await to({ scope: 'openid email' })).status, 200)
    codeOf(await go(visitor(), named('moved'), { sub: 'm1' }))
  })

  it('does not include what was typed for another way in', async () => {
    await make('shared', { domain_aliases: ['shared.example'] })
    const hintOf = async (username: string) => {
      const person = visitor()
      const { url } = await person.open(ask().url)
      await person.send({ username })
      await person.open(`${url.pathname}?screen=login`)
      return (await person.open(person.linkTo(/Continue with .*shared/))).url.searchParams.get('login_hint')
    }
    assert.equal(await hintOf('private@home.example'), null)
    assert.equal(await hintOf('x@shared.example'), 'x@shared.example')
    const told = await visitor().open(named('workday', { login_hint: 'anybody' }).url)
    assert.equal(told.url.searchParams.get('login_hint'), 'anybody', 'the application says so')
  })
})
