/** D19: what a customer says of itself is text on pages and in mails, and makes nobody's browser ask anywhere else. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startMailTest } from '../../server/jobs/mail.testing.ts'
import { organizations } from '../../server/oidc/organization.testing.ts'
import { ask, signIn, startSignInServer } from '../../server/oidc/sign-in.testing.ts'
import { join } from '../../server/organizations/organizations.testing.ts'
import { startOrganizations } from '../../server/organizations/two-organizations.testing.ts'

const HOSTILE = [
  '</title></style><script src=https://evil.example/x.js></script>',
  '"><img src=https://evil.example/p.png onerror=alert(1)>',
  "'><svg/onload=alert(1)><use href=https://evil.example/#x>",
  '<style>@import url(https://evil.example/x.css);*{background:url(https://evil.example)}</style>',
  '{{ branding.secret }}{% include "password" %}{%- raw -%}<b>bold</b>',
  'javascript:alert(1)//<a href="javascript:alert(1)">help</a>',
]
// Markup that would load something, or do something. What is escaped has no `<`.
const MARKUP = /<(?:script|img|style|link|use|svg|a|b)\b[^>]*(?:evil|alert|bold)|<style>@import|<b>|href="?javascript:/i

/** What a page may load, from whom. */
function sourcesOf(headers: Record<string, unknown>): Record<string, string> {
  const policy = String(headers['content-security-policy'])
  return Object.fromEntries(policy.split('; ').map((rule) => [rule.split(' ')[0], rule.slice(rule.indexOf(' ') + 1)]))
}

describe('D19: an organization', async () => {
  const { acme, at, call, administrator } = await startOrganizations()

  it('cannot name a logo, colour or contact that is more than an address', async () => {
    const { ask: send } = await administrator(acme, ['update:organizations', 'read:organizations'])
    const colors = { primary: '#016869', page_background: '#ffffff' }
    const logos = [
      ...[
        'javascript:alert(1)',
        'data:image/svg+xml;base64,PHN2Zy8+',
        'http://cdn.example/l.png',
        '//evil.example/l.png',
      ],
      ...[
        'https://evil.example/"><script>',
        "https://evil.example/x'); color:red",
        'https://*',
        'https://a.example; script-src *',
      ],
      ...['blob:https://evil.example/1', 'file:///etc/passwd', 'https://evil.example/\r\nSet-Cookie: a=b', ' https://'],
    ]
    for (const logo_url of logos) {
      const { status, text } = await send('PATCH', at(acme), { body: { branding: { logo_url } } })
      assert.equal(status, 400, `${logo_url}: ${text}`)
    }
    for (const primary of [
      'red;background:url(https://evil.example)',
      'url(https://evil.example)',
      '#fff}body{',
      'expression(1)',
    ]) {
      const { status } = await send('PATCH', at(acme), { body: { branding: { colors: { ...colors, primary } } } })
      assert.equal(status, 400, primary)
    }
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'mailto:a@b.example',
      '//evil.example',
      'x',
    ]) {
      const { status } = await send('PATCH', at(acme, '/settings'), { body: { support_contact: { url } } })
      assert.equal(status, 400, url)
    }
    for (const email of [
      '"><script>@x',
      'a@b.example?bcc=c@d.example',
      'a@b.example\r\nBcc: c@d.example',
      '<b>@x.example',
    ]) {
      const { status } = await send('PATCH', at(acme, '/settings'), { body: { support_contact: { email } } })
      assert.equal(status, 400, email)
    }
    const { body } = await send('GET', at(acme))
    assert.deepEqual([body.branding, body.display_name], [undefined, 'Acme'])
  })

  it('has no web address for a name, nor what turns or breaks a line, unless an operator called it so', async () => {
    const { ask: send } = await administrator(acme, ['update:organizations', 'read:organizations'])
    for (const display_name of [
      ...[
        'Your account was stolen https://evil.example/x',
        'evil.example',
        'Log in at evil-login.com now',
        'www.Evil.X',
      ],
      ...['A\u202elmth', 'A\r\nBcc: c@d.example', '  '],
    ]) {
      const { status, text } = await send('PATCH', at(acme), { body: { display_name } })
      assert.equal(status, 400, display_name)
      assert.match(text, /on property display_name/)
    }
    for (const display_name of ['Dr. Oetker GmbH & Co. KG', 'S.A. Ünlü / 3M', 'أكمي', 'Yahoo! v2.0']) {
      assert.equal((await send('PATCH', at(acme), { body: { display_name } })).status, 200, display_name)
    }
    // An operator may, and then it may stay.
    const named = { display_name: 'Parcels.example' }
    assert.equal((await call('PATCH', at(acme), { body: named })).status, 200)
    assert.equal((await send('PATCH', at(acme), { body: named })).status, 200)
  })
})

