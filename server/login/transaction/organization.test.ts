import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeJwt } from 'jose'
import { now } from '../../base/clock.ts'
import { organizations } from '../../oidc/organization.testing.ts'
import { ask, signIn, startSignInServer, WEB } from '../../oidc/sign-in.testing.ts'
import { join } from '../../organizations/organizations.testing.ts'

describe('the page of organizations', async () => {
  const test = await startSignInServer()
  const { db, newUser, visitor, exchange, server } = test
  const { organization, use, eventsOf, membershipOf, shutOut } = organizations(test)
  const acme = await organization('acme', {
    displayName: 'Acme Freight',
    branding: {
      logo_url: 'https://cdn.acme.example/logo.png',
      colors: { primary: '#f2c200', page_background: '#102030' },
    },
    rules: { language: 'de' },
  })
  const globex = await organization('globex', { displayName: 'Globex <b>& Sons</b>' })
  await use({ organization_usage: 'require', organization_require_behavior: 'post_login_prompt' })
  await use(
    {
      organization_usage: 'require',
      organization_require_behavior: 'pre_login_prompt',
      organization_discovery_methods: ['email', 'organization_name'],
    },
    WEB,
  )
  const domain = async (organizationId: string, name: string, more: object = {}) => {
    const row = { id: `ord_${name}`, organization_id: organizationId, domain: name, verification_txt: 'x' }
    const said = { status: 'verified' as const, created_at: now(), ...more }
    await db
      .insertInto('organization_discovery_domains')
      .values({ ...row, ...said })
      .execute()
  }
  await domain(acme, 'acme.example')
  await domain(globex, 'globex.example', { status: 'pending' })
  await domain(globex, 'globex.test', { use_for_organization_discovery: false })
  const atWeb = { client_id: WEB }
  const tokenOf = async (asked: ReturnType<typeof ask>, landed: Parameters<typeof exchange>[1]) => {
    const { body } = await exchange(asked, landed, asked.clientId === WEB ? SECRET : {})
    return decodeJwt(body.id_token)
  }

  it('finds an organization by its name or a proved domain before one signs in, and keeps the address', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    for (const typed of ['ACME', 'somebody@acme.example']) {
      const browser = visitor()
      const asked = ask(atWeb)
      const first = await browser.open(asked.url)
      assert.match(first.url.pathname, /\/organization$/)
      assert.match(first.text, /Which organization\?/)
      const next = await browser.send({ username: typed })
      assert.match(next.url.pathname, /^\/u\/login\/[\w-]+$/)
      assert.ok(next.text.includes('Acme Freight'))
      assert.equal(next.text.includes('value="somebody@acme.example"'), typed.includes('@'))
      await browser.send({ username: user.email ?? '' })
      const landed = await browser.send({ password: 'slow ferry past Vinga' })
      assert.equal((await tokenOf(asked, landed)).org_id, acme)
    }
  })

  it('tells an unknown name from no domain that is proved, and changes nothing', async () => {
    const browser = visitor()
    await browser.open(ask(atWeb).url)
    for (const typed of ['nowhere', 'a@globex.example', 'a@globex.test', '@', '%', 'org_unknown']) {
      const page = await browser.send({ username: typed })
      assert.equal(page.status, 400, typed)
      assert.match(page.text, /No such organization was found/)
    }
    assert.equal((await browser.send({ username: ' ' })).status, 400)
    const led = await browser.open(page(browser.page().url, '/password'))
    assert.match(led.url.pathname, /\/organization$/, 'no page of signing in before its turn')
  })

  it('finds nothing silently', async () => {
    const { url } = await visitor().open(ask({ ...atWeb, prompt: 'none' }).url)
    assert.equal(url.searchParams.get('error'), 'interaction_required')
  })

  it('lets one choose after signing in, the last one first, and leaves out what one does not get in to', async () => {
    const user = await newUser()
    const dock = await organization('dock', { displayName: 'Dock' })
    const shut = await organization('shut', { displayName: 'Shut' })
    for (const id of [acme, globex, dock, shut]) await join(db, id, user.user_id)
    await shutOut(shut, user)
    const browser = visitor()
    const asked = ask()
    const page = await signIn(browser, asked, user.email)
    assert.deepEqual(namesOn(page.text), ['Acme Freight', 'Dock', 'Globex &lt;b&gt;&amp; Sons&lt;/b&gt;'])
    assert.match(
      String(page.headers['content-security-policy']),
      /img-src data: https:\/\/cdn\.acme\.example\/logo\.png/,
    )
    assert.equal((await browser.send({ organization: shut })).status, 400)
    await browser.open(asked.url)
    const landed = await browser.send({ organization: globex })
    assert.equal((await tokenOf(asked, landed)).org_id, globex)
    assert.equal((await membershipOf(globex, user))?.logins_count, 1)
    const again = await browser.open(ask().url)
    assert.equal(namesOn(again.text)[0], 'Globex &lt;b&gt;&amp; Sons&lt;/b&gt;')
    assert.doesNotMatch(again.text, /type="search"/)
    assert.equal((await membershipOf(dock, user))?.logins_count, 0)
  })

  it('records the sign-in when the organization is chosen, once and there', async () => {
    const user = await newUser()
    for (const id of [acme, globex]) await join(db, id, user.user_id)
    const browser = visitor()
    await signIn(browser, ask(), user.email)
    const own = async (type: string) => (await eventsOf(type)).filter((event) => event.user_id === user.user_id)
    assert.equal((await own('s')).length, 0)
    await browser.send({ organization: acme })
    assert.deepEqual(
      (await own('s')).map((event) => event.organization_id),
      [acme],
    )
  })

  it('searches among more than eight', async () => {
    const user = await newUser()
    for (let at = 0; at < 9; at += 1) {
      await join(db, await organization(`fleet-${at}`, { displayName: `Fleet 100% ${at}` }), user.user_id)
    }
    const browser = visitor()
    const page = await signIn(browser, ask(), user.email)
    assert.match(page.text, /type="search"/)
    assert.equal(namesOn(page.text).length, 9)
    const found = await browser.open(`${page.url.pathname}?q=${encodeURIComponent('100% 7')}`)
    assert.deepEqual(namesOn(found.text), ['Fleet 100% 7'])
    assert.match(found.text, /1 of 1 organizations/)
    const none = await browser.open(`${page.url.pathname}?q=${encodeURIComponent('_"><script>')}`)
    assert.match(none.text, /No organization of yours has/)
    assert.doesNotMatch(none.text, /<script>"|"><script>/)
    assert.ok(browser.linkTo(/Show all/))
  })

  it('takes the only one, and says so to somebody who is in none', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    const asked = ask()
    assert.equal((await tokenOf(asked, await signIn(visitor(), asked, user.email))).org_id, acme)
    const browser = visitor()
    const page = await signIn(browser, ask(), (await newUser()).email)
    assert.equal(page.status, 403)
    assert.match(page.text, /You are in no organization/)
    const back = await browser.send({}, /leave/)
    assert.equal(back.url.searchParams.get('error'), 'access_denied')
  })

  it('belongs to the browser that began, and to its own sign-in', async () => {
    const user = await newUser()
    for (const id of [acme, globex]) await join(db, id, user.user_id)
    const browser = visitor()
    const page = await signIn(browser, ask(), user.email)
    const elsewhere = await visitor().open(page.url)
    assert.equal(elsewhere.status, 400)
    assert.doesNotMatch(elsewhere.text, /Acme Freight|Globex/)
    const tab = visitor({ cookies: browser.cookies })
    const second = ask()
    await tab.open(second.url)
    const landed = await tab.send({ organization: acme })
    assert.equal((await tokenOf(second, landed)).org_id, acme)
  })

  it('and every other page are in name, colours, logo and language of the organization', async () => {
    const asked = ask({ organization: acme })
    const german = await visitor({ language: 'en' }).open(asked.url)
    assert.match(german.text, /<html lang="de">/)
    assert.match(german.text, /<img src="https:\/\/cdn\.acme\.example\/logo\.png" alt="Acme Freight"/)
    assert.match(german.text, /--bg:#102030/)
    assert.match(german.text, /--accent:#f2c200/)
    const english = await visitor({ language: 'de' }).open(ask({ organization: acme, ui_locales: 'en' }).url)
    assert.match(english.text, /<html lang="en">/)
    const plain = await visitor({ language: 'en' }).open(ask({ organization: globex }).url)
    assert.match(plain.text, /<html lang="en">/)
    assert.ok(plain.text.includes('Globex &lt;b&gt;&amp; Sons&lt;/b&gt;') && !plain.text.includes('<b>&'))
    assert.doesNotMatch(plain.text, /acme\.example/)
  })

  it('opens sign-up only where the organization lets people join, and makes members of them', async () => {
    const shut = await visitor().open(ask({ organization: globex, screen_hint: 'signup' }).url)
    assert.equal(shut.status, 403)
    const open = await organization('open', { assigns: true, signUp: true })
    const browser = visitor()
    const asked = ask({ organization: open })
    await browser.open(asked.url)
    await browser.open(browser.linkTo(/signup/))
    await browser.send({ email: 'joins@open.example', password: 'slow ferry past Vinga' })
    await browser.open(browser.linkTo(/password/))
    const landed = await browser.send({ password: 'slow ferry past Vinga' })
    assert.equal((await tokenOf(asked, landed)).org_id, open)
    const mails = await db.selectFrom('emails').selectAll().where('template', '=', 'verify_email').execute()
    assert.deepEqual(
      mails.map(({ organization_id }) => organization_id),
      [open],
    )
    assert.ok(server.config.publicUrl)
  })
})

const SECRET = { client_secret: 'web-secret-of-more-than-thirty-two-characters' }

function namesOn(html: string): string[] {
  return [...html.matchAll(/name="organization" value="[^"]*">.*?<span>(.*?)<\/span><\/button>/gs)].map(
    ([, name = '']) => name,
  )
}

function page(url: URL, path: string): string {
  return url.pathname.replace(/\/organization$/, path)
}
