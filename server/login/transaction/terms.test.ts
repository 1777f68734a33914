import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { formsOf } from '../../../test/visitor.ts'
import { transact } from '../../db/database.ts'
import type { RequestInfo } from '../../http/request-info.ts'
import { organizations } from '../../oidc/organization.testing.ts'
import { ask, codeOf, PASSWORD, signIn, startSignInServer, WEB } from '../../oidc/sign-in.testing.ts'
import { join } from '../../organizations/organizations.testing.ts'
import { answerTerms } from '../../sign-in/answer-terms.ts'
import { publisher } from '../../terms/terms.testing.ts'

const DAY = 86_400_000

describe('terms at a sign-in', async () => {
  const test = await startSignInServer()
  const { db, newUser, visitor, exchange, token } = test
  const { makeTerms, publish, retire } = publisher(test)
  const { organization, use } = organizations(test)
  const ledgerOf = async (userId: string) =>
    await db
      .selectFrom('acceptances')
      .select(['terms_id', 'version', 'outcome', 'language', 'sha256', 'ip', 'client_id', 'organization_id'])
      .where('user_id', '=', userId)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
  const signInsOf = async (userId: string) =>
    (await db.selectFrom('users').select('logins_count').where('user_id', '=', userId).executeTakeFirstOrThrow())
      .logins_count

  afterEach(async () => {
    mock.timers.reset()
    await retire(...(await db.selectFrom('terms').select('id').execute()).map(({ id }) => id))
  })

  it('asks for them before any application gets a code, and goes on once they are accepted', async () => {
    const user = await newUser()
    const texts = {
      en: {
        title: 'Terms of use',
        summary: 'Robots rest.',
        body: '# Rest\n\nRobots <b>rest</b>.\n\n- at night\n- on Sundays',
      },
      de: { title: 'Nutzungsbedingungen', body: 'Roboter ruhen.' },
    }
    const id = await makeTerms({}, { texts })
    const person = visitor()
    const asked = ask()
    const page = await signIn(person, asked, user.email)
    assert.match(page.url.pathname, /\/terms$/)
    assert.match(page.text, /<h1>Please accept the terms<\/h1>/)
    assert.match(
      page.text,
      /<h3>Rest<\/h3>\s*<p>Robots &lt;b&gt;rest&lt;\/b&gt;\.<\/p>\s*<ul><li>at night<\/li><li>on Sundays<\/li><\/ul>/,
    )
    assert.equal(await signInsOf(user.user_id), null)
    const silent = await person.open(ask({ prompt: 'none' }).url)
    assert.equal(silent.url.searchParams.get('error'), 'interaction_required')

    await person.open(page.url)
    const landed = await person.send({ decision: 'accept' })
    assert.equal((await exchange(asked, landed)).status, 200)
    const [row, ...more] = await ledgerOf(user.user_id)
    assert.equal(more.length, 0)
    const { body } = await test.call('GET', `/api/v2/terms/${id}/versions/1`)
    const { sha256 } = (body.texts as Record<string, { sha256: string }>).en ?? {}
    assert.deepEqual(row, {
      ...{ terms_id: id, version: 1, outcome: 'accepted', language: 'en', sha256, ip: '127.0.0.1' },
      ...{ client_id: 'spa', organization_id: null },
    })
    assert.equal(await signInsOf(user.user_id), 1)
    const { body: stored } = await test.call('GET', `/api/v2/users/${encodeURIComponent(user.user_id)}`)
    const { terms } = stored.app_metadata as { terms: Record<string, { version: number }> }
    assert.deepEqual(
      Object.values(terms).map(({ version }) => version),
      [1],
    )
    codeOf(await person.open(ask({ prompt: 'none' }).url))
  })

  it('shows a short text as it is, and folds a long one away', async () => {
    const user = await newUser()
    const long = { en: { title: 'Rules', body: `Robots rest. ${'They wait. '.repeat(100)}` } }
    await makeTerms({}, { texts: long })
    const page = await signIn(visitor(), ask(), user.email)
    assert.match(page.text, /<details>\s*<summary[^>]*>Read the whole text<\/summary>\s*<p>Robots rest\./)
    await retire(...(await db.selectFrom('terms').select('id').execute()).map(({ id }) => id))
    await makeTerms()
    const short = await signIn(visitor(), ask(), user.email)
    assert.match(short.text, /<p>Be kind\.<\/p>/)
    assert.doesNotMatch(short.text, /<details|<\/details/)
  })

  it('signs out whoever declines, keeps the account, and asks again', async () => {
    const user = await newUser()
    const id = await makeTerms()
    const person = visitor()
    await signIn(person, ask(), user.email)
    const left = await person.send({ decision: 'decline' })
    assert.equal(left.url.searchParams.get('error'), 'access_denied')
    assert.equal(left.url.searchParams.get('error_description'), 'The terms were not accepted.')
    assert.deepEqual(
      (await ledgerOf(user.user_id)).map(({ terms_id, outcome }) => [terms_id, outcome]),
      [[id, 'declined']],
    )
    const silent = await person.open(ask({ prompt: 'none' }).url)
    assert.equal(silent.url.searchParams.get('error'), 'login_required')
    const again = await signIn(person, ask(), user.email)
    assert.match(again.url.pathname, /\/terms$/)
    codeOf(await person.send({ decision: 'accept' }))
  })

  it('stops the refresh and the password grant from the deadline of a new version on', async () => {
    const user = await newUser()
    const id = await makeTerms()
    const person = visitor()
    const asked = ask({ scope: 'openid offline_access' })
    await signIn(person, asked, user.email)
    const { body } = await exchange(asked, await person.send({ decision: 'accept' }))
    const refresh = async (refresh_token: unknown) =>
      await token({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: String(refresh_token) })
    const first = await refresh(body.refresh_token)
    assert.equal(first.status, 200)
    await publish(id, { deadline_at: new Date(Date.now() + DAY).toISOString() })
    const second = await refresh(first.body.refresh_token)
    assert.equal(second.status, 200)
    mock.timers.enable({ apis: ['Date'], now: Date.now() + DAY + 1_000 })
    const refused = await refresh(second.body.refresh_token)
    assert.equal(refused.status, 403)
    assert.equal(refused.body.error, 'interaction_required')
    assert.equal(refused.body.error_description, 'The terms must be accepted.')
    const realm = { grant_type: 'http://auth0.com/oauth/grant-type/password-realm', realm: test.connection.name }
    const proof = { client_id: 'spa', username: user.email ?? '', password: PASSWORD, scope: 'openid' }
    const direct = await token({ ...realm, ...proof })
    assert.equal(direct.body.error, 'interaction_required')
  })

  it('lets a new version be put off until its deadline, and asks once a sign-in', async () => {
    const user = await newUser()
    const id = await makeTerms({}, { deadline_at: new Date(Date.now() + DAY).toISOString() })
    const person = visitor()
    const page = await signIn(person, ask(), user.email)
    assert.match(page.text, /<h1>New terms<\/h1>/)
    assert.doesNotMatch(page.text, /Decline/)
    codeOf(await person.send({ decision: 'later' }))
    assert.deepEqual(await ledgerOf(user.user_id), [])
    assert.equal(await signInsOf(user.user_id), 1)
    codeOf(await person.open(ask().url))
    codeOf(await person.open(ask({ prompt: 'none' }).url))
    mock.timers.enable({ apis: ['Date'], now: Date.now() + DAY + 1_000 })
    const due = await person.open(ask().url)
    assert.match(due.text, /<h1>Please accept the terms<\/h1>/)
    const forced = await person.send({ decision: 'later' })
    assert.match(forced.url.pathname, /\/terms$/)
    assert.deepEqual(await ledgerOf(user.user_id), [])
    codeOf(await person.send({ decision: 'accept' }))
    assert.deepEqual(
      (await ledgerOf(user.user_id)).map(({ terms_id }) => terms_id),
      [id],
    )
  })

  it('gives no consent by itself, and asks for one once', async () => {
    const user = await newUser()
    const news = await makeTerms({ required: false, name: 'newsletter' })
    const calls = await makeTerms({ required: false, name: 'calls' })
    const person = visitor()
    const page = await signIn(person, ask(), user.email)
    assert.match(page.text, /<h1>May we ask you something\?<\/h1>/)
    assert.doesNotMatch(page.text, /checked/)
    codeOf(await person.send({ decision: 'accept', consent: calls }))
    const said = (await ledgerOf(user.user_id)).map(({ terms_id, outcome }) => [terms_id, outcome])
    assert.deepEqual(
      new Map(said as [string, string][]),
      new Map([
        [news, 'declined'],
        [calls, 'accepted'],
      ]),
    )
    codeOf(await signIn(visitor(), ask(), user.email))
  })

  it('takes a consent for withdrawn that is not given anew to its next version, for applications as well', async () => {
    const user = await newUser()
    const id = await makeTerms({ required: false, name: 'letters' })
    const said = async () => (await ledgerOf(user.user_id)).map(({ version, outcome }) => [version, outcome])
    const flag = async () => {
      const { body } = await test.call('GET', `/api/v2/users/${encodeURIComponent(user.user_id)}`)
      return body.app_metadata.terms.letters?.version
    }
    const person = visitor()
    await signIn(person, ask(), user.email)
    codeOf(await person.send({ decision: 'accept', consent: id }))
    assert.equal(await flag(), 1)
    for (let version = 2; version <= 3; version += 1) {
      await publish(id)
      await signIn(person, ask({ prompt: 'login' }), user.email)
      codeOf(await person.send({ decision: 'accept' }))
      assert.equal(await flag(), undefined)
    }
    assert.deepEqual(await said(), [
      [1, 'accepted'],
      [2, 'withdrawn'],
      [3, 'declined'],
    ])
  })

  it('records nothing for a version that is no more the one that was read', async () => {
    const user = await newUser()
    const id = await makeTerms()
    const person = visitor()
    await signIn(person, ask(), user.email)
    await publish(id)
    const again = await person.send({ decision: 'accept' })
    assert.equal(again.status, 409)
    assert.match(again.text, /<\/h1>[\s\S]+This has changed meanwhile[\s\S]+<form/)
    assert.deepEqual(await ledgerOf(user.user_id), [])
    codeOf(await person.send({ decision: 'accept' }))
    assert.deepEqual(
      (await ledgerOf(user.user_id)).map(({ version }) => version),
      [2],
    )
  })

  it('goes on where nothing is left to be asked: retired meanwhile, or accepted in another window', async () => {
    const user = await newUser()
    const id = await makeTerms()
    const person = visitor()
    const page = await signIn(person, ask(), user.email)
    await retire(id)
    codeOf(await person.open(page.url))
    assert.deepEqual(await ledgerOf(user.user_id), [])
    assert.equal(await signInsOf(user.user_id), 1)

    await makeTerms()
    const first = await person.open(ask().url)
    await person.open(ask().url)
    codeOf(await person.send({ decision: 'accept' }))
    codeOf(await person.open(first.url))
    assert.equal((await ledgerOf(user.user_id)).length, 1)
  })

  it('records nothing for whoever was deleted a moment ago', async () => {
    const id = await makeTerms()
    const said = { shown: [{ id, version: 1, language: 'en' }], consents: [], decision: 'accept' as const }
    const who = { userId: 'auth0|nobody', clientId: 'spa', organizationId: undefined }
    // As far as it is looked at.
    const request = { ip: '127.0.0.1' } as RequestInfo
    await assert.rejects(
      transact(db, (tx) => answerTerms(tx, { ...who, ...said, request })),
      { code: 'transaction_gone' },
    )
  })

  it('counts a sign-in once: not again where terms come due later, nor where the form is sent twice', async () => {
    const user = await newUser()
    const typesOf = async () => {
      const rows = await db
        .selectFrom('events')
        .select('type')
        .where('user_id', '=', user.user_id)
        .orderBy('log_id')
        .execute()
      return rows
        .map(({ type }) => type)
        .filter((type) => ['s', 'ssa', 'scv'].includes(type))
        .join(' ')
    }
    const person = visitor()
    codeOf(await signIn(person, ask(), user.email))
    await makeTerms()
    await person.open(ask().url)
    codeOf(await person.send({ decision: 'accept' }))
    assert.deepEqual([await signInsOf(user.user_id), await typesOf()], [1, 's ssa'])

    await makeTerms()
    const page = await signIn(person, ask({ prompt: 'login' }), user.email)
    const form = { ...formsOf(page.text)[0]?.hidden, decision: 'accept' }
    for (let time = 0; time < 2; time += 1) await person.hop('POST', page.url, form)
    assert.deepEqual([await signInsOf(user.user_id), await typesOf()], [2, 's ssa scv s'])

    mock.timers.enable({ apis: ['Date'], now: Date.now() + 300_000 })
    await makeTerms()
    await signIn(person, ask({ prompt: 'login' }), user.email)
    // Closed, and opened again: signed in by then, and not recorded yet.
    await person.open(ask().url)
    codeOf(await person.send({ decision: 'accept' }))
    assert.deepEqual([await signInsOf(user.user_id), await typesOf()], [3, 's ssa scv s scv s'])
  })

  it('adds one row where the form is sent twice at once', async () => {
    const user = await newUser()
    await makeTerms()
    const person = visitor()
    await signIn(person, ask(), user.email)
    await Promise.allSettled([person.send({ decision: 'accept' }), person.send({ decision: 'accept' })])
    assert.equal((await ledgerOf(user.user_id)).length, 1)
  })

  it('asks for those of an organization there alone, and of an application at that one alone', async () => {
    const user = await newUser()
    const acme = await organization('acme-terms')
    const other = await organization('other-terms')
    for (const id of [acme, other]) await join(db, id, user.user_id)
    await use({ organization_usage: 'allow' })
    const theirs = await makeTerms({ organization_id: acme })
    await makeTerms({ client_id: WEB })
    codeOf(await signIn(visitor(), ask(), user.email))
    codeOf(await signIn(visitor(), ask({ organization: other }), user.email))
    const page = await signIn(visitor(), ask({ client_id: WEB }), user.email)
    assert.match(page.url.pathname, /\/terms$/)
    const person = visitor()
    const inside = await signIn(person, ask({ organization: acme }), user.email)
    assert.match(inside.text, /Terms of /)
    codeOf(await person.send({ decision: 'accept' }))
    const rows = await ledgerOf(user.user_id)
    assert.deepEqual(
      rows.map(({ terms_id, organization_id }) => [terms_id, organization_id]),
      [[theirs, acme]],
    )
    const { body } = await test.call('GET', `/api/v2/users/${encodeURIComponent(user.user_id)}`)
    assert.equal(body.app_metadata, undefined)
  })

  it('leaves the profile portal open, and asks for nothing before it takes effect or after it is retired', async () => {
    const user = await newUser()
    await makeTerms({}, { effective_at: new Date(Date.now() + DAY).toISOString() })
    await retire(await makeTerms())
    codeOf(await signIn(visitor(), ask(), user.email))
    await makeTerms()
    const home = `${test.server.config.publicUrl}/account`
    codeOf(await signIn(visitor(), ask({ client_id: 'tenantry-account', redirect_uri: home }), user.email))
  })
})
