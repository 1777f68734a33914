import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

describe('a proxy that is trusted', async () => {
  const { app, call, tokenFor } = await startTestServer({ TRUST_PROXY: '127.0.0.1,10.0.0.0/8' })
  const authorization = `Bearer ${await tokenFor({})}`

  for (const [named, address] of [
    ['203.0.113.5:51234', '203.0.113.5'],
    ['203.0.113.5', '203.0.113.5'],
    ['198.51.100.1, 203.0.113.5:1,10.0.0.7:443', '203.0.113.5'],
    ['[2001:db8::5]:443', '2001:db8::5'],
    ['[2001:db8::5]', '2001:db8::5'],
    ['2001:db8::5', '2001:db8::5'],
  ] as const) {
    it(`names the caller ${named}, whose address is ${address}`, async () => {
      const headers = { authorization, 'x-forwarded-for': named }
      const body = { friendly_name: named }
      const { statusCode } = await app.inject({
        method: 'PATCH',
        url: '/api/v2/tenants/settings',
        headers,
        payload: body,
      })
      assert.equal(statusCode, 200)
      const { body: entries } = await call('GET', '/api/v2/logs?per_page=1&q=type:sapi')
      assert.equal(entries[0].ip, address)
    })
  }
})
