import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../../test/harness.ts'
import { findConnectionByName } from '../../connections/store.ts'
import { verifyPassword } from '../../passwords/hash.ts'
import { FIRST_CONNECTION } from '../../setup.ts'
import { NEW, OLD, OWN, resetPages } from './links.testing.ts'

describe('the page for a new password', async () => {
  const testServer = await startTestServer()
  const { db, call, tokenFor, logged } = testServer
  const { oldHash, personWithLink, open, formTokenIn, send, storedOf } = await resetPages(testServer)

  it('leads from the link to a new password, and the link is used up only then', async () => {
    const { user, url } = await personWithLink()
    const before = await tokenFor({ userId: user.user_id, scopes: ['read:current_user'] })
    assert.equal((await call('GET', `/api/v2/users/${user.user_id}`, { as: before })).status, 200)

    for (const method of ['HEAD', 'GET', 'HEAD', 'GET']) assert.equal((await open(url, {}, method)).status, 200)
    const page = await open(url)
    assert.match(page.text, /<h1>Choose a new password<\/h1>/)
    assert.match(page.text, new RegExp(`for ${user.email}`))
    assert.match(page.text, /At least 8 characters/)
    const form_token = formTokenIn(page)

    const weak = await send(url, { form_token, password: 'ferry' })
    assert.equal(weak.status, 400)
    assert.match(weak.text, /<title>Error: Choose a new password/)
    assert.match(weak.text, /The password was not saved/)
    assert.match(weak.text, /Nothing was changed, and this link is still good/)
    assert.match(weak.text, /<li class="broken" data-least="8">/)
    assert.doesNotMatch(weak.text, /"ferry"/)
    const common = await send(url, { form_token, password: 'password1' })
    assert.match(common.text, /It is one that many people use/)
    const unchanged = await storedOf(user)
    assert.equal(unchanged.password?.hash, oldHash)
    assert.equal(unchanged.row.last_password_reset, null)

    const done = await send(url, { form_token, password: NEW })
    assert.equal(done.status, 200)
    assert.match(done.text, /<h1>Password changed<\/h1>/)
    const { password, row } = await storedOf(user)
    assert.equal(await verifyPassword(password?.hash ?? '', NEW), true)
    assert.deepEqual([password?.set_by, password?.temporary], ['self', false])
    assert.ok(row.last_password_reset)
    assert.equal(row.email_verified, false)
    assert.equal((await call('GET', `/api/v2/users/${user.user_id}`, { as: before })).status, 401)

    const again = await open(url)
    assert.equal(again.status, 404)
    assert.match(again.text, /<h1>This link no longer works<\/h1>/)
    assert.equal((await send(url, { form_token, password: 'another good one' })).status, 404)
    assert.equal(await verifyPassword((await storedOf(user)).password?.hash ?? '', NEW), true)
  })

  it('records who changed whose password, and keeps password, ticket and form token out of every log', async () => {
    const { user, url, token } = await personWithLink()
    const form_token = formTokenIn(await open(url))
    await send(url, { form_token, password: NEW })
    const events = await db.selectFrom('events').selectAll().where('user_id', '=', user.user_id).execute()
    const [changed] = events.filter((event) => event.type === 'scp')
    assert.ok(changed)
    assert.deepEqual(
      [changed.actor_kind, changed.actor_id, changed.client_id, changed.connection],
      ['user', user.user_id, null, FIRST_CONNECTION],
    )
    for (const secret of [NEW, new URLSearchParams({ NEW }).toString().slice(4), token, form_token]) {
      assert.ok(!JSON.stringify(events).includes(secret) && !logged().includes(secret))
    }
  })

  it('tells nothing apart about links that are unknown, late, used or no link at all', async () => {
    const late = await personWithLink({}, { lifetimeSeconds: -1 })
    const used = await personWithLink()
    await send(used.url, { form_token: formTokenIn(await open(used.url)), password: NEW })
    const urls = [
      late.url,
      used.url,
      `/u/reset-password?ticket=${'x'.repeat(43)}`,
      '/u/reset-password?ticket=a&ticket=b',
      '/u/reset-password',
    ]
    const pages = await Promise.all(urls.map((url) => open(url)))
    for (const page of pages) {
      assert.equal(page.status, 404)
      assert.equal(page.text, pages[0]?.text)
      assert.match(page.text, /ask for a new link/)
    }
    const mangled = await open('/u/reset-password?ticket=%00')
    assert.deepEqual([mangled.status, mangled.text], [400, pages[0]?.text])
  })

  it('takes a form from our own page alone, with the token of this link', async () => {
    const { user, url } = await personWithLink()
    const other = await personWithLink()
    const form_token = formTokenIn(await open(url))
    const foreign = formTokenIn(await open(other.url))
    const good = { form_token, password: NEW }
    const refused: [Record<string, string>, Record<string, string>][] = [
      [good, { origin: 'https://evil.example' }],
      [good, { origin: 'null' }],
      [good, { origin: 'http://localhost:3001' }],
      [good, {}],
      [good, { referer: 'https://evil.example/u/reset-password' }],
      [good, { origin: 'https://evil.example', referer: `${OWN}/` }],
      [{ password: NEW }, { origin: OWN }],
      [{ form_token: '', password: NEW }, { origin: OWN }],
      [{ form_token: foreign, password: NEW }, { origin: OWN }],
    ]
    for (const [fields, headers] of refused) {
      const { status, text } = await send(url, fields, headers)
      assert.equal(status, 403, JSON.stringify([fields, headers]))
      assert.match(text, /This form could not be accepted/)
    }
    assert.equal((await storedOf(user)).password?.hash, oldHash)
    assert.equal((await send(url, good, { referer: `${OWN}/u/reset-password` })).status, 200)
  })

  it('is sent with headers that let it load nothing, be framed by nobody, be kept nowhere and tell no address', async () => {
    const { url } = await personWithLink()
    const { headers, text } = await open(url)
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /form-action 'self'/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /unsafe|\*|https?:/)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['referrer-policy'], 'strict-origin')
    assert.equal(headers['x-frame-options'], 'DENY')
    assert.match(String(headers['content-type']), /^text\/html/)
    assert.ok(Buffer.byteLength(text) < 40_000)
    assert.match(policy, /font-src 'self'/)
    assert.doesNotMatch(text, /(src|href)="(?!data:,|#|\/u\/)/)
  })

  it('escapes what people call themselves, and does not run it as a template', async () => {
    const { url } = await personWithLink({ email: '"<b>{{7*7}}</b>"@x.example' })
    const { text } = await open(url)
    assert.ok(text.includes('&#34;&lt;b&gt;{{7*7}}&lt;/b&gt;&#34;@x.example'))
    assert.doesNotMatch(text, /<b>/)
    const locale = await open(`${url}&ui_locales=${encodeURIComponent('en"><script>alert(1)</script>')}`)
    assert.doesNotMatch(locale.text, /<script>alert/)
  })

  it('speaks the language that is asked for, then that of the browser, then English', async () => {
    const { url } = await personWithLink()
    const title = async (address: string, languages: string) =>
      /<h1>(.*)<\/h1>/.exec((await open(address, { 'accept-language': languages })).text)?.[1]
    assert.equal(await title(url, 'de-AT,en;q=0.5'), 'Neues Passwort wählen')
    assert.equal(await title(url, 'en;q=0.5,de;q=0.9'), 'Neues Passwort wählen')
    assert.equal(await title(`${url}&ui_locales=en`, 'de'), 'Choose a new password')
    assert.equal(await title(url, 'fr'), 'Choose a new password')
    const german = await open(`${url}&ui_locales=de`)
    const refused = await send(`${url}&ui_locales=de`, { form_token: formTokenIn(german), password: 'kurz' })
    assert.match(refused.text, /<html lang="de">/)
    assert.match(refused.text, /Das Passwort wurde nicht gespeichert/)
  })

  it('leads back to where the application or the one who made the link says', async () => {
    const details = { resultUrl: 'https://app.example/done?a=1', includesEmailInRedirect: true }
    const elsewhere = await personWithLink({}, { mailed: true, details })
    const page = await open(elsewhere.url)
    assert.match(String(page.headers['content-security-policy']), /form-action 'self' https:\/\/app\.example;/)
    const form_token = formTokenIn(page)
    assert.equal((await send(elsewhere.url, { form_token, password: 'x' })).status, 400)
    const done = await send(elsewhere.url, { form_token, password: NEW })
    assert.equal(done.status, 303)
    const address = new URL(String(done.headers.location))
    assert.equal(address.origin + address.pathname, 'https://app.example/done')
    assert.deepEqual(Object.fromEntries(address.searchParams), {
      a: '1',
      success: 'true',
      message: 'You can now login to the application with the new password.',
      code: 'success',
      email: elsewhere.user.email,
    })

    const again = new URL(String((await open(elsewhere.url)).headers.location))
    assert.deepEqual(Object.fromEntries(again.searchParams), {
      a: '1',
      success: 'false',
      message: 'This URL can be used only once',
      email: elsewhere.user.email,
    })
    const expired = await personWithLink(
      {},
      { details: { resultUrl: 'https://app.example/done' }, lifetimeSeconds: -1 },
    )
    assert.equal(
      (await open(expired.url)).headers.location,
      'https://app.example/done?success=false&message=Access+expired.&code=access_expired',
    )

    // Registered when the link was made, and no more: our own page says what came of it.
    const unregistered = { resultUrl: 'https://gone.example/done', isResultRegistered: true } as const
    const left = await personWithLink({}, { details: unregistered })
    const saved = await send(left.url, { form_token: formTokenIn(await open(left.url)), password: NEW })
    assert.deepEqual([saved.status, saved.headers.location], [200, undefined])
    assert.equal((await open(left.url)).status, 404)

    const addresses = { initiate_login_uri: 'https://app.example/login?from=us' }
    await db
      .updateTable('clients')
      .set({ settings: JSON.stringify(addresses) })
      .where('client_id', '=', CLIENT_ID)
      .execute()
    for (const [clientId, link] of [
      [CLIENT_ID, /<a class="primary" href="https:\/\/app\.example\/login\?from=us&amp;iss=/],
      ['tenantry-account', /<a class="primary" href="http:\/\/localhost:3000\/account">Sign in/],
    ] as const) {
      const { url } = await personWithLink({}, { clientId })
      assert.match((await send(url, { form_token: formTokenIn(await open(url)), password: NEW })).text, link)
    }
  })

  it('proves the address only when the link was mailed to it', async () => {
    const mailed = await personWithLink({}, { mailed: true })
    await send(mailed.url, { form_token: formTokenIn(await open(mailed.url)), password: NEW })
    assert.equal((await storedOf(mailed.user)).row.email_verified, true)
  })

  it('lets one of fifty who send the form at once win, and records one change', async () => {
    const { user, url } = await personWithLink()
    const form_token = formTokenIn(await open(url))
    // Twenty tries a link are let through at once; the others are told to wait.
    const sent = await Promise.all(
      Array.from({ length: 50 }, (_, at) => send(url, { form_token, password: `slow ferry ${at} past` })),
    )
    const statuses = sent.map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 200).length, 1)
    assert.ok(statuses.every((status) => [200, 404, 429].includes(status)))
    const events = await db.selectFrom('events').select('type').where('user_id', '=', user.user_id).execute()
    assert.equal(events.filter(({ type }) => type === 'scp').length, 1)
    const winner = statuses.indexOf(200)
    assert.equal(await verifyPassword((await storedOf(user)).password?.hash ?? '', `slow ferry ${winner} past`), true)
  })

  it('asks for a pause after twenty refused tries, and the link stays good', async () => {
    const { url } = await personWithLink()
    const form_token = formTokenIn(await open(url))
    for (let tried = 0; tried < 20; tried += 1)
      assert.equal((await send(url, { form_token, password: 'x' })).status, 400)
    const paused = await send(url, { form_token, password: NEW })
    assert.equal(paused.status, 429)
    assert.match(paused.text, /Wait \d+ seconds/)
    assert.ok(Number(paused.headers['retry-after']) > 0)
    assert.equal((await open(url)).status, 200)
  })

  it('keeps the former passwords that the connection forbids', async () => {
    const connection = await findConnectionByName(db, FIRST_CONNECTION)
    assert.ok(connection)
    const options = JSON.stringify({ ...connection.options, password_history: { enable: true, size: 2 } })
    await db.updateTable('connections').set({ options }).where('id', '=', connection.id).execute()
    const { user, url } = await personWithLink()
    const page = await open(url)
    assert.match(page.text, /Not one of your last 2 passwords/)
    const refused = await send(url, { form_token: formTokenIn(page), password: OLD })
    assert.equal(refused.status, 400)
    assert.match(refused.text, /You have used it before/)
    assert.equal((await send(url, { form_token: formTokenIn(page), password: NEW })).status, 200)
    assert.deepEqual((await storedOf(user)).password?.history, [oldHash])
    await db
      .updateTable('connections')
      .set({ options: JSON.stringify(connection.options) })
      .where('id', '=', connection.id)
      .execute()
  })
})
