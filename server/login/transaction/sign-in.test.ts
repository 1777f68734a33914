import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formsOf } from '../../../test/visitor.ts'
import { ask, CALLBACK, PASSWORD, SPA, startSignInServer } from '../../oidc/sign-in.testing.ts'

describe('the pages of signing in', async () => {
  const { app, call, db, newUser, visitor, server } = await startSignInServer()
  const own = new URL(server.config.publicUrl).origin

  /** A visitor who has said what he signs in with. */
  async function atPassword(identifier: string) {
    const person = visitor()
    await person.open(ask().url)
    const page = await person.send({ username: identifier })
    assert.match(page.url.pathname, /^\/u\/login\/[\w-]+\/password$/)
    return person
  }

  /** A form as a browser sends it, with other headers. */
  function post(url: URL, form: Record<string, string>, headers: Record<string, string>) {
    return app.inject({
      method: 'POST',
      url: url.pathname,
      payload: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
  }

  it('lead without JavaScript from the application to the password and back with a code', async () => {
    const user = await newUser()
    const person = visitor()
    const first = await person.open(ask({ login_hint: user.email }).url)
    assert.match(first.text, /<h1>Sign in<\/h1>\s*<p class="said">to continue to spa/)
    assert.ok(first.text.includes(`value="${user.email}" autocomplete="username"`))
    const second = await person.send({})
    assert.ok(second.text.includes('<h1>Enter your password</h1>') && second.text.includes(user.email ?? '?'))
    assert.match(second.text, /type="password" autocomplete="current-password"/)
    const landed = await person.send({ password: PASSWORD })
    assert.equal(landed.url.origin + landed.url.pathname, CALLBACK)
    assert.ok(landed.url.searchParams.get('code'))
  })

  it('send headers that load nothing foreign and let nobody frame them, and set no bounds on where their form leads', async () => {
    const person = await atPassword('ada@x.example')
    const { headers, text } = person.page()
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /default-src 'none'.*frame-ancestors 'none'; base-uri 'none'/)
    assert.doesNotMatch(policy, /form-action|unsafe|\*|https?:/)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['referrer-policy'], 'strict-origin')
    assert.equal(headers['x-powered-by'], undefined)
    assert.doesNotMatch(text, /(src|href)="(?!data:|#|\/u\/)/)
  })

  it('answer the same whether there is such an account, to the byte but for what was typed', async () => {
    const { email = '' } = await newUser()
    const blocked = await newUser({ blocked: true })
    const person = await atPassword(email)
    const tries = []
    for (const identifier of [email, blocked.email ?? '', 'nobody@acme-robotics.example']) {
      await person.open(person.page().url.pathname.replace('/password', '?screen=login'))
      await person.send({ username: identifier })
      const { status, text, headers } = await person.send({ password: 'not the password' })
      const { 'x-request-id': _, date: __, 'x-ratelimit-reset': ___, ...others } = headers
      tries.push(
        JSON.stringify([status, text, others])
          .replaceAll(identifier, '…')
          .replace(/"content-length":"\d+"/, ''),
      )
    }
    assert.match(tries[0] ?? '', /^\[400,.*Wrong e-mail address or password/)
    assert.equal(tries[1], tries[0])
    assert.equal(tries[2], tries[0])
  })

  it('tell of a block only whoever knows the password, and lead back to the application', async () => {
    const { email = '' } = await newUser({ blocked: true })
    const person = await atPassword(email)
    assert.doesNotMatch((await person.send({ password: 'not the password' })).text, /blocked/)
    const told = await person.send({ password: PASSWORD })
    assert.equal(told.status, 403)
    assert.match(told.text, /<h1>Your access is blocked<\/h1>/)
    assert.ok(told.text.includes(String(told.headers['x-request-id'])))
    const back = await person.send({}, /leave/)
    assert.equal(back.url.searchParams.get('error'), 'unauthorized')
    assert.equal(back.url.searchParams.get('error_description'), 'user is blocked')
    assert.equal(back.url.searchParams.get('code'), null)
  })

  it('say after too many wrong passwords what was done, for an account that exists as for one that does not', async () => {
    const { email = '' } = await newUser()
    const pages = []
    for (const identifier of [email, 'nobody-else@acme-robotics.example']) {
      const person = visitor({ from: identifier === email ? '192.0.2.1' : '192.0.2.2' })
      await person.open(ask().url)
      await person.send({ username: identifier })
      for (let tries = 0; tries < 10; tries += 1) await person.send({ password: 'not the password' })
      const path = person.page().url.pathname
      if (person.page().status !== 429) await person.send({ password: PASSWORD })
      const { status, text } = person.page()
      const [, id = ''] = /login\/([\w-]+)/.exec(path) ?? []
      const reference = String(person.page().headers['x-request-id'])
      pages.push(`${status} ${text}`.replaceAll(identifier, '…').replaceAll(id, '…').replaceAll(reference, '…'))
    }
    assert.match(pages[0] ?? '', /^429 .*<h1>Too many wrong passwords<\/h1>/s)
    assert.equal(pages[1], pages[0])
  })

  it('take a form only from our own page, with the token of this page and sign-in', async () => {
    const user = await newUser()
    const person = await atPassword(user.email ?? '')
    const other = await atPassword(user.email ?? '')
    const { url, text } = person.page()
    const [form] = formsOf(text)
    const [foreign] = formsOf(other.page().text)
    const cookie = [...person.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ')
    const good = { ...form?.hidden, password: PASSWORD }
    const first = await person.open(`${url.pathname.replace('/password', '')}?screen=login`)
    const tokenOfFirst = formsOf(first.text)[0]?.hidden.form_token ?? ''
    const refused: [Record<string, string>, Record<string, string>][] = [
      [good, { cookie, origin: 'https://evil.example' }],
      [good, { cookie, origin: 'null' }],
      [good, { cookie }],
      [
        { ...good, form_token: foreign?.hidden.form_token ?? '' },
        { cookie, origin: own },
      ],
      [
        { ...good, form_token: tokenOfFirst },
        { cookie, origin: own },
      ],
      [{ password: PASSWORD }, { cookie, origin: own }],
    ]
    for (const [fields, headers] of refused) {
      const answer = await post(url, fields, headers)
      assert.equal(answer.statusCode, 403, JSON.stringify(headers))
      assert.match(answer.body, /This form could not be accepted/)
    }
    const elsewhere = await post(url, good, { origin: own })
    assert.equal(elsewhere.statusCode, 400)
    assert.match(elsewhere.body, /<h1>This sign-in is over<\/h1>/)
    assert.equal((await post(url, good, { cookie, origin: own })).statusCode, 303)
  })

  it('cannot be passed over, and end once', async () => {
    const { email = '' } = await newUser()
    const person = visitor()
    const first = await person.open(ask().url)
    for (const page of ['/password', '/check-mail', '/consent', '/verify-email', '/change-password']) {
      const led = await person.open(first.url.pathname + page)
      assert.equal(led.url.pathname, first.url.pathname, page)
    }
    await person.send({ username: email })
    const { url, text } = person.page()
    const form = { ...formsOf(text)[0]?.hidden, password: PASSWORD }
    assert.ok((await person.send({ password: PASSWORD })).url.searchParams.get('code'))
    const twice = await person.post(url, form)
    assert.equal(twice.status, 400)
    assert.match(twice.text, /<h1>This sign-in is over<\/h1>/)
  })

  it('lead to where the application begins a sign-in when theirs is over, or was begun in another browser', async () => {
    const begins = 'https://app.example.com/begin'
    const { body: client } = await call('GET', `/api/v2/clients/${SPA}`)
    const { email = '' } = await newUser()
    const person = visitor()
    const { url } = await person.open(ask().url)
    assert.doesNotMatch((await visitor().open(url)).text, /Begin again/)
    await call('PATCH', `/api/v2/clients/${SPA}`, { body: { initiate_login_uri: begins } })
    const other = visitor()
    assert.match((await other.open(url)).text, /<h1>This sign-in is over<\/h1>/)
    assert.ok(other.linkTo(/Begin again/).startsWith(`${begins}?iss=`))
    await person.send({ username: email })
    await person.send({ password: PASSWORD })
    assert.equal((await person.open(url)).status, 400)
    assert.ok(person.linkTo(/Begin again/).startsWith(`${begins}?iss=`))
    assert.doesNotMatch((await visitor().open('/u/login/never-was')).text, /Begin again/)
    await call('PATCH', `/api/v2/clients/${SPA}`, { body: { initiate_login_uri: client.initiate_login_uri ?? '' } })
  })

  it('escape what people type and what applications are called', async () => {
    await db
      .updateTable('clients')
      .set({ name: '<img src=x onerror=alert(1)> {{7*7}}' })
      .where('client_id', '=', 'web')
      .execute()
    const person = visitor()
    await person.open(ask({ client_id: 'web', login_hint: '"><script>alert(1)</script>' }).url)
    assert.doesNotMatch(person.page().text, /<img|<script>alert/)
    assert.ok(person.page().text.includes('&lt;img src=x onerror=alert(1)&gt; {{7*7}}'))
    const page = await person.send({ username: '"><script>alert(1)</script>' })
    assert.doesNotMatch(page.text, /<script>alert/)
  })

  it('begin with the page that the application asks for, and lead back to the first', async () => {
    const signUp = await visitor().open(ask({ screen_hint: 'signup' }).url)
    assert.match(signUp.url.pathname, /\/signup$/)
    const person = visitor()
    const forgot = await person.open(ask({ screen_hint: 'reset-password' }).url)
    assert.match(forgot.url.pathname, /\/forgot$/)
    const first = await person.open(person.linkTo(/Back to sign-in/))
    assert.match(first.text, /<h1>Sign in<\/h1>/)
  })

  it('speak the language that the application asks for, and then that of who signed in here last', async () => {
    const user = await newUser({ user_metadata: { locale: 'de-AT' } })
    const person = visitor({ language: 'en' })
    assert.match((await person.open(ask().url)).text, /<html lang="en">/)
    await person.send({ username: user.email ?? '' })
    await person.send({ password: PASSWORD })
    const again = await person.open(ask({ prompt: 'login' }).url)
    assert.match(again.text, /<html lang="de">/)
    assert.match(again.text, /<h1>Anmelden<\/h1>/)
    assert.match((await person.open(ask({ prompt: 'login', ui_locales: 'en' }).url)).text, /<html lang="en">/)
    const remembered = [...person.cookies].find(([name]) => name.startsWith('ui_language '))?.[1]
    assert.deepEqual([remembered?.value, remembered?.sameSite, remembered?.httpOnly], ['de', 'lax', true])
  })

  it('speak, after a sign-out, the language that the person has chosen in the profile meanwhile', async () => {
    const user = await newUser({ user_metadata: { locale: 'en' } })
    const person = visitor({ language: 'en' })
    await person.open(`${(await person.open(ask().url)).url.pathname}?language=en`)
    await person.send({ username: user.email ?? '' })
    await person.send({ password: PASSWORD })
    await call('PATCH', `/api/v2/users/${user.user_id}`, { body: { user_metadata: { locale: 'de' } } })
    await person.open(`/v2/logout?client_id=${SPA}`)
    assert.match((await person.open(ask().url)).text, /<html lang="de">/)
    // Nobody was signed in: what is remembered stays.
    await person.open(`/v2/logout?client_id=${SPA}`)
    assert.match((await person.open(ask().url)).text, /<html lang="de">/)
  })

  it('say so where no connection is open to the application, and lead back to it', async () => {
    await db.deleteFrom('connection_clients').where('client_id', '=', 'third').execute()
    const person = visitor()
    const page = await person.open(ask({ client_id: 'third' }).url)
    assert.match(page.text, /<h1>You cannot sign in here<\/h1>/)
    const back = await person.send({}, /leave/)
    assert.equal(back.url.searchParams.get('error'), 'access_denied')
  })

  it('take a password that is sent twice before the first answer is followed, and each time only the right one', async () => {
    const user = await newUser()
    const person = await atPassword(user.email ?? '')
    const { url, text } = person.page()
    const fields = { ...formsOf(text).find(({ names }) => names.has('password'))?.hidden, password: PASSWORD }
    const first = await person.hop('POST', url, fields)
    assert.match(first.location?.pathname ?? '', /^\/authorize\//)
    const wrong = await person.hop('POST', url, { ...fields, password: 'a wrong one' })
    assert.deepEqual([wrong.status, wrong.location], [400, undefined])
    const landed = await person.post(url, fields)
    assert.ok(landed.url.searchParams.get('code'), landed.url.href)
  })

  it('calls our own portals by a name of the page’s language', async () => {
    for (const [client_id, path, english, german] of [
      ['tenantry-account', '/account', 'to continue to your account', 'Weiter zu Ihrem Konto'],
      ['tenantry-admin', '/admin', 'to continue to Administration', 'Weiter zur Verwaltung'],
    ] as const) {
      for (const [ui_locales, said] of [
        ['en', english],
        ['de', german],
      ] as const) {
        const page = await visitor().open(
          ask({ client_id, redirect_uri: `http://localhost:3000${path}`, ui_locales }).url,
        )
        assert.ok(page.text.includes(`<p class="said">${said}</p>`), page.text)
      }
    }
  })
})
