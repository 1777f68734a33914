/**
 * What an organization's administrators learn from their log and their numbers about people who try to get in: of members
 * all, of anybody else nothing, or they could type any address on their own page and read whether it has an account.
 */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { organizations } from '../../server/oidc/organization.testing.ts'
import { ask, PASSWORD, signIn, startSignInServer, WEB, WEB_SECRET } from '../../server/oidc/sign-in.testing.ts'
import { join } from '../../server/organizations/organizations.testing.ts'
import { authenticate } from '../../server/sign-in/authenticate.ts'
import { signUp } from '../../server/sign-in/sign-up.ts'
import type { User } from '../../server/users/user.ts'

const REQUEST = { id: 'r', method: 'POST', path: '/u/login', ip: '203.0.113.9', query: {} }

describe('D02: the log of an organization', async () => {
  const test = await startSignInServer()
  const { call, db, server, newUser, token, tokenFor, visitor, connection } = test
  const { organization, use, invite, tokensOf } = organizations(test)
  const acme = await organization('acme', { signUp: true, assigns: false })
  const bolt = await organization('bolt')
  await use({ organization_usage: 'allow' })
  await use({ organization_usage: 'allow' }, WEB)
  let as = ''
  let member: User
  let stranger: User

  before(async () => {
    const boss = await newUser()
    await join(db, acme, boss.user_id, 'administrator')
    as = await tokenFor({ userId: boss.user_id, organizationId: acme })
    member = await newUser()
    await join(db, acme, member.user_id)
    stranger = await newUser()
    await join(db, bolt, stranger.user_id)
  })

  /** Everything that the administrator can read of what happened, without ids and moments. */
  const read = async () => {
    const logs = await call('GET', '/api/v2/logs?include_totals=true&per_page=100', { as })
    const summary = await call('GET', `/api/v2/organizations/${acme}/summary`, { as })
    assert.deepEqual([logs.status, summary.status], [200, 200])
    return { logs: logs.body, summary: summary.body }
  }
  const around = async (act: () => Promise<unknown>) => {
    const first = await read()
    await act()
    return { first, last: await read() }
  }
  const tellsNothing = async (what: string, act: () => Promise<unknown>) => {
    const { first, last } = await around(act)
    assert.deepEqual(last, first, what)
  }
  const grant = (username: string, password: string) =>
    token({
      grant_type: 'password',
      username,
      password,
      client_id: WEB,
      client_secret: WEB_SECRET,
      organization: acme,
      scope: 'openid',
    })
  const typed = (identifier: string, password = 'wrong') =>
    authenticate(server, {
      connections: [connection],
      identifier,
      password,
      clientId: WEB,
      organizationId: acme,
      request: REQUEST,
    })

  it('has a wrong password of a member', async () => {
    const { first, last } = await around(() => typed(member.email ?? ''))
    assert.equal(last.logs.total, first.logs.total + 1)
    assert.deepEqual([last.logs.logs[0].type, last.logs.logs[0].user_id], ['fp', member.user_id])
    assert.equal(last.summary.sign_ins.at(-1).failed, first.summary.sign_ins.at(-1).failed + 1)
  })

  it('says of an address that somebody typed nothing, whether it has an account elsewhere or none', async () => {
    for (const address of [stranger.email ?? '', 'nobody-at-all@example.com']) {
      await tellsNothing(`${address} typed`, () => typed(address))
      await tellsNothing(`${address} typed until it is closed`, async () => {
        for (let round = 0; round < 12; round += 1) await typed(address)
      })
      await tellsNothing(`${address} by a grant`, () => grant(address, 'wrong'))
    }
    await tellsNothing('the right password of a stranger', () => grant(stranger.email ?? '', PASSWORD))
  })

  it('says nothing of a stranger who is signed in, or who signs in on its page', async () => {
    await tellsNothing('signs in on its page', async () => {
      const browser = visitor({ from: '198.51.100.77' })
      const told = await signIn(browser, ask({ organization: acme }), (await newStranger()).email)
      assert.equal(told.status, 403)
      await browser.send({}, /leave/)
    })
    const { browser } = await tokensOf(await newStranger(), {})
    await tellsNothing('by a session', () => browser.open(ask({ organization: acme }).url))
    await tellsNothing('silently', () => browser.open(ask({ organization: acme, prompt: 'none' }).url))
  })

  it('says nothing of an account that signs up a second time, and nothing of one that tries a link of another', async () => {
    await tellsNothing('signs up', async () => {
      const result = await signUp(server, {
        connection,
        clientId: WEB,
        organizationId: acme,
        email: stranger.email,
        password: PASSWORD,
        request: REQUEST,
      })
      assert.equal(result.kind, 'exists')
    })
    const { ticket } = await invite(acme, 'guest@acme.example')
    const { browser } = await tokensOf(await newStranger(), {})
    await tellsNothing('opens an invitation', () =>
      browser.open(ask({ organization: acme, invitation: ticket, login_hint: 'x' }).url),
    )
  })

  it('is the tenant’s to read in full, with the organization that was meant', async () => {
    const { body } = await call('GET', `/api/v2/users/${encodeURIComponent(stranger.user_id)}/logs?per_page=100`)
    const failed = body.filter(({ type }: { type: string }) => type === 'fp')
    assert.ok(failed.length >= 10)
    for (const { details, organization_id } of failed) {
      assert.deepEqual([organization_id, details.organization_id], [null, acme])
    }
  })

  async function newStranger(): Promise<User> {
    const user = await newUser()
    await join(db, bolt, user.user_id)
    return user
  }
})
