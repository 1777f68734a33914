import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { InjectOptions } from 'fastify'
import { startTestServer } from '../../test/harness.ts'
import { formsOf } from '../../test/visitor.ts'
import { startDemoServer } from './demo.testing.ts'
import { openDemo } from './demo.ts'

const HOST = { host: 'localhost:3000' }
const FOREIGN = [
  ['a proxy on this machine', { headers: { 'x-forwarded-for': '192.0.2.7' } }],
  ['a tunnel on this machine', { headers: { forwarded: 'for=192.0.2.7' } }],
  ['another machine', { remoteAddress: '192.0.2.7' }],
] as const

describe('the start page without the demo', async () => {
  const { call } = await startTestServer()

  it('leads to one’s account, and the demo’s pages are not there', async () => {
    const { status, headers } = await call('GET', '/', { as: null })
    assert.deepEqual([status, headers.location], [302, '/account'])
    assert.equal((await call('GET', '/demo/acme', { as: null })).status, 404)
    assert.equal((await call('POST', '/demo/sign-in', { as: null, body: {} })).status, 404)
  })
})

describe('the start page of the demo', async () => {
  const { app, db, server, logged, visitor } = await startDemoServer()
  const get = async (url: string, more: Partial<InjectOptions> = {}) => {
    const { headers, ...rest } = more
    return await app.inject({ method: 'GET', url, ...rest, headers: { ...HOST, ...headers } })
  }
  const press = async (fields: Record<string, string>, more: Partial<InjectOptions> = {}) => {
    const { headers, ...rest } = more
    const type = { 'content-type': 'application/x-www-form-urlencoded', origin: server.config.publicUrl }
    return await app.inject({
      method: 'POST',
      url: '/demo/sign-in',
      payload: new URLSearchParams(fields).toString(),
      ...rest,
      headers: { ...HOST, ...type, ...headers },
    })
  }
  const formToken = async () => formsOf((await get('/')).body)[0]?.hidden.form_token ?? ''
  const openLinks = async () =>
    (await db.selectFrom('tickets').select('token_hash').where('consumed_at', 'is', null).execute()).length

  it('tells the story in the language of the browser, with a link for every step, and no link that signs in', async () => {
    const page = await get('/')
    assert.equal(page.statusCode, 200)
    assert.match(page.body, /<h1>Everything runs on this machine<\/h1>/)
    for (const href of [
      '/demo/acme?screen_hint=signup',
      '/inbox',
      '/demo/acme',
      '/account',
      '/u/reset-password/request?client_id=demo-acme',
    ]) {
      assert.ok(page.body.includes(`href="${href}"`), href)
    }
    assert.doesNotMatch(page.body, /ticket=/)
    const german = await get('/', { headers: { 'accept-language': 'de-CH,de;q=0.9' } })
    assert.match(german.body, /<h1>Alles läuft auf diesem Rechner<\/h1>/)
    assert.match(german.body, /<html lang="de">/)
  })

  it('is answered under no other name, and under another of this machine leads to the right one', async () => {
    assert.equal((await get('/', { headers: { host: 'evil.example' } })).statusCode, 421)
    assert.equal((await press({}, { headers: { host: 'evil.example' } })).statusCode, 421)
    const led = await get('/?language=de', { headers: { host: '127.0.0.1:3000' } })
    assert.deepEqual([led.statusCode, led.headers.location], [302, 'http://localhost:3000/?language=de'])
    const slashes = await get('//evil.example/demo/acme', { headers: { host: '127.0.0.1:3000' } })
    assert.ok(!String(slashes.headers.location ?? '').includes('//evil'))
  })

  it('makes one of the people of whoever presses the button on this machine, by a link that works once', async () => {
    const person = visitor()
    await person.open('/')
    const asked = await person.send({ person: 'kaethe' })
    assert.equal(asked.url.pathname, '/u/sign-in')
    assert.ok(asked.text.includes('Käthe Müller'))
    const link = asked.url.href
    const row = db.selectFrom('users').select('logins_count').where('email', '=', 'kaethe@globex-kaeserei.example')
    assert.ok(!(await row.executeTakeFirstOrThrow()).logins_count)
    assert.equal((await person.send()).url.pathname, '/admin')
    assert.equal((await row.executeTakeFirstOrThrow()).logins_count, 1)
    assert.equal((await visitor().open(link)).status, 404)
  })

  it('lets each link that the start has printed sign in once, and tells the log none of them', async () => {
    const printed = await openDemo(db, server.secrets, server.config)
    for (const { person, url } of printed?.personas ?? []) {
      const browser = visitor()
      assert.ok((await browser.open(url)).text.includes(person.family))
      assert.equal(
        (await browser.send()).url.pathname,
        person.mailbox === 'djordje' ? '/account' : '/admin',
        person.mailbox,
      )
      assert.equal((await visitor().open(url)).status, 404)
      assert.ok(!logged().includes(new URL(url).searchParams.get('ticket') ?? '?'))
    }
    assert.equal(printed?.personas.length, 6)
  })

  for (const [who, more] of FOREIGN) {
    it(`shows no button to ${who}, and takes no form from there`, async () => {
      const page = await get('/', more)
      assert.equal(page.statusCode, 200)
      assert.deepEqual(formsOf(page.body), [])
      assert.match(page.body, /The terminal in which the server was started shows a link/)
      const before = await openLinks()
      const refused = await press({ form_token: await formToken(), person: 'ada' }, more)
      assert.equal(refused.statusCode, 403)
      assert.equal(refused.headers.location, undefined)
      assert.equal(await openLinks(), before)
    })
  }

  it('takes no form without its token or from another page, and says so on a page', async () => {
    const token = await formToken()
    assert.equal((await press({ person: 'ada' })).statusCode, 403)
    assert.equal((await press({ person: 'ada', form_token: 'x' })).statusCode, 403)
    for (const origin of ['null', 'https://evil.example', 'https://localhost:3443']) {
      const refused = await press({ person: 'ada', form_token: token }, { headers: { origin } })
      assert.equal(refused.statusCode, 403, origin)
      assert.match(refused.body, /<h1>This form could not be accepted<\/h1>/)
    }
    assert.equal((await press({ person: 'ada', form_token: token })).statusCode, 303)
  })

  it('makes no link for who is blocked, who is not among the people, and who is no persona', async () => {
    const form_token = await formToken()
    await db.updateTable('users').set({ blocked: true }).where('email', '=', 'noah@acme-robotics.example').execute()
    const before = await openLinks()
    for (const person of ['noah', 'victor', 'zoe', 'nobody', '']) {
      const { statusCode, body } = await press({ form_token, person })
      assert.equal(statusCode, 404, person)
      assert.match(body, /<h1>There is no link for this person<\/h1>/)
    }
    assert.equal(await openLinks(), before)
  })
})

