import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { join, makeOrganization } from '../organizations/organizations.testing.ts'
import { accounts } from '../sign-in/accounts.testing.ts'
import { publisher } from './terms.testing.ts'

const DAY = 86_400_000
const TEXTS = { en: { title: 'Terms of use', body: 'Be kind.' } }

describe('terms by the Management API', async () => {
  const test = await startTestServer()
  const { call, db, tokenFor } = test
  const { person } = await accounts(test)
  const { makeTerms, publish } = publisher(test)
  const at = (id: string, path = '') => `/api/v2/terms/${id}${path}`
  const acme = await makeOrganization(db, 'acme')
  const bolt = await makeOrganization(db, 'bolt')
  const administrator = async (organizationId: string) => {
    const user = await person()
    await join(db, organizationId, user.user_id, 'administrator')
    return await tokenFor({ userId: user.user_id, organizationId })
  }
  // Later than the one before it, however fast they follow.
  let said = 0
  const nextMoment = () => {
    said += 1
    return new Date(Date.now() + said)
  }
  const accept = async (userId: string, termsId: string, version = 1, outcome: 'accepted' | 'withdrawn' = 'accepted') =>
    await db
      .insertInto('acceptances')
      .values({
        ...{ id: `acc_${Math.random()}`, user_id: userId, terms_id: termsId, version, outcome, language: 'en' },
        ...{ sha256: '', created_at: nextMoment(), ip: null, user_agent: null, client_id: null, organization_id: null },
      })
      .execute()

  afterEach(() => mock.timers.reset())

  it('are made, published and read, each version with the digest of each text', async () => {
    const { status, body } = await call('POST', '/api/v2/terms', { body: { name: 'use', required: true } })
    assert.equal(status, 201)
    assert.match(body.id, /^trm_[A-Za-z0-9]{16}$/)
    assert.deepEqual([body.required, body.retired, body.latest_version], [true, false, 0])
    const published = await call('POST', at(body.id, '/versions'), {
      body: { texts: { ...TEXTS, de: { title: 'Nutzung', summary: 'Neu', body: 'Seid nett.' } } },
    })
    assert.equal(published.status, 201, published.text)
    assert.equal(published.body.version, 1)
    assert.equal(published.body.effective_at, published.body.published_at)
    assert.match(published.body.texts.de.sha256, /^[0-9a-f]{64}$/)
    assert.notEqual(published.body.texts.de.sha256, published.body.texts.en.sha256)
    assert.deepEqual((await call('GET', at(body.id, '/versions/1'))).body, published.body)
    assert.deepEqual((await call('GET', at(body.id, '/versions'))).body, [published.body])
    const { body: list } = await call('GET', '/api/v2/terms?include_totals=true')
    assert.equal(list.total, list.terms.length)
    const listed = list.terms.find(({ id }: Row) => id === body.id)
    assert.equal(listed.latest_version, 1)
    const { effective_at, deadline_at } = published.body
    assert.deepEqual(listed.latest, { titles: { en: 'Terms of use', de: 'Nutzung' }, effective_at, deadline_at })
    assert.equal('latest' in body, false, 'nothing is published yet')
    await publish(body.id, { texts: { fr: { title: 'Conditions', body: 'Soyez gentils.' } } })
    assert.deepEqual((await call('GET', at(body.id))).body.latest.titles, { fr: 'Conditions' })
  })

  it('stay as they were published: there is no way to change or delete a version', async () => {
    const id = await makeTerms()
    for (const method of ['PATCH', 'PUT', 'DELETE']) {
      assert.equal((await call(method, at(id, '/versions/1'), { body: { texts: TEXTS } })).status, 404)
    }
    const { status, body } = await call('DELETE', at(id))
    assert.deepEqual([status, body.errorCode], [409, 'terms_published'])
    const unpublished = await makeTerms({}, null)
    assert.equal((await call('DELETE', at(unpublished))).status, 204)
    assert.equal((await call('GET', at(unpublished))).status, 404)
  })

  it('publish nothing while they are retired, and can be taken up again', async () => {
    const id = await makeTerms()
    const retired = await call('PATCH', at(id), { body: { retired: true } })
    assert.equal(retired.body.retired, true)
    const refused = await call('POST', at(id, '/versions'), { body: { texts: TEXTS } })
    assert.deepEqual([refused.status, refused.body.errorCode], [409, 'terms_retired'])
    assert.equal((await call('PATCH', at(id), { body: { retired: false } })).body.retired, false)
    assert.equal(await publish(id), 2)
  })

  it('take effect in the order of their versions, never in the past', async () => {
    const later = new Date(Date.now() + 10 * DAY).toISOString()
    const id = await makeTerms({}, { effective_at: later })
    const early = await call('POST', at(id, '/versions'), { body: { texts: TEXTS } })
    assert.equal(early.status, 400)
    assert.match(early.body.message, /announced already/)
    const past = await makeTerms({}, { effective_at: '2001-01-01T00:00:00Z', deadline_at: '2001-01-01T00:00:00Z' })
    const { body } = await call('GET', at(past, '/versions/1'))
    assert.deepEqual([body.effective_at, body.deadline_at], [body.published_at, body.published_at])
  })

  it('refuse what makes no sense, and change nothing', async () => {
    const id = await makeTerms({ name: 'taken' })
    for (const [url, body, status] of [
      ['/api/v2/terms', { name: 'taken', required: true }, 409],
      ['/api/v2/terms', { name: 'Not a name', required: true }, 400],
      ['/api/v2/terms', { name: 'more' }, 400],
      ['/api/v2/terms', { name: 'more', required: true, organization_id: 'org_nobodys' }, 404],
      ['/api/v2/terms', { name: 'more', required: true, client_id: 'nobodys' }, 404],
      [at(id, '/versions'), { texts: {} }, 400],
      [at(id, '/versions'), { texts: { en: { title: ' ', body: 'x' } } }, 400],
      [at(id, '/versions'), { texts: { english: { title: 'x', body: 'x' } } }, 400],
      [at(id, '/versions'), { texts: TEXTS, effective_at: 'soon' }, 400],
      [at('trm_nobodys'), undefined, 404],
      [at('trm_nobodys', '/versions'), { texts: TEXTS }, 404],
    ] as const) {
      const answer = await call(body ? 'POST' : 'GET', url, body ? { body } : {})
      assert.equal(answer.status, status, `${url} ${JSON.stringify(body)} ${answer.text}`)
    }
    assert.equal((await call('GET', at(id))).body.latest_version, 1)
  })

  it('are so many at most as one page can show, in texts of so many paragraphs', async () => {
    const ours = await makeOrganization(db, 'many-terms')
    const make = async (name: string) =>
      await call('POST', '/api/v2/terms', { body: { name, required: true, organization_id: ours } })
    const made = await Promise.all(Array.from({ length: 24 }, (_, index) => make(`rule-${index}`)))
    assert.deepEqual([made.filter(({ status }) => status === 201).length, made.length], [20, 24])
    assert.equal(made.find(({ status }) => status !== 201)?.body.errorCode, 'too_many_entities')
    const one = made.find(({ status }) => status === 201)?.body.id
    await call('PATCH', at(one), { body: { retired: true } })
    assert.equal((await make('another')).status, 201)
    assert.equal((await call('PATCH', at(one), { body: { retired: false } })).status, 403)
    assert.equal((await call('GET', at(one))).body.retired, true)

    const id = await makeTerms({}, null)
    const text = (body: string) => ({ body: { texts: { en: { title: 'x', body } } } })
    const long = await call('POST', at(id, '/versions'), text('- be kind\n'.repeat(2_001)))
    assert.deepEqual([long.status, long.body.errorCode], [403, 'too_many_entities'])
    assert.equal((await call('POST', at(id, '/versions'), text('be kind\n\n'.repeat(2_001)))).status, 403)
    assert.equal((await call('POST', at(id, '/versions'), text('- be kind\n'.repeat(2_000)))).status, 201)
  })

  it('of two publishers at once number their versions one after the other', async () => {
    const id = await makeTerms({}, null)
    const numbers = await Promise.all(Array.from({ length: 8 }, () => publish(id)))
    assert.deepEqual(numbers.toSorted(), [1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('of an organization are seen and changed by its own administrators alone', async () => {
    const [ours, theirs] = [await administrator(acme), await administrator(bolt)]
    const tenants = await makeTerms()
    const made = await call('POST', '/api/v2/terms', { as: ours, body: { name: 'house-rules', required: true } })
    assert.equal(made.status, 201)
    assert.equal(made.body.organization_id, acme)
    // The same name elsewhere is no conflict.
    const twin = await call('POST', '/api/v2/terms', { as: theirs, body: { name: 'house-rules', required: true } })
    assert.equal(twin.status, 201)
    const { body: seen } = await call('GET', '/api/v2/terms', { as: ours })
    assert.deepEqual(
      seen.map(({ id }: Row) => id),
      [made.body.id],
    )
    for (const id of [twin.body.id, tenants]) {
      for (const path of ['', '/versions', '/versions/1', '/acceptances', '/summary', '/pending-users']) {
        assert.equal((await call('GET', at(id, path), { as: ours })).status, 404, path)
      }
      assert.equal((await call('PATCH', at(id), { as: ours, body: { retired: true } })).status, 404)
      assert.equal((await call('POST', at(id, '/versions'), { as: ours, body: { texts: TEXTS } })).status, 404)
    }
    for (const organization_id of [bolt, 'org_nobodys']) {
      const body = { name: 'more', required: true, organization_id }
      assert.equal((await call('POST', '/api/v2/terms', { as: ours, body })).status, 404)
    }
    const bound = { name: 'more', required: true, client_id: 'tenantry-admin' }
    assert.equal((await call('POST', '/api/v2/terms', { as: ours, body: bound })).status, 403)
    const auditor = await person()
    await join(db, acme, auditor.user_id, 'auditor')
    const as = await tokenFor({ userId: auditor.user_id, organizationId: acme })
    assert.equal((await call('GET', at(made.body.id), { as })).status, 200)
    assert.equal((await call('PATCH', at(made.body.id), { as, body: { retired: true } })).status, 403)
  })

  it('say who has accepted and who has not, among an organization’s members alone', async () => {
    const as = await administrator(acme)
    const people = [await person(), await person(), await person()]
    for (const { user_id } of people) await join(db, acme, user_id)
    const outsider = await person()
    const id = await makeTerms({ organization_id: acme, name: 'counted' })
    const [first, second, third] = people.map(({ user_id }) => user_id)
    await accept(first ?? '', id)
    await accept(second ?? '', id)
    await accept(outsider.user_id, id)
    const pending = async () => (await call('GET', at(id, '/pending-users?take=100'), { as })).body.users.map(idOf)
    const before = await pending()
    assert.ok(before.includes(third) && !before.includes(first) && !before.includes(outsider.user_id))
    const { body: summary } = await call('GET', at(id, '/summary'), { as })
    assert.deepEqual([summary.current_version, summary.people - summary.pending], [1, 2])
    assert.deepEqual(summary.versions, [{ version: 1, accepted: 2, declined: 0, withdrawn: 0 }])
    await publish(id)
    assert.ok((await pending()).includes(first), 'a new version is to be accepted anew')
    await publish(id, { effective_at: new Date(Date.now() + DAY).toISOString() })
    await accept(first ?? '', id, 2)
    assert.ok(!(await pending()).includes(first), 'what is not in effect yet is not asked for')
    const { body: page } = await call('GET', at(id, '/pending-users?per_page=1&include_totals=true'), { as })
    assert.deepEqual([page.users.length, page.total], [1, (await pending()).length])
  })

  it('say of a whole list at once what they say one by one, each of its own people', async () => {
    const as = await administrator(bolt)
    const people = [await person(), await person()]
    for (const { user_id } of people) await join(db, bolt, user_id)
    const outsider = await person()
    const [first, second] = people.map(({ user_id }) => user_id)
    const everybodys = await makeTerms()
    await accept(outsider.user_id, everybodys)
    const announced = await makeTerms(
      { organization_id: bolt, name: 'announced' },
      { effective_at: new Date(Date.now() + DAY).toISOString() },
    )
    const rules = await makeTerms({ organization_id: bolt, name: 'rules' })
    for (const user of [first, second, outsider.user_id]) await accept(user ?? '', rules)
    await publish(rules)
    await accept(first ?? '', rules, 2)
    const consent = await makeTerms({ organization_id: bolt, name: 'newsletter', required: false })
    await accept(first ?? '', consent)
    await accept(second ?? '', consent)
    await accept(second ?? '', consent, 1, 'withdrawn')
    await makeTerms({ organization_id: acme, name: 'others' })
    const { body: whole } = await call('GET', '/api/v2/terms/summaries?per_page=100')
    const { body: own } = await call('GET', '/api/v2/terms/summaries?include_totals=true', { as })
    const of = (list: Row[], id: string) => list.find(({ terms_id }) => terms_id === id)
    for (const id of [everybodys, announced, rules, consent]) {
      const { versions: _, ...counts } = (await call('GET', at(id, '/summary'))).body
      assert.deepEqual(of(whole, id), { terms_id: id, ...counts })
      assert.deepEqual(of(own.summaries, id), id === everybodys ? undefined : { terms_id: id, ...counts })
    }
    const accepted = (id: string) => Number(of(whole, id)?.people) - Number(of(whole, id)?.pending)
    assert.deepEqual([rules, consent].map(accepted), [1, 1])
    assert.deepEqual([of(own.summaries, announced)?.current_version, of(own.summaries, announced)?.pending], [0, 0])
    const { body: listed } = await call('GET', '/api/v2/terms', { as })
    assert.deepEqual(
      own.summaries.map(({ terms_id }: Row) => terms_id),
      listed.map(({ id }: Row) => id),
    )
    assert.equal(own.total, listed.length)
    const reader = await tokenFor({ scopes: ['read:terms'] })
    assert.equal((await call('GET', '/api/v2/terms/summaries', { as: reader })).status, 403)
  })

  it('remind whoever has not accepted, once a day, and nobody else', async () => {
    const own = await makeOrganization(db, 'reminded')
    const as = await administrator(own)
    const [late, done, shut, outsider] = [await person(), await person(), await person(), await person()]
    for (const { user_id } of [late, done, shut]) await join(db, own, user_id)
    await call('PATCH', `/api/v2/users/${encodeURIComponent(shut.user_id)}`, { body: { blocked: true } })
    const id = await makeTerms({ organization_id: own, name: 'reminded' })
    await accept(done.user_id, id)
    const mailed = async () =>
      (await db.selectFrom('emails').select('user_id').where('template', '=', 'terms_reminder').execute()).map(
        ({ user_id }) => user_id,
      )
    const { status, body } = await call('POST', at(id, '/reminders'), { as, body: {} })
    assert.deepEqual([status, body.more], [202, false])
    const first = await mailed()
    assert.equal(first.length, body.queued)
    assert.ok(first.includes(late.user_id))
    for (const { user_id } of [done, shut, outsider]) assert.ok(!first.includes(user_id))
    assert.equal((await call('POST', at(id, '/reminders'), { as, body: {} })).body.queued, 0)
    await db
      .updateTable('emails')
      .set({ created_at: new Date(Date.now() - DAY - 1_000) })
      .execute()
    assert.equal((await call('POST', at(id, '/reminders'), { body: {} })).body.queued, first.length)
    const consent = await makeTerms({ organization_id: own, name: 'asked', required: false })
    assert.equal((await call('POST', at(consent, '/reminders'), { body: {} })).status, 400)
    const unpublished = await makeTerms({ organization_id: own, name: 'unwritten' }, null)
    assert.equal((await call('POST', at(unpublished, '/reminders'), { body: {} })).status, 404)
  })

  it('count a consent that was withdrawn for nothing', async () => {
    const user = await person()
    const id = await makeTerms({ required: false })
    await accept(user.user_id, id)
    const isPending = async () =>
      (await call('GET', at(id, '/pending-users?take=100'))).body.users.map(idOf).includes(user.user_id)
    assert.equal(await isPending(), false)
    await accept(user.user_id, id, 1, 'withdrawn')
    assert.equal(await isPending(), true)
  })

  it('have a ledger, by terms and by user, the newest first', async () => {
    const user = await person()
    const id = await makeTerms({ name: 'ledger' })
    await accept(user.user_id, id)
    const { body } = await call('GET', `/api/v2/users/${encodeURIComponent(user.user_id)}/acceptances`)
    assert.deepEqual(
      body.map(({ terms_id, terms_name, outcome }: Row) => [terms_id, terms_name, outcome]),
      [[id, 'ledger', 'accepted']],
    )
    const { body: page } = await call('GET', at(id, '/acceptances?take=1'))
    assert.equal(page.acceptances[0].user_id, user.user_id)
    const next = await call('GET', at(id, `/acceptances?take=1&from=${page.next}`))
    assert.deepEqual(next.body.acceptances, [])
    assert.equal((await call('GET', at(id, '/acceptances?outcome=declined'))).body.length, 0)
    await call('DELETE', `/api/v2/users/${encodeURIComponent(user.user_id)}`)
    assert.deepEqual((await call('GET', at(id, '/acceptances'))).body, [])
  })

  it('are recorded: who published what for whom', async () => {
    const id = await makeTerms({ organization_id: acme, name: 'recorded' })
    const rows = await db
      .selectFrom('events')
      .select(['operation', 'organization_id'])
      .where('target_kind', '=', 'terms')
      .where('target_id', '=', id)
      .orderBy('log_id')
      .execute()
    assert.deepEqual(rows, [
      { operation: 'post_terms', organization_id: acme },
      { operation: 'post_terms_versions', organization_id: acme },
    ])
    const seen = await call('GET', `/api/v2/logs?q=${encodeURIComponent('type:sapi')}&sort=date:-1&per_page=2`, {
      as: await administrator(acme),
    })
    const named = seen.body.map(({ details }: { details: { operation: string; terms: object } }) => details)
    assert.deepEqual(
      named.map(({ operation, terms }: Row) => [operation, terms]),
      [
        ['post_terms_versions', { name: 'recorded', version: 1 }],
        ['post_terms', { name: 'recorded' }],
      ],
    )
  })
})

type Row = Record<string, unknown>

function idOf({ user_id }: Row): unknown {
  return user_id
}
