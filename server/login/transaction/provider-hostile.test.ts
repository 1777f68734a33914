import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { decodeJwt } from 'jose'
import type { Visitor } from '../../../test/visitor.ts'
import { PROVIDER_CLIENT, PROVIDER_SECRET, startIdentityProvider } from '../../oidc/identity-provider.testing.ts'
import { type Asked, ask, codeOf, startSignInServer } from '../../oidc/sign-in.testing.ts'

describe('what a provider elsewhere may tell', async () => {
  const test = await startSignInServer()
  const { call, visitor, exchange, newUser } = test
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
