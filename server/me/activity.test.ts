import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ask, startSignInServer } from '../oidc/sign-in.testing.ts'
import { signInToAccount } from './me.testing.ts'

const test = await startSignInServer()
const FIREFOX = 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0'
const NEW_PASSWORD = 'seven herons over Marstrand'
type Entry = { kind: string; by: string; [key: string]: string }

describe('what happened to a person’s account', () => {
  const pathOf = ({ user_id }: { user_id: string }) => `/api/v2/users/${encodeURIComponent(user_id)}`

  it('is told him in plain kinds, the newest first, with application, address and device of his own', async () => {
    const ada = await test.newUser()
    const me = await signInToAccount(test, ada, { userAgent: FIREFOX, from: '203.0.113.7' })
    await me.call('PATCH', '/profile', { nickname: 'Ada' })
    const { status, body } = await me.call('GET', '/activity')
    assert.equal(status, 200)
    const kinds = body.activity.map(({ kind }: Entry) => kind)
    assert.deepEqual(kinds.slice(0, 2), ['profile_changed', 'signed_in'])
    assert.equal(kinds.at(-1), 'signed_up')
    const { at, ...entry } = body.activity[1]
    assert.equal(new Date(at).toISOString(), at)
    assert.deepEqual(entry, {
      kind: 'signed_in',
      by: 'you',
      client_name: 'Your account',
      ip: '203.0.113.7',
      browser: 'Firefox',
      system: 'Ubuntu',
    })
  })

  it('says of what others did no more than that it was an administrator or an application', async () => {
    const ada = await test.newUser()
    const boss = await test.newUser()
    const as = await test.tokenFor({ userId: boss.user_id, scopes: ['update:users'] })
    const patch = async (body: object) =>
      assert.equal((await test.call('PATCH', pathOf(ada), { as, body, from: '198.51.100.9' })).status, 200)
    await patch({ blocked: true })
    await patch({ blocked: false })
    await patch({ nickname: 'The Countess', app_metadata: { plan: 'secret plan' } })
    await test.call('PATCH', pathOf(ada), { body: { email: 'countess@acme.example', verify_email: false } })
    const me = await signInToAccount(test, { ...ada, email: 'countess@acme.example' })
    const { body, text } = await me.call('GET', '/activity')
    const entries = body.activity.map(({ kind, by, ip }: Entry) => [kind, by, ip])
    assert.deepEqual(entries.slice(1, 5), [
      ['email_changed', 'application', undefined],
      ['profile_changed', 'administrator', undefined],
      ['unblocked', 'administrator', undefined],
      ['blocked', 'administrator', undefined],
    ])
    assert.equal(text.includes(boss.user_id), false)
    assert.doesNotMatch(text, /198\.51\.100\.9|secret plan|sapi|log_id|patch_users/)
  })

  it('has changed passwords, failed tries and ended sessions', async () => {
    const ada = await test.newUser()
    const browser = test.visitor({ from: '198.51.100.77' })
    await browser.open(ask({}).url)
    await browser.send({ username: ada.email ?? '' })
    assert.equal((await browser.send({ password: 'wrong every time' })).status, 400)
    const other = await signInToAccount(test, ada)
    const me = await signInToAccount(test, ada)
    assert.equal((await me.call('DELETE', `/sessions/${await other.sessionId()}`)).status, 204)
    await test.call('PATCH', pathOf(ada), { body: { password: NEW_PASSWORD } })
    const again = await signInToAccount(test, ada, { password: NEW_PASSWORD })
    const { activity } = (await again.call('GET', '/activity')).body
    const kinds = activity.map(({ kind }: Entry) => kind)
    assert.deepEqual(kinds.slice(0, 6), [
      ...['signed_in', 'password_changed', 'session_ended', 'signed_in', 'signed_in', 'sign_in_failed'],
    ])
    const failed = activity[5]
    assert.deepEqual([failed.by, failed.ip], ['somebody', '198.51.100.77'])
  })

  it('comes in pages that neither repeat nor skip, and by kinds', async () => {
    const ada = await test.newUser()
    const me = await signInToAccount(test, ada)
    for (const nickname of ['one', 'two', 'three', 'four']) await me.call('PATCH', '/profile', { nickname })
    const all = (await me.call('GET', '/activity')).body
    assert.equal(all.next, undefined)
    const paged: Entry[] = []
    for (let from = ''; ; ) {
      const { body } = await me.call('GET', `/activity?take=2${from === '' ? '' : `&from=${from}`}`)
      paged.push(...body.activity)
      if (body.next === undefined) break
      assert.equal(body.activity.length, 2)
      from = body.next
    }
    assert.deepEqual(paged, all.activity)
    const changes = (await me.call('GET', '/activity?kind=profile_changed,password_changed')).body.activity
    assert.deepEqual(
      changes.map(({ kind }: Entry) => kind),
      Array.from({ length: 4 }, () => 'profile_changed'),
    )
    for (const query of ['kind=sapi', 'take=0', 'take=101', 'from=x'])
      assert.equal((await me.call('GET', `/activity?${query}`)).status, 400, query)
  })

  it('is nobody else’s to see', async () => {
    const [ada, grace] = [await test.newUser(), await test.newUser()]
    const hers = await signInToAccount(test, grace)
    const mine = await signInToAccount(test, ada)
    await mine.call('PATCH', '/profile', { nickname: 'only mine' })
    const { body } = await hers.call('GET', '/activity')
    assert.ok(body.activity.length > 0)
    assert.ok(body.activity.every(({ kind }: Entry) => kind !== 'profile_changed'))
    const without = await signInToAccount(test, grace, { scope: 'read:me:profile' })
    assert.equal((await without.call('GET', '/activity')).status, 403)
  })
})
