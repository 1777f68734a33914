import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startSignInServer } from '../oidc/sign-in.testing.ts'
import { join, makeOrganization } from '../organizations/organizations.testing.ts'
import { publisher } from '../terms/terms.testing.ts'
import { signInToAccount } from './me.testing.ts'

describe('terms in one’s account', async () => {
  const test = await startSignInServer()
  const { db, newUser } = test
  const { makeTerms, publish } = publisher(test)
  const statusOf = (terms: Row[], id: string) => terms.find((one) => one.id === id)?.status
  const acme = await makeOrganization(db, 'acme')
  const bolt = await makeOrganization(db, 'bolt')
  const texts = {
    en: { title: 'Terms of use', body: 'Be kind.' },
    de: { title: 'Nutzungsbedingungen', body: 'Seid nett.' },
  }
  const use = await makeTerms({ name: 'use' }, { texts })
  const news = await makeTerms({ name: 'news', required: false })
  const house = await makeTerms({ name: 'house', organization_id: acme })
  await makeTerms({ name: 'foreign', organization_id: bolt })
  await makeTerms({ name: 'elsewhere', client_id: 'spa' })

  it('are listed with what one has said to them: the operator’s and one’s organizations’', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    const { call } = await signInToAccount(test, user)
    const { status, body } = await call('GET', '/terms?language=de-AT')
    assert.equal(status, 200)
    assert.deepEqual(
      body.terms.map(({ id, status }: Row) => [id, status]),
      [
        [use, 'pending'],
        [house, 'pending'],
        [news, 'pending'],
      ],
    )
    const [first, second] = body.terms
    assert.deepEqual([first.language, first.title, first.body], ['de', 'Nutzungsbedingungen', 'Seid nett.'])
    assert.deepEqual(second.organization, { id: acme, name: 'acme' })
  })

  it('are accepted for good, and consents are withdrawn as easily as they are given', async () => {
    const user = await newUser()
    const { call } = await signInToAccount(test, user)
    const say = (id: string, accepted: boolean, version = 1) =>
      call('POST', `/terms/${id}/answers`, { version, accepted, language: 'de' })
    const accepted = await say(use, true)
    assert.deepEqual([accepted.status, accepted.body.status, accepted.body.answered_version], [200, 'accepted', 1])
    const refused = await say(use, false)
    assert.equal(refused.status, 400)
    assert.match(refused.body.type, /#required_terms$/)
    assert.equal((await say(news, true)).body.status, 'accepted')
    assert.equal((await say(news, true)).body.status, 'accepted')
    assert.equal((await say(news, false)).body.status, 'withdrawn')
    assert.equal((await say(news, false)).body.status, 'withdrawn')
    const { body } = await call('GET', '/terms/acceptances')
    assert.deepEqual(
      body.acceptances.map(({ terms_id, outcome }: Row) => [terms_id, outcome]),
      [
        [news, 'withdrawn'],
        [news, 'accepted'],
        [use, 'accepted'],
      ],
    )
    assert.deepEqual([body.acceptances[2].title, body.acceptances[2].language], ['Nutzungsbedingungen', 'de'])
    const stored = await test.call('GET', `/api/v2/users/${encodeURIComponent(user.user_id)}`)
    assert.deepEqual(Object.keys(stored.body.app_metadata.terms), ['use'])
    const { body: page } = await call('GET', '/terms/acceptances?take=2')
    const { body: rest } = await call('GET', `/terms/acceptances?take=2&from=${page.next}`)
    assert.deepEqual([...page.acceptances, ...rest.acceptances], body.acceptances)
  })

  it('show an old version to whoever has accepted it, and to nobody else', async () => {
    const [user, other] = [await newUser(), await newUser()]
    const mine = await signInToAccount(test, user)
    const id = await makeTerms({ name: 'old' }, { texts })
    await mine.call('POST', `/terms/${id}/answers`, { version: 1, accepted: true })
    await publish(id)
    const { status, body } = await mine.call('GET', `/terms/${id}/versions/1?language=de`)
    assert.deepEqual([status, body.title, body.body], [200, 'Nutzungsbedingungen', 'Seid nett.'])
    const { body: now } = await mine.call('GET', '/terms')
    assert.equal(statusOf(now.terms, id), 'pending')
    const theirs = await signInToAccount(test, other)
    assert.equal((await theirs.call('GET', `/terms/${id}/versions/1`)).status, 404)
  })

  it('say by when they are needed, and what was said to a version before the present one', async () => {
    const user = await newUser()
    const { call } = await signInToAccount(test, user)
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
    const [first, second] = [day(2), day(9)]
    const id = await makeTerms({ name: 'twice', required: false }, { deadline_at: first })
    const find = async () => {
      const { terms } = (await call('GET', '/terms')).body as { terms: Row[] }
      const { version, status, deadline_at, answered_version, answer } = terms.find((one) => one.id === id) ?? {}
      return [version, status, deadline_at, answered_version, answer]
    }
    assert.deepEqual(await find(), [1, 'pending', first, undefined, undefined])
    await publish(id, { deadline_at: second })
    assert.deepEqual(await find(), [2, 'pending', first, undefined, undefined])
    await call('POST', `/terms/${id}/answers`, { version: 2, accepted: true })
    assert.deepEqual(await find(), [2, 'accepted', second, 2, 'accepted'])
    await publish(id, { deadline_at: second })
    assert.deepEqual(await find(), [3, 'pending', second, 2, 'accepted'])
    const { body } = await call('POST', `/terms/${id}/answers`, { version: 3, accepted: false })
    assert.deepEqual([body.status, body.answer], ['withdrawn', 'withdrawn'])
  })

  it('take no answer to another version, to what is foreign, and from whoever may not give it', async () => {
    const user = await newUser()
    const { call } = await signInToAccount(test, user)
    const stale = await call('POST', `/terms/${use}/answers`, { version: 2, accepted: true })
    assert.equal(stale.status, 409)
    const foreign = (
      await db.selectFrom('terms').select('id').where('name', 'in', ['foreign', 'elsewhere']).execute()
    ).map(({ id }) => id)
    for (const id of [...foreign, 'trm_nobodys']) {
      assert.equal((await call('POST', `/terms/${id}/answers`, { version: 1, accepted: true })).status, 404)
    }
    const reader = await signInToAccount(test, user, { scope: 'read:me:terms' })
    assert.equal((await reader.call('POST', `/terms/${use}/answers`, { version: 1, accepted: true })).status, 403)
    await test.call('PATCH', `/api/v2/users/${encodeURIComponent(user.user_id)}`, { body: { blocked: true } })
    assert.equal((await call('POST', `/terms/${use}/answers`, { version: 1, accepted: true })).status, 401)
    const rows = await db.selectFrom('acceptances').select('id').where('user_id', '=', user.user_id).execute()
    assert.deepEqual(rows, [])
  })

  it('record one row where the same is said several times at once', async () => {
    const user = await newUser()
    const { call } = await signInToAccount(test, user)
    const body = { version: 1, accepted: true }
    const answers = await Promise.all(Array.from({ length: 5 }, () => call('POST', `/terms/${use}/answers`, body)))
    assert.ok(answers.every(({ status }) => status === 200))
    const rows = await db.selectFrom('acceptances').select('id').where('user_id', '=', user.user_id).execute()
    assert.equal(rows.length, 1)
  })
})

type Row = Record<string, unknown>
