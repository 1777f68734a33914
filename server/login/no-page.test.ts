import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

describe('an address under /u where there is no page', async () => {
  const { app } = await startTestServer()
  const open = (url: string, language: string) =>
    app.inject({ method: 'GET', url, headers: { accept: 'text/html', 'accept-language': language } })

  it('says so on a page, in the language of who came there', async () => {
    for (const url of ['/u/nowhere', '/u/login/nobody/nowhere', '/u/reset-password/a/b/c?ticket=secret']) {
      for (const [language, title] of [
        ['en', 'There is no such page'],
        ['de', 'Diese Seite gibt es nicht'],
      ] as const) {
        const { statusCode, headers, body } = await open(url, language)
        assert.equal(statusCode, 404, url)
        assert.match(String(headers['content-type']), /^text\/html/)
        assert.match(body, new RegExp(`<html lang="${language}"`))
        assert.ok(body.includes(title), body)
        assert.ok(!body.includes('secret'))
      }
    }
  })

  it('elsewhere is answered as by an API', async () => {
    const { statusCode, body } = await open('/nowhere', 'en')
    assert.equal(statusCode, 404)
    assert.equal(JSON.parse(body).error, 'Not Found')
  })
})
