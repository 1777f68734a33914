import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AUDIENCE } from '../oidc/oidc.testing.ts'
import { ask, signIn, startSignInServer, THIRD } from '../oidc/sign-in.testing.ts'
import type { User } from '../users/user.ts'
import { signInToAccount } from './me.testing.ts'

const test = await startSignInServer()
const SCOPE = 'openid email offline_access read:robots'

describe('the applications that a person has allowed something', () => {
  /** Lets the application have what it asks for, and answers with its tokens. */
  async function allow(user: User) {
    const person = test.visitor()
    const asked = ask({ client_id: THIRD, audience: AUDIENCE, scope: SCOPE })
    await signIn(person, asked, user.email)
    const { status, body } = await test.exchange(asked, await person.send({ decision: 'allow' }))
    assert.equal(status, 200, JSON.stringify(body))
    return { person, tokens: body }
  }
  const refresh = (refresh_token: string) =>
    test.token({ grant_type: 'refresh_token', client_id: THIRD, refresh_token })

  it('are shown to him with what they may do, in the words of the API', async () => {
    const [ada, grace] = [await test.newUser(), await test.newUser()]
    await allow(ada)
    const [mine, hers] = [await signInToAccount(test, ada), await signInToAccount(test, grace)]
    const { status, body } = await mine.call('GET', '/applications')
    assert.equal(status, 200)
    const [{ allowed_at, access, ...application }, ...others] = body.applications
    assert.deepEqual([application, others], [{ client_id: THIRD, name: THIRD }, []])
    assert.equal(new Date(allowed_at).toISOString(), allowed_at)
    const [own, api] = access
    assert.deepEqual(own.scopes.map(({ value }: { value: string }) => value).sort(), [
      'email',
      'offline_access',
      'openid',
    ])
    assert.equal(own.api, undefined)
    assert.equal(typeof api.api, 'string')
    assert.deepEqual(
      api.scopes.map(({ value }: { value: string }) => value),
      ['read:robots'],
    )
    assert.deepEqual((await hers.call('GET', '/applications')).body, { applications: [] })
  })

  it('have no more what he takes back: their tokens end, and they have to ask again', async () => {
    const ada = await test.newUser()
    const { person, tokens } = await allow(ada)
    const mine = await signInToAccount(test, ada)
    assert.equal((await mine.call('DELETE', `/applications/${THIRD}`)).status, 204)
    assert.deepEqual((await mine.call('GET', '/applications')).body, { applications: [] })
    assert.equal((await refresh(tokens.refresh_token)).status, 403)
    const again = await person.open(ask({ client_id: THIRD, audience: AUDIENCE, scope: SCOPE }).url)
    assert.match(again.url.pathname, /\/consent$/)
    const { body } = await mine.call('GET', '/activity?kind=consent_withdrawn')
    assert.deepEqual(
      body.activity.map(({ kind, by }: { kind: string; by: string }) => [kind, by]),
      [['consent_withdrawn', 'you']],
    )
    const { body: log } = await test.call('GET', `/api/v2/users/${encodeURIComponent(ada.user_id)}/logs`)
    const [entry] = log.filter(({ type }: { type: string }) => type === 'sapi')
    assert.deepEqual(entry.details.target, { kind: 'client', id: THIRD })
    assert.ok(log.some(({ type }: { type: string }) => type === 'srrt'))
  })

  it('stand by themselves: what one of them is taken, and what others allowed, touches nothing else', async () => {
    const [ada, grace] = [await test.newUser(), await test.newUser()]
    const [{ tokens }, mine] = [await allow(ada), await signInToAccount(test, grace)]
    const unknown = await mine.call('DELETE', '/applications/never-was')
    const foreign = await mine.call('DELETE', `/applications/${THIRD}`)
    assert.deepEqual([foreign.status, foreign.text], [404, unknown.text])
    assert.equal(foreign.body.type, `${test.server.config.publicUrl}/docs/errors#inexistent_application`)
    assert.equal((await refresh(tokens.refresh_token)).status, 200)
    const twice = await signInToAccount(test, ada)
    assert.equal((await twice.call('DELETE', `/applications/${THIRD}`)).status, 204)
    assert.equal((await twice.call('DELETE', `/applications/${THIRD}`)).status, 404)
    assert.equal((await twice.call('GET', '/profile')).status, 200)
  })

  it('are taken back once, however many ask at once, and by nobody who was blocked meanwhile', async () => {
    const ada = await test.newUser()
    await allow(ada)
    const mine = await signInToAccount(test, ada)
    await test.db.updateTable('users').set({ blocked: true }).where('user_id', '=', ada.user_id).execute()
    assert.equal((await mine.call('DELETE', `/applications/${THIRD}`)).status, 401)
    await test.db.updateTable('users').set({ blocked: null }).where('user_id', '=', ada.user_id).execute()
    const both = await signInToAccount(test, ada)
    const answers = await Promise.all(Array.from({ length: 5 }, () => both.call('DELETE', `/applications/${THIRD}`)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 404, 404, 404, 404])
    const { body: log } = await test.call('GET', `/api/v2/users/${encodeURIComponent(ada.user_id)}/logs`)
    assert.equal(log.filter(({ type }: { type: string }) => type === 'sapi').length, 1)
  })

  it('end with an opaque token and a code that is under way', async () => {
    const ada = await test.newUser()
    const person = test.visitor()
    const asked = ask({ client_id: THIRD, scope: 'openid email' })
    await signIn(person, asked, ada.email)
    const { body } = await test.exchange(asked, await person.send({ decision: 'allow' }))
    const userinfo = () => test.call('GET', '/userinfo', { as: body.access_token })
    assert.equal((await userinfo()).status, 200)
    const waiting = ask({ client_id: THIRD, scope: 'openid email' })
    const landed = await person.open(waiting.url)
    const mine = await signInToAccount(test, ada)
    assert.equal((await mine.call('DELETE', `/applications/${THIRD}`)).status, 204)
    assert.equal((await userinfo()).status, 401)
    assert.equal((await test.exchange(waiting, landed)).status, 403)
  })

  it('take a scope to see and one to change', async () => {
    const ada = await test.newUser()
    await allow(ada)
    const mine = await signInToAccount(test, ada, { scope: 'read:me:applications' })
    assert.equal((await mine.call('GET', '/applications')).status, 200)
    assert.equal((await mine.call('DELETE', `/applications/${THIRD}`)).status, 403)
    const other = await signInToAccount(test, ada, { scope: 'delete:me:applications' })
    assert.equal((await other.call('GET', '/applications')).status, 403)
    assert.equal((await mine.call('GET', '/applications')).body.applications.length, 1)
  })
})
