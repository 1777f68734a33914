import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

describe('the language of a page', async () => {
  const { call } = await startTestServer()
  const GERMAN = 'Sie sind abgemeldet'
  const ENGLISH = 'You are signed out'

  async function titleOf(url: string, headers: Record<string, string> = {}) {
    const { text } = await call('GET', url, { as: null, headers })
    return /<h1>(.*)<\/h1>/.exec(text)?.[1]
  }

  it('is the one chosen on our page, then the application’s, then that of who signed in last, then the browser’s', async () => {
    const page = '/u/signed-out'
    assert.equal(await titleOf(page), ENGLISH)
    assert.equal(await titleOf(page, { 'accept-language': 'fr, de-CH;q=0.8, en;q=0.5' }), GERMAN)
    assert.equal(await titleOf(page, { 'accept-language': 'de;q=0, en' }), ENGLISH)
    assert.equal(await titleOf(page, { 'accept-language': 'en', cookie: 'ui_language=de' }), GERMAN)
    assert.equal(await titleOf(`${page}?ui_locales=fr+en`, { cookie: 'ui_language=de' }), ENGLISH)
    assert.equal(await titleOf(`${page}?ui_locales=en`, { cookie: 'a=b; ui_language_chosen=de' }), GERMAN)
    assert.equal(await titleOf(page, { cookie: 'ui_language=<b>' }), ENGLISH)
  })

  it('is changed by the links at the foot of the page, which lead back to it', async () => {
    const page = await call('GET', '/u/signed-out?client_id=x&ui_locales=en', { as: null })
    const link = /<a href="([^"]*)" lang="de" hreflang="de">Deutsch<\/a>/.exec(page.text)?.[1]?.replaceAll('&amp;', '&')
    assert.equal(link, '/u/signed-out?client_id=x&ui_locales=en&language=de')
    const switched = await call('GET', link ?? '', { as: null })
    assert.equal(switched.status, 303)
    assert.equal(switched.headers.location, '/u/signed-out?client_id=x&ui_locales=en')
    assert.equal(switched.headers['set-cookie'], 'ui_language_chosen=de; Path=/; HttpOnly; SameSite=Lax')
    assert.equal((await call('GET', '/u/signed-out?language=xx', { as: null })).status, 200)
  })

  it('leads nowhere else when it is changed', async () => {
    const { status, headers } = await call('GET', '//evil.example/u/signed-out?language=de', { as: null })
    assert.ok(status === 404 || !String(headers.location).startsWith('//'))
  })
})
