import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startSignInServer } from '../oidc/sign-in.testing.ts'
import { signInToAccount } from './me.testing.ts'

const test = await startSignInServer()
const FIREFOX = 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0'

describe('where a person is signed in', () => {
  it('is shown to him, his present session among it and nobody else’s', async () => {
    const [ada, grace] = [await test.newUser(), await test.newUser()]
    const first = await signInToAccount(test, ada)
    const second = await signInToAccount(test, ada, { userAgent: FIREFOX, from: '203.0.113.7' })
    await signInToAccount(test, grace)
    const { status, body, text } = await second.call('GET', '/sessions')
    assert.equal(status, 200)
    assert.equal(body.sessions.length, 2)
    const present = body.sessions.find((session: { current: boolean }) => session.current)
    const other = body.sessions.find((session: { current: boolean }) => !session.current)
    assert.equal(present.browser, 'Firefox')
    assert.equal(present.system, 'Ubuntu')
    assert.equal(present.ip, '203.0.113.7')
    assert.deepEqual(present.clients, [{ client_id: 'tenantry-account', name: 'Your account' }])
    assert.equal(other.id, await first.sessionId())
    assert.doesNotMatch(text, /token_hash|payload|Mozilla/)
  })

  it('can be ended one by one: its token is refused at once, and its browser is asked again', async () => {
    const ada = await test.newUser()
    const [mine, lost] = [await signInToAccount(test, ada), await signInToAccount(test, ada)]
    const id = await lost.sessionId()
    assert.equal((await mine.call('DELETE', `/sessions/${id}`)).status, 204)
    assert.equal((await lost.call('GET', '/profile')).status, 401)
    await assert.rejects(lost.renew(), /login_required/)
    assert.equal((await mine.call('GET', '/profile')).status, 200)
    const { body } = await mine.call('GET', '/sessions')
    assert.equal(body.sessions.length, 1)
    const events = await test.db
      .selectFrom('events')
      .select(['type', 'target_id', 'actor_id'])
      .where('user_id', '=', ada.user_id)
      .where('type', '=', 'slo')
      .execute()
    assert.deepEqual(events, [{ type: 'slo', target_id: id, actor_id: ada.user_id }])
  })

  it('can be ended everywhere else with one word', async () => {
    const [ada, grace] = [await test.newUser(), await test.newUser()]
    const mine = await signInToAccount(test, ada)
    const others = [await signInToAccount(test, ada), await signInToAccount(test, ada)]
    const hers = await signInToAccount(test, grace)
    assert.equal((await mine.call('DELETE', '/sessions')).status, 204)
    for (const other of others) assert.equal((await other.call('GET', '/sessions')).status, 401)
    assert.equal((await mine.call('GET', '/sessions')).body.sessions.length, 1)
    assert.equal((await hers.call('GET', '/sessions')).status, 200)
  })

  it('answers the same to the byte for somebody else’s session and for one that never was', async () => {
    const [ada, grace] = [await test.newUser(), await test.newUser()]
    const [mine, hers] = [await signInToAccount(test, ada), await signInToAccount(test, grace)]
    const foreign = await mine.call('DELETE', `/sessions/${await hers.sessionId()}`)
    const unknown = await mine.call('DELETE', '/sessions/never-was')
    assert.equal(foreign.status, 404)
    assert.equal(foreign.text, unknown.text)
    assert.equal(foreign.body.type, `${test.server.config.publicUrl}/docs/errors#inexistent_session`)
    assert.equal((await hers.call('GET', '/sessions')).status, 200)
  })

  it('ends his token with his sign-out in the browser', async () => {
    const mine = await signInToAccount(test, await test.newUser())
    await mine.browser.open('/v2/logout')
    assert.equal((await mine.call('GET', '/profile')).status, 401)
  })
})
