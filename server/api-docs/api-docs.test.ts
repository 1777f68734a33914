import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { MANAGEMENT_ROUTES } from '../app.ts'
import { pageOf } from './page.ts'

describe('/docs', async () => {
  const { call, server } = await startTestServer()

  it('tells every operation with its scopes, to anybody, and loads nothing foreign', async () => {
    const { status, text, headers } = await call('GET', '/docs', { as: null })
    assert.equal(status, 200)
    for (const { operationId, summary } of MANAGEMENT_ROUTES) {
      assert.ok(text.includes(`<details id="${operationId}">`), operationId)
      assert.ok(text.includes(`<span class="what">${summary.replaceAll("'", '&#39;')}</span>`), summary)
    }
    assert.match(text, /<code class="scope">update:users<\/code>/)
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-/)
    assert.doesNotMatch(text, /<script|https?:\/\/(?!localhost)/)
    assert.ok(text.includes(server.config.issuer))
  })

  it('has what an error of the My Account API points to', async () => {
    const refused = await call('GET', '/me/v1/profile', { as: null })
    const { pathname, hash } = new URL(refused.body.type)
    const { status, text } = await call('GET', pathname, { as: null })
    assert.equal(status, 200)
    assert.ok(text.includes(`<tr id="${hash.slice(1)}">`))
    assert.doesNotMatch(text, /\{\w+\}<|<script/)
  })

  it('shows what a schema says as text', () => {
    const field = { name: '<b>', place: 'body', type: '"x" & y', isRequired: true, meaning: "it's <i>" }
    const operation = {
      id: 'x',
      method: 'GET',
      path: '/x',
      summary: '<script>',
      note: '',
      scopes: ['a'],
      parameters: [],
      body: [field],
      answer: { status: '200', fields: [] },
    }
    const html = pageOf([{ noun: 'x', operations: [operation] }], 'https://id.example/')
    assert.ok(
      html.includes('&#60;b&#62;') && html.includes('&#34;x&#34; &#38; y') && html.includes('it&#39;s &#60;i&#62;'),
    )
    assert.doesNotMatch(html, /<script|<i>/)
  })
})
