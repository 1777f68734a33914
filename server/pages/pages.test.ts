import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

describe('every page', async () => {
  const { call, db } = await startTestServer()
  const open = (url: string, headers: Record<string, string> = {}) => call('GET', url, { as: null, headers })

  async function say(settings: Record<string, string>): Promise<void> {
    await db
      .updateTable('tenant_settings')
      .set({ settings: JSON.stringify(settings) })
      .execute()
  }

  it('weighs less than 40,000 bytes with its font, which is kept for a year and comes from us', async () => {
    const page = await open('/u/signed-out')
    const fonts = [...page.text.matchAll(/url\(([^)]*)\)/g)].map(([, path]) => path ?? '')
    assert.equal(fonts.length, 2)
    let bytes = Buffer.byteLength(page.text)
    for (const path of fonts) {
      const font = await open(path)
      assert.equal(font.status, 200)
      assert.equal(font.headers['content-type'], 'font/woff2')
      assert.equal(font.headers['cache-control'], 'public, max-age=31536000, immutable')
      bytes += Number(font.headers['content-length'])
    }
    assert.ok(bytes < 40_000, `${bytes} bytes`)
    assert.equal((await open('/u/assets/../pages/style.css')).status, 404)
    assert.equal((await open('/u/assets/style.css')).status, 404)
  })

  it('speaks in the tenant’s name, which is text, and says where to find help', async () => {
    await say({ friendly_name: '<b>{{7*7}}</b> Ålesund', support_email: 'help"@acme.example' })
    const { text } = await open('/u/signed-out')
    assert.ok(text.includes('&lt;b&gt;{{7*7}}&lt;/b&gt; Ålesund'))
    assert.doesNotMatch(text, /<b>\{/)
    assert.match(text, /<span class="mark" aria-hidden="true">B<\/span>/)
    assert.match(text, /<a href="mailto:help&#34;@acme.example">Help<\/a>/)
    await say({ support_url: 'javascript:alert(1)' })
    assert.doesNotMatch((await open('/u/signed-out')).text, /javascript:/)
    await say({})
  })

  it('about an error says what to do and gives a reference, and shows nothing that an address brought along', async () => {
    const page = await open('/u/error?error=%3Cscript%3E&error_description=call+0900', { 'accept-language': 'de' })
    assert.equal(page.status, 400)
    assert.match(page.text, /<title>Fehler: /)
    assert.ok(page.text.includes(String(page.headers['x-request-id'])))
    assert.doesNotMatch(page.text, /0900|<script>(?!\/\/)/)
    const gone = await open('/u/login/unknown')
    assert.equal(gone.status, 400)
    assert.match(gone.text, /<h1>This sign-in is over<\/h1>/)
    assert.match(gone.text, /allow cookies/)
  })
})