describe('D19: the pages of an organization', async () => {
  const test = await startSignInServer()
  const { db, newUser, visitor } = test
  const { organization, use, invite } = organizations(test)
  await use({ organization_usage: 'allow' })
  let made = 0
  const hostile = async (displayName: string) => {
    made += 1
    const support_contact = { email: 'help@acme.example', url: 'https://help.acme.example/"><svg/onload=alert(1)>' }
    // As if it had come past the schema of the route.
    return await organization(`hostile-${made}`, { displayName, rules: { support_contact } })
  }

  it('show whatever it is called as text, and load nothing of it', async () => {
    for (const text of HOSTILE) {
      const id = await hostile(text)
      const user = await newUser()
      const first = await visitor().open(ask({ organization: id }).url)
      const refused = await signIn(visitor(), ask({ organization: id }), user.email)
      const { ticket } = await invite(id, 'guest@example.com')
      const invited = await visitor().open(ask({ organization: id, invitation: ticket }).url)
      assert.deepEqual([first.status, refused.status, invited.status], [200, 403, 200])
      for (const page of [first, refused, invited]) {
        assert.doesNotMatch(page.text, MARKUP)
        const { 'img-src': images, 'script-src': scripts, 'style-src': styles, ...others } = sourcesOf(page.headers)
        assert.equal(images, 'data:')
        for (const sources of [scripts, styles]) assert.match(String(sources), /^(?:'sha256-[\w+/=]+' ?)+$/)
        assert.ok(!JSON.stringify(others).includes('evil'))
      }
      assert.ok(refused.text.includes('&lt;') || !text.includes('<'), 'it is shown, and as text')
    }
  })

  it('load its logo from the one address that it names, and from no other', async () => {
    const logo = 'https://cdn.acme.example/logo.png'
    const acme = await organization('acme', { branding: { logo_url: `${logo}?x=1;script-src *` } })
    const bolt = await organization('bolt', { branding: { logo_url: 'https://cdn.bolt.example/b.png' } })
    const pages = await Promise.all([acme, bolt].map((id) => visitor().open(ask({ organization: id }).url)))
    assert.deepEqual(
      pages.map(({ headers }) => sourcesOf(headers)['img-src']),
      [`data: ${logo}`, 'data: https://cdn.bolt.example/b.png'],
    )
    const plain = await organization('plain')
    const user = await newUser()
    for (const id of [acme, plain]) await join(db, id, user.user_id)
    const page = await visitor().open(ask({ organization: plain }).url)
    assert.equal(sourcesOf(page.headers)['img-src'], 'data:')
  })
})

describe('D19: the mails of an organization', async () => {
  const { call, sink, worker } = await startMailTest()

  it('have whatever it and its people are called as text, and nothing that is loaded, for the invited alone', async () => {
    const names = [...HOSTILE, 'Acme\r\nBcc: eve@evil.example\r\n\r\n<p>hidden</p>', 'Acme" <eve@evil.example>, "x']
    for (const [index, text] of names.entries()) {
      const made = await call('POST', '/api/v2/organizations', {
        body: { name: `mailing-${index}`, display_name: text },
      })
      assert.equal(made.status, 201, made.text)
      const invited = await call('POST', `/api/v2/organizations/${made.body.id}/invitations`, {
        body: {
          inviter: { name: text.slice(0, 100) },
          invitee: { email: `guest-${index}@example.com` },
          client_id: 'tenantry-account',
        },
      })
      assert.equal(invited.status, 201, invited.text)
      const before = sink.mails.length
      await worker.runOnce()
      const mails = sink.mails.slice(before)
      assert.deepEqual(
        mails.map(({ to }) => to),
        [`guest-${index}@example.com`],
      )
      const [mail] = mails
      assert.ok(mail)
      assert.doesNotMatch(mail.html, MARKUP)
      assert.doesNotMatch(mail.html, /<img|<script|<svg|<[a-z]+[^>]*\ssrc=|<p>hidden/i)
      assert.ok(!mail.subject.includes('\n'))
    }
  })
})
