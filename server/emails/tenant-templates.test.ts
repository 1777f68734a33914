import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashToken } from '../base/secrets.ts'
import { startMailTest, ticketIn } from '../jobs/mail.testing.ts'

const PATH = '/api/v2/email-templates'
const TEMPLATE = {
  template: 'verify_email',
  subject: 'Hi {{ user.given_name }}',
  body: '<h1>Hi</h1><p>{{ user.given_name }} | {{ user.given_name | escape }}: <a href="{{ url }}">go</a></p>',
  from: '{{ application.name }} <mail@acme.example>',
  syntax: 'liquid',
  enabled: true,
}

describe('templates of the tenant', async () => {
  const { call, db, eventOf, mailOf, person, queue, sent, worker } = await startMailTest()
  const patch = (body: object) => call('PATCH', `${PATH}/verify_email`, { body })
  const put = (body: object, name = 'verify_email') => call('PUT', `${PATH}/${name}`, { body })
  const mailWith = async (changes: object, given_name = 'Ada') => {
    const { status, text } = await put({ ...TEMPLATE, ...changes })
    assert.equal(status, 200, text)
    const { user_id } = await person({ given_name, user_metadata: { locale: 'en' } })
    return { ...(await sent({ template: 'verify_email', to: { userId: user_id } })), userId: user_id }
  }

  it('are made, read, changed field by field and replaced, as Auth0 has it', async () => {
    assert.equal((await call('GET', `${PATH}/verify_email`)).body.errorCode, 'inexistent_email_template')
    assert.equal((await patch({ enabled: true })).status, 404)
    const made = await call('POST', PATH, { body: TEMPLATE })
    assert.deepEqual([made.status, made.body], [200, TEMPLATE])
    const again = await call('POST', PATH, { body: TEMPLATE })
    assert.deepEqual([again.status, again.body.message], [409, 'Template verify_email already exists.'])
    const changed = await patch({ subject: 'Hello', urlLifetimeInSeconds: 600 })
    assert.deepEqual(changed.body, { ...TEMPLATE, subject: 'Hello', urlLifetimeInSeconds: 600 })
    assert.deepEqual((await call('GET', `${PATH}/verify_email`)).body, changed.body)
    const replaced = await put(TEMPLATE)
    assert.deepEqual([replaced.status, replaced.body], [200, TEMPLATE])
    assert.equal((await put({ ...TEMPLATE, template: 'mfa_oob_code' }, 'mfa_oob_code')).status, 200)
    assert.equal((await call('GET', `${PATH}/stolen_credentials`)).status, 404)
    assert.equal((await call('GET', `${PATH}/layout`)).status, 404)
  })

  it('are refused where they cannot be read, and what was there stays', async () => {
    for (const body of [
      { body: '{% if %}' },
      { subject: '{{ user.name' },
      { syntax: 'handlebars' },
      { template: 'reset_email' },
      { urlLifetimeInSeconds: -1 },
      { more: true },
    ]) {
      const { status, body: refusal } = await patch(body)
      assert.deepEqual([status, refusal.errorCode], [400, 'invalid_body'], JSON.stringify(body))
    }
    assert.deepEqual((await call('GET', `${PATH}/verify_email`)).body, TEMPLATE)
  })

  it('changed at the same moment lose no change', async () => {
    const changes = [{ subject: 'A' }, { from: 'a@acme.example' }, { urlLifetimeInSeconds: 60 }, { resultUrl: 'x' }]
    await Promise.all(changes.map(patch))
    assert.deepEqual((await call('GET', `${PATH}/verify_email`)).body, Object.assign({}, TEMPLATE, ...changes))
  })

  it('replace our words, with every value escaped once, and a text for readers without HTML', async () => {
    const mail = await mailWith({}, "Ada <i>O'Neill</i>")
    assert.equal(mail.subject, "Hi Ada <i>O'Neill</i>")
    assert.deepEqual([mail.fromName, mail.from], ['Tenantry', 'mail@acme.example'])
    const escaped = 'Ada &lt;i&gt;O&#39;Neill&lt;/i&gt;'
    assert.ok(
      mail.html.startsWith(`<h1>Hi</h1><p>${escaped} | ${escaped}: <a href="http://localhost:3000/u/`),
      mail.html,
    )
    assert.equal(mail.text.trim(), `Hi\nAda <i>O'Neill</i> | Ada <i>O'Neill</i>: go (${mail.link})`)
  })

  it('replace only what they say', async () => {
    const mail = await mailWith({ body: null, from: null })
    assert.equal(mail.subject, 'Hi Ada')
    assert.equal(mail.from, 'id@example.com')
    assert.match(mail.html, /Confirm your e-mail address<\/h1>/)
  })

  it('let no value become a header or another sender', async () => {
    const mail = await mailWith(
      { from: '{{ user.given_name }} <mail@acme.example>' },
      'Eve <eve@evil.example>\r\nBcc: x@y.example',
    )
    assert.equal(mail.from, 'mail@acme.example')
    assert.equal(mail.headers.has('bcc'), false)
    assert.equal(mail.recipients.length, 1)
    assert.match(mail.subject, /^Hi Eve <eve@evil\.example> Bcc: x@y\.example$/)
  })

  it('see what Auth0 gives them, and nothing of the server', async () => {
    const shown =
      'application.name client.name connection.name tenant user.email user.email_verified user.nickname user.user_metadata.locale custom_domain.domain'
    const body = shown.split(' ').map((name) => `${name}={{ ${name} }}`)
    const { text } = await mailWith({
      body: `${body.join(';')};{{ process }}{{ user.constructor }}{{ user.__proto__ }}end`,
    })
    assert.match(
      text,
      /^application\.name=Tenantry;client\.name=Tenantry;connection\.name=Username-Password-Authentication;tenant=Tenantry;user\.email=person-\d+@harborline\.example;user\.email_verified=false;user\.nickname=person-\d+;user\.user_metadata\.locale=en;custom_domain\.domain=localhost:3000;end/,
    )
    assert.match((await mailWith({ body: '{% debug %}' })).html, /^<pre>\{[\s\S]*&#34;user_metadata&#34;/)
  })

  it('that fail or would never end give way to ours, soon, and the log says so', async () => {
    const grown = '{% assign s = "ab" %}{% for i in (1..18) %}{% assign s = s | append: s %}{% endfor %}'
    for (const [body, reason] of [
      ['{% for a in (1..1000000) %}{% for b in (1..1000000) %}x{% endfor %}{% endfor %}', /limit|too long/],
      [`${grown}{{ s | split: ""${' | sort_natural | reverse'.repeat(20)} | size }}`, /limit|too (long|much)/],
      [`${grown}${'{{ s }}'.repeat(2_000)}`, /limit|too (long|much)|string length/],
      ['{% include "/etc/passwd" %}', /ENOENT/],
      ['{% layout "layout.liquid" %}', /ENOENT/],
      ['{% render "../package.json" %}', /ENOENT/],
    ] as const) {
      const mail = await mailWith({ body })
      assert.match(mail.html, /Confirm your e-mail address<\/h1>/)
      assert.doesNotMatch(mail.text, /root:|dependencies/)
      const event = await eventOf(mail.userId, 'wn')
      assert.match(event?.description ?? '', /^The template failed, and the built-in one was sent\./)
      assert.match(event?.description ?? '', reason)
    }
    assert.equal((await mailWith({})).subject, 'Hi Ada')
  })

  it('say how long the link is good and where it leads, and may only name the application there', async () => {
    const { link, userId } = await mailWith({
      urlLifetimeInSeconds: 600,
      resultUrl: 'https://app.example/{{ application.name }}/{{ user.email }}',
      includeEmailInRedirect: true,
    })
    const ticket = await db
      .selectFrom('tickets')
      .selectAll()
      .where('token_hash', '=', hashToken(ticketIn(link)))
      .executeTakeFirstOrThrow()
    assert.equal(ticket.user_id, userId)
    const seconds = (ticket.expires_at.getTime() - ticket.created_at.getTime()) / 1_000
    assert.equal(Math.round(seconds), 600)
    assert.deepEqual(ticket.details, {
      language: 'en',
      resultUrl: 'https://app.example/Tenantry/',
      includesEmailInRedirect: true,
    })
    const unsafe = await mailWith({ resultUrl: 'javascript:alert(1)' })
    assert.equal((await call('GET', unsafe.link?.slice(21) ?? '', { as: null })).text.includes('javascript:'), false)
  })

  it('switched off keep the mail from being sent', async () => {
    await put({ ...TEMPLATE, enabled: false })
    const { user_id } = await person()
    const id = await queue({ template: 'verify_email', to: { userId: user_id } })
    await worker.runOnce()
    const { state, last_error } = await mailOf(id)
    assert.deepEqual([state, last_error], ['dropped', 'The template is switched off.'])
  })
})
