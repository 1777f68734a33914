import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { THEME } from '../../../test/sdk/theme.ts'
import { pageSandboxOf } from '../../liquid/sandbox.ts'
import { ask, CALLBACK, PASSWORD, startSignInServer } from '../../oidc/sign-in.testing.ts'

const FRAME = `<!doctype html><html lang="{{ locale }}"><head>{%- auth0:head -%}<style>
main.own { color: {{ branding.colors.primary }} }</style></head><body class="_widget-auto-layout">
<main class="own" onclick="x()">{{ application.name }} {{ prompt.name }} {{ prompt.screen.texts.title }}
{{ user.email }}</main>{%- auth0:widget -%}<script>alert(1)</script></body></html>`

describe('the look of the pages of signing in', async () => {
  const { server, db, call, newUser, visitor, logged } = await startSignInServer()
  const at = new Date()

  async function brand(settings: object, page_template: string | null = null): Promise<void> {
    const row = { settings: JSON.stringify(settings), page_template, updated_at: at }
    await db
      .insertInto('branding')
      .values({ id: 1, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute()
  }

  async function say(prompt: string, language: string, texts: object): Promise<void> {
    const row = { texts: JSON.stringify(texts), updated_at: at }
    await db
      .insertInto('prompt_texts')
      .values({ prompt, language, ...row })
      .onConflict((conflict) => conflict.columns(['language', 'prompt']).doUpdateSet(row))
      .execute()
  }

  const policyOf = ({ headers }: { headers: object }) => String(Object(headers)['content-security-policy'])

  it('has the logo, icon and colours of the branding; the policy lets through those addresses alone', async () => {
    const logo_url = 'https://cdn.harbour.example/logo.png?v=2'
    const favicon_url = 'https://cdn.harbour.example/icon.png'
    await brand({ logo_url, favicon_url, colors: { primary: '#f2c200', page_background: '#000000' } })
    const page = await visitor().open(ask().url)
    assert.match(page.text, /<img src="https:\/\/cdn.harbour.example\/logo.png\?v=2" alt="[^"]+" height="40">/)
    assert.ok(page.text.includes('<link rel="icon" href="https://cdn.harbour.example/icon.png">'))
    assert.match(page.text, /--accent:#f2c200;--accent-ink:#1c1f25/)
    assert.match(page.text, /--bg:#000000;--on-bg:#/)
    assert.match(
      policyOf(page),
      /img-src data: https:\/\/cdn.harbour.example\/logo.png https:\/\/cdn.harbour.example\/icon.png;/,
    )
    assert.match(policyOf(page), /font-src 'self';/)
  })

  it('follows the theme, whose style the policy lets through by its hash, and whose button has text that can be read', async () => {
    await db
      .insertInto('branding_themes')
      .values({ id: 1, theme_id: 'a'.repeat(32), theme: JSON.stringify(THEME), updated_at: at })
      .execute()
    const page = await visitor().open(ask().url)
    // White on light yellow cannot be read.
    assert.match(page.text, /--accent:#ffd54f;--accent-ink:#(?!ffffff)/)
    const styles = [...page.text.matchAll(/<style>(.*?)<\/style>/gs)].map(([, style = '']) => style)
    assert.equal(styles.length, 2)
    for (const style of styles) {
      assert.ok(policyOf(page).includes(createHash('sha256').update(style).digest('base64')))
    }
    assert.ok(Buffer.byteLength(page.text) < 20_000, `${Buffer.byteLength(page.text)} bytes`)
    await db.deleteFrom('branding_themes').execute()
  })

  it('says the tenant’s own texts in their language, as text, with the application’s name in them; the rest is ours', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Auth0's texts name values so.
    const description = 'on to ${clientName} <b>${nothing}</b>'
    await say('login-id', 'en', { 'login-id': { title: 'Come aboard', description, buttonText: ' ' } })
    await say('login-password', 'de', { 'login-password': { title: 'Losung?' } })
    const user = await newUser()
    const english = await visitor().open(ask().url)
    assert.match(english.text, /<title>Come aboard – /)
    assert.match(
      english.text,
      /<h1>Come aboard<\/h1>\s*<p class="said">on to spa &lt;b&gt;\$\{nothing\}&lt;\/b&gt;<\/p>/,
    )
    assert.match(english.text, />Continue<\/button>/)
    // biome-ignore lint/suspicious/noTemplateCurlyInString: As above.
    await say('login-id', 'de', { 'login-id': { description: 'Ziel: ${clientName}' } })
    const portal = { client_id: 'tenantry-admin', redirect_uri: 'http://localhost:3000/admin', ui_locales: 'de' }
    assert.match((await visitor().open(ask(portal).url)).text, /<p class="said">Ziel: Verwaltung<\/p>/)
    await say('login-id', 'de', {})
    const german = visitor()
    const first = await german.open(ask({ ui_locales: 'de' }).url)
    assert.match(first.text, /<h1>Anmelden<\/h1>/)
    const second = await german.send({ username: user.email ?? '' })
    assert.match(second.text, /<h1>Losung\?<\/h1>/)
  })

  it('names the brand and the account in them; a text that names what is not known there is ours', async () => {
    const company = 'Harbour Works'
    await call('PATCH', '/api/v2/tenants/settings', { body: { friendly_name: company } })
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Auth0's texts name values so.
    await say('login-password', 'en', { 'login-password': { title: '${companyName}: ${email} <i>' } })
    // biome-ignore lint/suspicious/noTemplateCurlyInString: As above.
    const emailDescription = 'Look at ${email} for ${companyName}.'
    // biome-ignore lint/suspicious/noTemplateCurlyInString: As above.
    const ofApplication = { title: 'Lost for ${clientName}?', descriptionEmail: 'Of ${companyName}' }
    await say('reset-password', 'en', {
      'reset-password-email': { emailDescription },
      'reset-password-request': ofApplication,
    })
    const person = visitor()
    await person.open(ask().url)
    const page = await person.send({ username: 'vera@harbour.example' })
    assert.ok(page.text.includes(`<h1>${company}: vera@harbour.example &lt;i&gt;</h1>`))
    const forgot = await person.open(page.url.pathname.replace(/\/password$/, '/forgot'))
    assert.match(forgot.text, /<h1>Lost for spa\?<\/h1>/)
    const sent = await person.send({ username: 'vera@harbour.example' })
    assert.ok(sent.text.includes(`Look at vera@harbour.example for ${company}.`))

    const outside = visitor()
    const request = await outside.open('/u/reset-password/request')
    assert.match(request.text, /<h1>Forgot your password\?<\/h1>/)
    assert.ok(request.text.includes(`Of ${company}`))
    const done = await outside.send({ username: 'vera@harbour.example' })
    assert.ok(done.text.includes(`Look at vera@harbour.example for ${company}.`))
    assert.doesNotMatch(request.text + done.text, /\{(?:clientName|companyName|email|application|brand|account)\}/)
  })

  it('says them at the fields of signing up too, and where one of them is not accepted', async () => {
    await say('signup', 'en', { signup: { emailPlaceholder: 'Post box', passwordPlaceholder: 'Watchword' } })
    const person = visitor()
    const page = await person.open(ask({ screen_hint: 'signup' }).url)
    assert.match(page.text, /<label for="email">Post box<\/label>/)
    assert.match(page.text, /<label for="password">Watchword<\/label>/)
    const refused = await person.send({ email: 'nowhere', password: PASSWORD })
    assert.equal(refused.status, 400)
    assert.match(refused.text, /<label for="email">Post box<\/label>/)
    assert.match(refused.text, /<a href="#email">Post box: /)
    assert.doesNotMatch(refused.text, /E-mail address/)
  })

  it('is framed by the tenant’s Liquid: values are text, its styles count, its scripts do not, and one signs in', async () => {
    await say('login-id', 'en', { 'login-id': { title: '<i>Come aboard</i>' } })
    await brand({ colors: { primary: '#123456' } }, FRAME)
    const person = visitor()
    const page = await person.open(ask().url)
    assert.match(page.text, /^<!doctype html><html lang="en"><head>\s*<meta charset="utf-8">/)
    assert.ok(page.text.includes('spa login-id &lt;i&gt;Come aboard&lt;/i&gt;'))
    assert.equal(page.text.match(/<form /g)?.length, 1)
    const policy = policyOf(page)
    const own = '\nmain.own { color: #123456 }'
    assert.ok(policy.includes(createHash('sha256').update(own).digest('base64')))
    assert.ok(!policy.includes(createHash('sha256').update('alert(1)').digest('base64')))
    assert.match(policy, /img-src data: https:;/)
    assert.doesNotMatch(policy, /unsafe|\*/)
    const user = await newUser()
    await person.send({ username: user.email ?? '' })
    const landed = await person.send({ password: PASSWORD })
    assert.equal(landed.url.origin + landed.url.pathname, CALLBACK)
  })

  it('is ours while too many pages are asked for at once, and the tenant’s again afterwards', async () => {
    await brand({}, FRAME)
    const slow = '{% for a in (1..9000) %}{% for b in (1..900) %}{% assign c = b %}{% endfor %}{% endfor %}'
    const task = (body: string) => pageSandboxOf(server).render({ body, plain: {}, variables: {} })
    const waiting = Promise.allSettled([task(slow), ...Array.from({ length: 100 }, () => task('x'))])
    const busy = await visitor().open(ask().url)
    assert.deepEqual([busy.status, busy.text.includes('class="own"')], [200, false])
    assert.match(busy.text, /<header class="brand">/)
    await waiting
    assert.match((await visitor().open(ask().url)).text, /class="own"/)
  })

  it('is ours where the tenant’s Liquid fails, which is noted and not tried at each page', async () => {
    for (const template of [
      `{% if application.name %}{% else %}{%- auth0:head -%}{% endif %}{%- auth0:widget -%}`,
      `{% if locale == 'en' %}{% for a in (1..99999999) %}{{ a }}{% endfor %}{% endif %}${FRAME}`,
      `${FRAME}{{ application.name | nofilter: `,
    ]) {
      await brand({}, template)
      const person = visitor()
      for (const _ of [1, 2, 3]) {
        const page = await person.open(ask().url)
        assert.equal(page.status, 200)
        assert.match(page.text, /<header class="brand">/)
        assert.match(page.text, /<h1>.*Come aboard.*<\/h1>/)
        assert.doesNotMatch(page.text, /class="own"|slot-/)
      }
    }
    assert.equal(logged().split('the page template was not used').length - 1, 3)
    await brand({})
  })
})
