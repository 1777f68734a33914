import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { fastify } from 'fastify'
import { startTestServer } from '../test/harness.ts'
import { mountPortals } from './portals.ts'

const MOST_SCRIPT_BYTES = 250_000

/** TABLE: the portals, an address within each, and whether it shows pictures from elsewhere. */
const PORTALS = [
  { name: 'the profile portal', path: '/account', page: 'personal', images: /img-src 'self' data:;/ },
  { name: 'the admin portal', path: '/admin', page: 'members', images: /img-src 'self' data: https:;/ },
] as const

for (const { name, path, page: within, images } of PORTALS) {
  describe(name, async () => {
    const { app, server, call } = await startTestServer()
    const page = await app.inject({ url: path })

    it('answers every address below its own with the one page, which no cache keeps', async () => {
      for (const url of [path, `${path}/`, `${path}/${within}`, `${path}/no/such/page?code=1`]) {
        const { statusCode, headers, body } = await app.inject({ url })
        assert.equal(statusCode, 200, url)
        assert.match(String(headers['content-type']), /^text\/html/)
        assert.equal(headers['cache-control'], 'no-store')
        assert.equal(body, page.body)
      }
    })

    it('lets in no script or style but files of this server, and stands in no frame', () => {
      const policy = String(page.headers['content-security-policy'])
      assert.match(policy, /default-src 'none'/)
      assert.match(policy, /script-src 'self'(;|$)/)
      assert.match(policy, /style-src 'self'(;|$)/)
      assert.match(policy, /frame-ancestors 'none'/)
      assert.match(policy, /connect-src 'self'(;|$)/)
      assert.match(policy, images)
      assert.doesNotMatch(policy, /unsafe|\*/)
      assert.doesNotMatch(page.body, /<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/)
    })

    it('is filled with where it belongs, and with the name of the tenant as text alone', async () => {
      assert.ok(page.body.includes(`<meta name="public-url" content="${server.config.publicUrl}">`))
      await call('PATCH', '/api/v2/tenants/settings', { body: { friendly_name: 'A&B "<b>" $&' } })
      const { body } = await app.inject({ url: path })
      assert.ok(body.includes('<meta name="tenant" content="A&#38;B &#34;&#60;b&#62;&#34; $&#38;">'), body)
    })

    it('loads less than 250 KB of compressed script at first, whose names change with what is in it', async () => {
      const files = [...page.body.matchAll(/"(\/\w+\/assets\/[^"]+\.js)"/g)].map(([, file]) => file ?? '')
      assert.ok(files.length > 0)
      let bytes = 0
      for (const url of files) {
        const { statusCode, headers, rawPayload } = await app.inject({ url })
        assert.equal(statusCode, 200)
        assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
        assert.match(String(headers['content-type']), /^(text|application)\/javascript/)
        bytes += gzipSync(rawPayload).length
      }
      assert.ok(bytes < MOST_SCRIPT_BYTES, `${bytes}`)
    })

    it('does not answer with the page where a file is missing, nor with files from elsewhere', async () => {
      for (const url of [`${path}/assets/none.js`, `${path}/assets/`, `${path}/assets/..%2Findex.html`]) {
        const { statusCode, headers } = await app.inject({ url })
        assert.ok(statusCode >= 400 && statusCode < 500, `${url} ${statusCode}`)
        assert.doesNotMatch(String(headers['content-type']), /html/)
      }
    })
  })
}

describe('a portal that is not built', async () => {
  const { server } = await startTestServer()
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-portals-'))
  await mkdir(join(folder, 'account/assets'), { recursive: true })
  const app = fastify()
  mountPortals(app, server, folder)
  after(async () => {
    await app.close()
    await rm(folder, { recursive: true })
  })

  it('says how to build it, and is there as soon as it is', async () => {
    const before = await app.inject({ url: '/account' })
    assert.equal(before.statusCode, 503)
    assert.match(before.body, /npm run build/)
    await writeFile(join(folder, 'account/index.html'), '<p>built</p>')
    const { statusCode, body } = await app.inject({ url: '/account' })
    assert.deepEqual([statusCode, body], [200, '<p>built</p>'])
  })
})
