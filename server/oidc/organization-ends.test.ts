import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { decodeJwt } from 'jose'
import { join } from '../organizations/organizations.testing.ts'
import { AUDIENCE } from './oidc.testing.ts'
import { organizations } from './organization.testing.ts'
import { ask, SPA, signIn, startSignInServer } from './sign-in.testing.ts'

const OFFLINE = { scope: 'openid offline_access', audience: AUDIENCE }

describe('what was signed in to in an organization', async () => {
  const test = await startSignInServer()
  const { call, db, newUser, visitor, token } = test
  const { organization, use, shutOut, removeMember, membershipOf, tokensOf } = organizations(test)
  const acme = await organization('acme', { rules: { support_contact: { email: 'it@acme.example' } } })
  const globex = await organization('globex')
  await use({ organization_usage: 'allow' })

  const refresh = (refresh_token: string) => token({ grant_type: 'refresh_token', client_id: SPA, refresh_token })
  const silently = async (browser: ReturnType<typeof visitor>, change: Record<string, string>) => {
    const { url } = await browser.open(ask({ prompt: 'none', ...change }).url)
    return url.searchParams.get('error') ?? 'code'
  }
  const memberOf = async (...ids: string[]) => {
    const user = await newUser()
    for (const id of ids) await join(db, id, user.user_id)
    return user
  }

  it('stays bound to it when tokens are refreshed, whatever is asked then', async () => {
    const user = await memberOf(acme, globex)
    const tokens = await tokensOf(user, { organization: acme, ...OFFLINE })
    const { body } = await token({
      grant_type: 'refresh_token',
      client_id: SPA,
      refresh_token: tokens.refresh_token,
      organization: globex,
    })
    assert.deepEqual([decodeJwt(body.id_token).org_id, decodeJwt(body.access_token).org_id], [acme, acme])
    const family = await db.selectFrom('refresh_tokens').selectAll().where('user_id', '=', user.user_id).execute()
    assert.deepEqual(
      family.map(({ organization_id }) => organization_id),
      [acme],
    )
  })

  // TABLE: what ends a membership; the tokens of it end with that and no others.
  const ENDS = {
    'a block by the organization': shutOut,
    'a removal': removeMember,
    'its end date': async (id: string, { user_id }: { user_id: string }) => {
      const row = db.updateTable('memberships').set({ ends_at: new Date(Date.now() - 1_000) })
      await row.where('organization_id', '=', id).where('user_id', '=', user_id).execute()
    },
  }
  for (const [name, end] of Object.entries(ENDS)) {
    it(`ends at the next request by ${name}, and nothing of the person’s elsewhere does`, async () => {
      const sam = await memberOf(acme, globex)
      const there = await tokensOf(sam, { organization: acme, ...OFFLINE })
      const opaque = await tokensOf(sam, { organization: acme })
      const elsewhere = await tokensOf(sam, { organization: globex, ...OFFLINE })
      const plain = await tokensOf(sam, OFFLINE)
      const asked = ask({ organization: acme })
      const landed = await there.browser.open(asked.url)
      await end(acme, sam)

      for (const access of [there.access_token, opaque.access_token]) {
        assert.equal((await call('GET', '/userinfo', { as: access })).status, 401)
      }
      const refused = await refresh(there.refresh_token)
      assert.deepEqual([refused.status, refused.body.error], [403, 'invalid_grant'])
      assert.equal((await test.exchange(asked, landed)).body.error, 'invalid_grant')
      assert.notEqual(await silently(there.browser, { organization: acme }), 'code')

      assert.equal((await refresh(elsewhere.refresh_token)).status, 200)
      assert.equal((await refresh(plain.refresh_token)).status, 200)
      assert.equal((await call('GET', '/userinfo', { as: elsewhere.access_token })).status, 200)
      assert.equal(await silently(there.browser, { organization: globex }), 'code')
      assert.equal(await silently(there.browser, {}), 'code')
    })
  }

  it('does not come back when the person becomes a member again', async () => {
    const user = await memberOf(acme)
    const { refresh_token } = await tokensOf(user, { organization: acme, ...OFFLINE })
    await removeMember(acme, user)
    await join(db, acme, user.user_id)
    assert.equal((await refresh(refresh_token)).status, 403)
  })

  it('ends when the organization is suspended, and nobody signs in to it then', async () => {
    const dock = await organization('dock')
    const user = await memberOf(dock)
    const { refresh_token, access_token, browser } = await tokensOf(user, { organization: dock, ...OFFLINE })
    const suspended = { suspended_at: new Date(), token_generation: 2 }
    await db.updateTable('organizations').set(suspended).where('id', '=', dock).execute()
    assert.equal((await refresh(refresh_token)).status, 403)
    assert.equal((await call('GET', '/userinfo', { as: access_token })).status, 401)
    const { url } = await browser.open(ask({ organization: dock }).url)
    assert.equal(url.searchParams.get('error_description'), 'The organization is suspended.')
  })

  it('says to a member who is blocked there no more than whom to ask, and only after the password', async () => {
    const sam = await memberOf(acme, globex)
    await shutOut(acme, sam)
    const browser = visitor()
    await browser.open(ask({ organization: acme }).url)
    await browser.send({ username: sam.email ?? '' })
    const wrong = await browser.send({ password: 'not the password' })
    assert.doesNotMatch(wrong.text, /You cannot sign in to/)
    const told = await browser.send({ password: 'slow ferry past Vinga' })
    assert.equal(told.status, 403)
    assert.match(told.text, /You cannot sign in to acme/)
    assert.match(told.text, /mailto:it@acme\.example/)
    assert.doesNotMatch(told.text, /\bblocked\b/i)
    const back = await browser.send({}, /leave/)
    assert.equal(back.url.searchParams.get('error'), 'unauthorized')
    const { id } = await tokensOf(sam, { organization: globex })
    assert.equal(id.org_id, globex)
    assert.equal((await membershipOf(acme, sam))?.logins_count, 0)
  })

  it('is closed without an organization as well to somebody whom each of his has blocked', async () => {
    const sam = await memberOf(acme, globex)
    await shutOut(acme, sam)
    assert.ok((await tokensOf(sam, {})).id_token)
    const { refresh_token } = await tokensOf(sam, OFFLINE)
    await shutOut(globex, sam)
    const told = await signIn(visitor(), ask(), sam.email)
    assert.equal(told.status, 403)
    const refused = await refresh(refresh_token)
    assert.deepEqual([refused.status, refused.body.error], [403, 'unauthorized'])
  })

  it('lasts as long as the organization lets it, and the same session goes on elsewhere', async () => {
    const strict = await organization('strict', { rules: { session: { lifetime_minutes: 60 } } })
    const user = await memberOf(strict, globex)
    const { browser, refresh_token } = await tokensOf(user, { organization: strict, ...OFFLINE })
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 59 * 60_000 })
    try {
      assert.equal(await silently(browser, { organization: strict }), 'code')
      const { status, body } = await refresh(refresh_token)
      assert.equal(status, 200)
      mock.timers.setTime(Date.now() + 2 * 60_000)
      assert.equal(await silently(browser, { organization: strict }), 'login_required')
      assert.equal(await silently(browser, { organization: globex }), 'code')
      assert.equal((await refresh(body.refresh_token)).body.error, 'invalid_grant')
      const page = await browser.open(ask({ organization: strict }).url)
      assert.match(page.url.pathname, /^\/u\/login\//)
      await browser.send({ username: user.email ?? '' })
      assert.ok((await browser.send({ password: 'slow ferry past Vinga' })).url.searchParams.get('code'))
    } finally {
      mock.timers.reset()
    }
  })

  it('lasts only while it is used, where the organization wants that', async () => {
    const idle = await organization('idle', { rules: { session: { idle_minutes: 30 } } })
    const user = await memberOf(idle)
    const { browser, refresh_token } = await tokensOf(user, { organization: idle, ...OFFLINE })
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 29 * 60_000 })
    try {
      assert.equal(await silently(browser, { organization: idle }), 'code')
      const { body } = await refresh(refresh_token)
      mock.timers.setTime(Date.now() + 29 * 60_000)
      assert.equal(await silently(browser, { organization: idle }), 'code')
      const again = await refresh(body.refresh_token)
      assert.equal(again.status, 200)
      mock.timers.setTime(Date.now() + 31 * 60_000)
      assert.equal(await silently(browser, { organization: idle }), 'login_required')
      assert.equal(await silently(browser, { organization: idle }), 'login_required', 'asking does not renew it')
      assert.equal((await refresh(again.body.refresh_token)).status, 403)
    } finally {
      mock.timers.reset()
    }
  })
})
