import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeJwt } from 'jose'
import { formsOf } from '../../test/visitor.ts'
import { ask, SPA, signIn, startSignInServer, WEB } from './sign-in.testing.ts'

const BYE = 'https://app.example.com/bye'

describe('signing out', async () => {
  const test = await startSignInServer()
  const { newUser, visitor, exchange, db, call } = test
  const ada = await newUser()

  const isSignedIn = async (person: ReturnType<typeof visitor>) =>
    (await person.open(ask({ prompt: 'none' }).url)).url.searchParams.has('code')

  it('ends the session and leads to a registered address', async () => {
    const person = visitor()
    await signIn(person, ask(), ada.email)
    assert.ok(await isSignedIn(person))
    const gone = await person.open(`/v2/logout?${new URLSearchParams({ client_id: SPA, returnTo: `${BYE}?from=x` })}`)
    assert.equal(gone.url.href, `${BYE}?from=x`)
    assert.equal(await isSignedIn(person), false)
    const events = await db.selectFrom('events').select('type').where('user_id', '=', ada.user_id).execute()
    assert.equal(events.filter(({ type }) => type === 'slo').length, 1)
  })

  it('leads to the first registered address, or to a page of ours, where none is named', async () => {
    assert.equal((await visitor().open(`/v2/logout?client_id=${SPA}`)).url.href, BYE)
    assert.equal((await visitor().open('/v2/logout')).url.pathname, '/u/signed-out')
  })

  it('leads nowhere that is not registered, and signs out nevertheless', async () => {
    for (const returnTo of [
      'https://evil.test',
      `${BYE}.evil.test`,
      '//evil.test',
      'javascript:alert(1)',
      `${BYE}/../x`,
    ]) {
      const person = visitor()
      await signIn(person, ask(), ada.email)
      const page = await person.open(`/v2/logout?${new URLSearchParams({ client_id: SPA, returnTo })}`)
      assert.equal(page.status, 400, returnTo)
      assert.equal(await isSignedIn(person), false)
    }
    assert.equal((await visitor().open(`/v2/logout?returnTo=${encodeURIComponent(BYE)}`)).status, 400)
    assert.equal((await visitor().open('/v2/logout?client_id=nobody')).status, 400)
  })

  it('works by OpenID Connect as well, with the ID token as a hint', async () => {
    const person = visitor()
    const asked = ask()
    const { body } = await exchange(asked, await signIn(person, asked, ada.email))
    const query = { id_token_hint: body.id_token, post_logout_redirect_uri: BYE, state: 'abc' }
    const mismatch = await person.open(`/oidc/logout?${new URLSearchParams({ ...query, client_id: WEB })}`)
    assert.equal(mismatch.status, 400)
    assert.ok(await isSignedIn(person))
    const forged = await person.open(
      `/oidc/logout?${new URLSearchParams({ ...query, id_token_hint: `${body.id_token}x` })}`,
    )
    assert.equal(forged.status, 400)
    const gone = await person.open(`/oidc/logout?${new URLSearchParams(query)}`)
    assert.equal(gone.url.href, `${BYE}?state=abc`)
    assert.equal(await isSignedIn(person), false)
  })

  it('asks first where no hint names this session, and a page elsewhere cannot answer for the person', async () => {
    const [person, other] = [visitor(), visitor()]
    const asked = ask()
    const { body } = await exchange(asked, await signIn(person, asked, ada.email))
    const eve = await newUser()
    const askedByEve = ask()
    const ofEve = await exchange(askedByEve, await signIn(other, askedByEve, eve.email))
    const query = { client_id: SPA, post_logout_redirect_uri: BYE, state: 'abc' }
    for (const hint of [{}, { logout_hint: 'guess' }, { id_token_hint: ofEve.body.id_token }]) {
      const page = await person.open(`/oidc/logout?${new URLSearchParams({ ...query, ...hint })}`)
      assert.match(page.text, /<h1>Sign out\?<\/h1>/)
      assert.ok(await isSignedIn(person))
    }
    const page = await person.open(`/oidc/logout?${new URLSearchParams(query)}`)
    const address = page.url.pathname + page.url.search
    assert.equal((await person.post(address, {})).status, 403)
    await other.open(page.url)
    const [foreign] = formsOf(other.page().text)
    assert.equal((await person.post(address, foreign?.hidden ?? {})).status, 403)
    assert.ok(await isSignedIn(person))
    await person.open(page.url)
    assert.equal((await person.send()).url.href, `${BYE}?state=abc`)
    assert.equal(await isSignedIn(person), false)
    assert.ok(await isSignedIn(other))
    assert.equal((await person.open(`/oidc/logout?${new URLSearchParams(query)}`)).url.href, `${BYE}?state=abc`)
    assert.ok(body.id_token)
  })

  it('takes the name of the session as a hint, and refuses hints that do not fit together', async () => {
    const person = visitor()
    const asked = ask()
    const { body } = await exchange(asked, await signIn(person, asked, ada.email))
    const sid = String(decodeJwt(body.id_token).sid)
    const query = { client_id: SPA, post_logout_redirect_uri: BYE }
    const mismatch = new URLSearchParams({ ...query, id_token_hint: body.id_token, logout_hint: 'another' })
    assert.equal((await person.open(`/oidc/logout?${mismatch}`)).status, 400)
    const evil = new URLSearchParams({ client_id: SPA, post_logout_redirect_uri: 'https://evil.test' })
    assert.equal((await person.open(`/oidc/logout?${evil}`)).status, 400)
    assert.ok(await isSignedIn(person))
    const gone = await person.open(`/oidc/logout?${new URLSearchParams({ ...query, logout_hint: sid, federated: '' })}`)
    assert.equal(gone.url.href, BYE)
    assert.equal(await isSignedIn(person), false)
  })

  it('asks nobody where the tenant does without', async () => {
    const person = visitor()
    await signIn(person, ask(), ada.email)
    const change = { body: { sessions: { oidc_logout_prompt_enabled: false } } }
    assert.equal((await call('PATCH', '/api/v2/tenants/settings', change)).status, 200)
    assert.equal((await person.open('/oidc/logout')).url.pathname, '/u/signed-out')
    assert.equal(await isSignedIn(person), false)
  })
})
