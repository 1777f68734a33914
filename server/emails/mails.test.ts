import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID } from '../../test/harness.ts'
import { startMailTest } from '../jobs/mail.testing.ts'
import { EMAIL_TEMPLATES, type EmailTemplateName, isSentTemplate } from './templates.ts'
import { MAIL_WORDS } from './texts.ts'

const LOCALES = { en: 'en-US', de: 'de-CH' } as const
// Invitations go to nobody's account yet: organizations/invitation-mail.test.ts.
const sentTemplates = Object.keys(EMAIL_TEMPLATES)
  .filter(isSentTemplate)
  .filter((template) => template !== 'user_invitation')
const request = { id: 'test', method: 'post', path: '/test', query: {}, ip: '192.0.2.7' }

describe('mails in our words', async () => {
  const { call, db, person, sent, server } = await startMailTest()
  const profile = (given_name: string, more: object = {}) => ({ given_name, user_metadata: { locale: 'en', ...more } })
  const mailTo = (userId: string, template: EmailTemplateName = 'verify_email') =>
    sent({ template, to: { userId }, request })

  for (const language of ['en', 'de'] as const) {
    for (const template of sentTemplates) {
      it(`come whole in ${language}: ${template}`, async () => {
        const words = MAIL_WORDS[language][template]
        const { user_id, email } = await person({ given_name: 'Ada', user_metadata: { locale: LOCALES[language] } })
        const { subject, text, html, link, headers, ...mail } = await mailTo(user_id, template)
        assert.deepEqual([mail.to, mail.from, mail.fromName], [email, 'id@example.com', 'Tenantry'])
        assert.equal(subject, words.subject.replace('{application}', 'Tenantry').replace('{into}', ''))
        assert.match(text, language === 'de' ? /^Guten Tag Ada,\n/ : /^Hello Ada,\n/)
        assert.ok(html.includes(`<html lang="${language}">`) && html.includes(`>${words.title}</h1>`))
        assert.ok(!/\{|\bundefined\b|\bnull\b/.test(text), text)
        assert.ok(!/\{\{|undefined/.test(html))
        assert.equal(link !== undefined, 'ticket' in EMAIL_TEMPLATES[template])
        if (link !== undefined) {
          assert.ok(link.startsWith(`${server.config.publicUrl}/u/`))
          assert.equal(html.split(`href="${link}"`).length, 3, 'a button, and the link as text')
        }
        // Nothing in a mail is loaded from anywhere.
        assert.doesNotMatch(html, /<img|<link|<script|\bsrc=|url\(|@import/i)
        // The mark keeps its size beside a name of several lines: a cell would grow with it.
        assert.match(html, /<td[^>]*vertical-align:top[^>]*><div class="fill" style="width:32px;height:32px;/)
        assert.ok(html.length < 10_000)
        assert.equal(headers.get('auto-submitted'), 'auto-generated')
      })
    }
  }

  it('say from where an account was closed, and lead who has an account already to where he signs in', async () => {
    const { user_id } = await person(profile('Ada'))
    assert.match((await mailTo(user_id, 'blocked_account')).text, /from the address 192\.0\.2\.7\b/)
    const { text, html } = await mailTo(user_id, 'existing_account')
    assert.match(
      text,
      /To sign in with the password that you have, open this address:\nhttp:\/\/localhost:3000\/account\n/,
    )
    assert.match(html, /href="http:\/\/localhost:3000\/account"/)
  })

  it('come in the language of the page where the person has none, and in English where nobody says', async () => {
    const [ada, bob] = [await person(), await person()]
    const to = (userId: string, language?: string) => sent({ template: 'verify_email', to: { userId }, language })
    assert.match((await to(ada.user_id, 'de')).html, /<html lang="de">/)
    assert.match((await to(bob.user_id, 'tlh')).html, /<html lang="en">/)
  })

  it('are made out to the name that the person has chosen, and tell the time where he is', async () => {
    const chosen = profile('Stored', { given_name: 'Chosen', zoneinfo: 'Asia/Kathmandu' })
    const { text } = await mailTo((await person(chosen)).user_id)
    assert.match(text, /^Hello Chosen,/)
    assert.match(text, /The link works once, until \w+day \d+ \w+ at \d\d:\d\d \(Kathmandu\)\./)
    const nowhere = await mailTo((await person(profile('Ada', { zoneinfo: 'Nowhere/Land' }))).user_id)
    assert.match(nowhere.text, /\(UTC\)\./)
  })

  it('let no name become a header, a tag or an advertisement', async () => {
    for (const [name, greeting] of [
      ["Anne-Marie O'Neill", "Hello Anne-Marie O'Neill,"],
      ['J. R. Müller', 'Hello J. R. Müller,'],
      ['Ada\r\nBcc: victim@example.com', 'Hello,'],
      ['<b>Eve</b>', 'Hello,'],
      ['Win at https://evil.example', 'Hello,'],
      ['evil.example', 'Hello,'],
      ['{{ url }}', 'Hello,'],
      ['x'.repeat(61), 'Hello,'],
    ] as const) {
      const { user_id, email } = await person(profile(name))
      const { text, html, recipients, headers } = await mailTo(user_id)
      assert.equal(text.split('\n', 1)[0], greeting, name)
      assert.deepEqual(recipients, [email])
      assert.equal(headers.has('bcc'), false)
      assert.doesNotMatch(html, /<b>Eve|evil\.example/)
    }
  })

  it('speak in the name of the tenant and of the application, whatever is in those', async () => {
    await call('PATCH', '/api/v2/tenants/settings', {
      body: { friendly_name: 'North & <Quay>', support_email: 'help@northquay.example' },
    })
    const { user_id } = await person(profile('Ada'))
    const { subject, html, text, fromName } = await sent({
      template: 'verify_email',
      to: { userId: user_id },
      clientId: CLIENT_ID,
    })
    const { name } = await db
      .selectFrom('clients')
      .select('name')
      .where('client_id', '=', CLIENT_ID)
      .executeTakeFirstOrThrow()
    assert.equal(subject, `Confirm your e-mail address for ${name}`)
    assert.equal(fromName, 'North & <Quay>')
    assert.match(html, /North &amp; &lt;Quay&gt;/)
    assert.match(text, /Questions\? help@northquay\.example\n\nSent by North & <Quay>\.\n/)
    await call('PATCH', '/api/v2/tenants/settings', { body: { friendly_name: '', support_email: '' } })
  })

  it('speak in the name of the organization for which they were asked, and so does the page behind the link', async () => {
    const { body } = await call('POST', '/api/v2/organizations', {
      body: {
        name: 'harborline',
        display_name: 'Harborline AG',
        branding: { colors: { primary: '#7a1f5c', page_background: '#ffffff' } },
      },
    })
    await call('PATCH', `/api/v2/organizations/${body.id}/settings`, {
      body: { support_contact: { email: 'help@harborline.example' }, language: 'de' },
    })
    const { user_id } = await person(profile('Ada'))
    const mail = { template: 'reset_email', to: { userId: user_id } } as const
    const own = await sent({ ...mail, organizationId: body.id })
    assert.equal(own.fromName, 'Harborline AG')
    assert.match(own.html, /#7a1f5c/)
    assert.match(own.text, /help@harborline\.example/)
    const page = await call('GET', own.link ?? '', { as: null })
    assert.match(page.text, /<title>[^<]* – Harborline AG<\/title>/)
    assert.match(own.html, /<html lang="en">/, 'the language of the person goes before')
    const { user_id: anyone } = await person({ given_name: 'Bo' })
    const german = await sent({ ...mail, to: { userId: anyone }, organizationId: body.id })
    assert.match(german.html, /<html lang="de">/)
    const other = await sent(mail)
    assert.equal(other.fromName, 'Tenantry')
    assert.doesNotMatch(other.html + other.text, /Harborline AG|#7a1f5c/)
    assert.doesNotMatch((await call('GET', other.link ?? '', { as: null })).text, /Harborline/)
  })
})
