import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ask, SPA, signIn, startSignInServer, WEB } from './sign-in.testing.ts'

const BYE = 'https://app.example.com/bye'

describe('signing out', async () => {
  const test = await startSignInServer()
  const { newUser, visitor, exchange, db } = test
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
})
