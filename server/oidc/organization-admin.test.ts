import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeJwt } from 'jose'
import { join } from '../organizations/organizations.testing.ts'
import type { User } from '../users/user.ts'
import { organizations } from './organization.testing.ts'
import { ask, signIn, startSignInServer } from './sign-in.testing.ts'

describe('the administrators’ portal', async () => {
  const test = await startSignInServer()
  const { call, db, newUser, visitor, exchange, server } = test
  const { organization, shutOut } = organizations(test)
  const acme = await organization('acme', { displayName: 'Acme Freight' })
  const globex = await organization('globex', { displayName: 'Globex' })
  const { publicUrl, managementAudience: audience } = server.config
  const redirect_uri = `${publicUrl}/admin`
  const request = { client_id: 'tenantry-admin', redirect_uri, audience, scope: 'openid read:users update:users' }

  const claimsAt = async (asked: ReturnType<typeof ask>, landed: Parameters<typeof exchange>[1]) => {
    const { status, body } = await exchange(asked, landed, { redirect_uri })
    assert.equal(status, 200, JSON.stringify(body))
    return { access: String(body.access_token), claims: decodeJwt(body.access_token) }
  }
  const enter = async (user: User, change: Record<string, string> = {}) => {
    const asked = ask({ ...request, ...change })
    const browser = visitor()
    return { asked, browser, landed: await signIn(browser, asked, user.email) }
  }

  it('takes the only organization in which somebody has rights, and gives what he holds there', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id, 'operator')
    await join(db, globex, user.user_id)
    const { asked, browser, landed } = await enter(user)
    const { claims, access } = await claimsAt(asked, landed)
    assert.deepEqual([claims.org_id, claims.scope], [acme, 'openid read:users update:users'])
    const { status, body } = await call('GET', '/api/v2/users', { as: access })
    assert.equal(status, 200)
    assert.deepEqual(
      body.map(({ user_id }: User) => user_id),
      [user.user_id],
    )
    // And silently, by the session, as the portal renews it.
    const silent = ask({ ...request, prompt: 'none' })
    await browser.open(silent.url)
    assert.equal((await claimsAt(silent, browser.page())).claims.org_id, acme)
  })

  it('lets somebody choose who has rights in several, and offers no other', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id, 'auditor')
    await join(db, globex, user.user_id, 'operator')
    const quiet = await organization('quiet', { displayName: 'Quiet Ltd' })
    await join(db, quiet, user.user_id)
    const { asked, browser, landed } = await enter(user)
    assert.match(landed.url.pathname, /\/organization$/)
    assert.ok(landed.text.includes('Acme Freight') && landed.text.includes('Globex'))
    assert.ok(!landed.text.includes('Quiet Ltd'))
    const forced = await browser.hop('POST', landed.url, { organization: quiet })
    assert.equal(forced.status, 403, 'without the token of the form')
    const stolen = await browser.send({ organization: quiet })
    assert.equal(stolen.status, 400)
    const again = await enter(user)
    const chosen = await again.browser.send({ organization: acme })
    const { claims } = await claimsAt(again.asked, chosen)
    assert.deepEqual([claims.org_id, claims.scope], [acme, 'openid read:users'])
    assert.notEqual(asked.state, again.asked.state)
  })

  it('gives an operator a token of no organization, unless he names one', async () => {
    const operator = await newUser()
    const { body: roles } = await call('GET', '/api/v2/roles')
    const { id } = roles.find(({ name }: { name: string }) => name === 'Operator')
    await call('POST', `/api/v2/users/${operator.user_id}/roles`, { body: { roles: [id] } })
    await join(db, acme, operator.user_id, 'auditor')
    const { asked, browser, landed } = await enter(operator)
    const { claims } = await claimsAt(asked, landed)
    assert.deepEqual([claims.org_id, claims.scope], [undefined, 'openid read:users update:users'])
    const within = ask({ ...request, organization: acme })
    await browser.open(within.url)
    const bound = await claimsAt(within, browser.page())
    assert.deepEqual([bound.claims.org_id, bound.claims.scope], [acme, 'openid read:users'])
  })

  it('says to whoever has nothing to administer whom to ask, and offers nobody an account', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    const first = await visitor().open(ask(request).url)
    assert.ok(!first.text.includes('/signup'))
    const { browser, landed } = await enter(user)
    assert.equal(landed.status, 403)
    assert.match(landed.text, /There is nothing for you to administer/)
    const silent = await browser.open(ask({ ...request, prompt: 'none' }).url)
    assert.equal(silent.url.searchParams.get('error'), 'interaction_required')
  })

  it('offers no organization that has blocked him, and a token given before counts no more', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id, 'operator')
    await join(db, globex, user.user_id, 'operator')
    const { asked, browser } = await enter(user)
    const { access } = await claimsAt(asked, await browser.send({ organization: acme }))
    assert.equal((await call('GET', '/api/v2/users', { as: access })).status, 200)
    await shutOut(acme, user)
    assert.equal((await call('GET', '/api/v2/users', { as: access })).status, 401)
    const next = ask(request)
    await browser.open(next.url)
    assert.equal((await claimsAt(next, browser.page())).claims.org_id, globex)
  })
})