describe('the applications of the demo', async () => {
  const { visitor, call, db } = await startDemoServer()

  it('are shown in their company’s name, colour and language, and so is signing in to them', async () => {
    const person = visitor()
    const globex = await person.open('/demo/globex')
    assert.match(globex.text, /<html lang="de">/)
    assert.match(globex.text, /<\/span>Globex Käserei<\/header>/)
    assert.match(globex.text, /--accent:#f2c200/)
    assert.match(globex.text, /<noscript>/)
    const signIn = await person.open(person.linkTo(/authorize.*ui_locales=de/))
    assert.match(signIn.url.pathname, /^\/u\/login\//)
    assert.match(signIn.text, /<\/span>Globex Käserei<\/header>/)
    assert.match(signIn.text, /--accent:#f2c200/)
    assert.match(signIn.text, /Weiter zu Globex Käserei Portal/)
    const acme = await visitor().open('/demo/acme')
    assert.match(acme.text, /<html lang="en">/)
    assert.match(acme.text, /--accent:#23408e/)
    assert.doesNotMatch(acme.text, /ui_locales/)
  })

  it('take invitations: their link leads to an account, to the membership, past its house rules and into the application', async () => {
    const [name, email] = ['acme', 'new.colleague@acme-robotics.example']
    const { id } = await db.selectFrom('organizations').select('id').where('name', '=', name).executeTakeFirstOrThrow()
    const { status, body, text } = await call('POST', `/api/v2/organizations/${id}/invitations`, {
      body: { inviter: { name: 'Ada' }, invitee: { email }, client_id: 'demo-acme' },
    })
    assert.equal(status, 201, text)
    const person = visitor()
    await person.open(body.invitation_url)
    await person.open(person.linkTo(/\/authorize\?.*invitation=/))
    await person.send()
    const asked = await person.send({ password: 'two herons at dusk' })
    assert.match(asked.text, /House rules of the robot hall/)
    const inside = await person.send({ decision: 'accept' })
    assert.equal(inside.url.pathname, '/demo/acme', inside.text)
    assert.ok(inside.url.searchParams.get('code'), inside.url.href)
    const members = db
      .selectFrom('memberships')
      .innerJoin('users', 'users.user_id', 'memberships.user_id')
      .select('memberships.organization_id')
      .where('users.email', '=', email)
    assert.deepEqual(await members.execute(), [{ organization_id: id }])
  })

  it('lead through signing up without JavaScript, and run nothing but their own script', async () => {
    const person = visitor()
    const page = await person.open('/demo/acme')
    const policy = String(page.headers['content-security-policy'])
    assert.match(policy, /default-src 'none'.*connect-src 'self'/)
    assert.doesNotMatch(policy, /unsafe/)
    const signUp = await person.open(person.linkTo(/screen_hint=signup/))
    assert.match(signUp.url.pathname, /\/signup$/)
    const back = await visitor().open('/demo/acme?code=<script>alert(1)</script>&state=x')
    assert.match(back.text, /the application was given a code/)
    assert.doesNotMatch(back.text, /alert\(1\)/)
  })
})
