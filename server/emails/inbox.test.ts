import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer, type TestServer } from '../../test/harness.ts'
import { buildApp } from '../app.ts'
import { transact } from '../db/database.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { accounts } from '../sign-in/accounts.testing.ts'
import { enqueueEmail } from './enqueue.ts'
import { catchEmail } from './store.ts'

describe('the inbox', async () => {
  const test = await startTestServer()
  const { call, db, server } = test
  const { person } = await accounts(test)
  const here = { as: null, from: '127.0.0.1' } as const
  const look = (url: string, options: object = {}) => call('GET', url, { ...here, ...options })
  const newest = async () => /href="(\/inbox\/[0-9a-f]{24})"/.exec((await look('/inbox')).text)?.[1] ?? ''

  async function caught(given_name = 'Ada') {
    const user = await person({ given_name, user_metadata: { locale: 'en' } })
    await transact(db, (tx) => enqueueEmail(tx, { template: 'verify_email', to: { userId: user.user_id } }))
    await mailWorkerOf(server).runOnce()
    return user
  }

  it('says that it is empty, and looks again by itself without JavaScript', async () => {
    const { status, text, headers } = await look('/inbox')
    assert.equal(status, 200)
    assert.match(text, /No mail yet\./)
    assert.equal(headers.refresh, '5')
    assert.match((await look('/inbox', { headers: { 'accept-language': 'de' } })).text, /Noch keine E-Mail\./)
  })

  it('catches all mail while no provider is set, the newest first, and keeps it encrypted', async () => {
    const [ada, bob] = [await caught(), await caught('Bob')]
    const { text } = await look('/inbox')
    assert.ok(text.indexOf(bob.email ?? '') < text.indexOf(ada.email ?? ''))
    const rows = await db.selectFrom('inbox_messages').selectAll().execute()
    assert.equal(rows.length, 2)
    assert.doesNotMatch(JSON.stringify(rows), /ticket=|Hello/)
  })

  it('shows a mail in a frame in which nothing runs, and whose links open in the whole window', async () => {
    const message = await newest()
    const page = await look(message)
    assert.match(page.text, /<h1>Confirm your e-mail address for Tenantry<\/h1>/)
    assert.match(page.text, /Tenantry &lt;no-reply@localhost&gt;/)
    // By which the page's script shows the time of the reader's clock, as in the list.
    assert.match(page.text, /<dd><time datetime="[^"]+Z">/)
    assert.ok(page.text.includes(`<iframe src="${message}/content"`))
    assert.match(String(page.headers['content-security-policy']), /frame-src 'self'/)
    const mail = await look(`${message}/content`)
    assert.match(mail.text, /<head><base target="_top">/)
    const policy = String(mail.headers['content-security-policy'])
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation$/)
    assert.doesNotMatch(policy, /script-src|allow-scripts|allow-same-origin|allow-forms/)
    const link = /href="http:\/\/localhost:3000(\/u\/email-verification\?ticket=[\w-]{32})"/.exec(mail.text)?.[1] ?? ''
    assert.equal((await look(link)).status, 200)
  })

  it('says on a page that a mail is not there any more, and leads back', async () => {
    for (const id of ['0123456789abcdef01234567', 'nothing']) {
      for (const [language, title] of [
        ['en', 'This mail is not here'],
        ['de', 'Diese E-Mail ist nicht hier'],
      ] as const) {
        const { status, text, headers } = await look(`/inbox/${id}`, { headers: { 'accept-language': language } })
        assert.equal(status, 404)
        assert.match(String(headers['content-type']), /^text\/html/)
        assert.ok(text.includes(`<h1>${title}</h1>`) && text.includes('href="/inbox"'), text)
      }
      assert.equal((await look(`/inbox/${id}/content`)).status, 404)
    }
  })

  it('is not there for anybody elsewhere, nor by another name, nor on a server that is not for this machine alone', async () => {
    const message = await newest()
    const open = await startTestServer({ PUBLIC_URL: 'https://id.example.com' })
    const unknown = await look('/nowhere')
    for (const path of ['/inbox', message, `${message}/content`]) {
      for (const answer of [
        await look(path, { from: '192.0.2.1' }),
        await look(path, { headers: { 'x-forwarded-for': '127.0.0.1' } }),
        await look(path, { headers: { host: 'rebound.evil.example' } }),
        await open.call('GET', path, here),
      ]) {
        assert.deepEqual([answer.status, answer.text], [404, unknown.text])
      }
    }
    for (const path of ['/inbox/000000000000000000000000', '/inbox/x', `/inbox/${'a'.repeat(500)}`]) {
      assert.equal((await look(path)).status, 404)
    }
  })

  it('is there for whoever reaches the demo', async () => {
    const app = await buildApp({ ...server, isDemo: true })
    const demo = { url: '/inbox', remoteAddress: '192.0.2.1' }
    assert.equal((await app.inject({ ...demo, headers: { host: 'localhost:3000' } })).statusCode, 200)
    assert.equal((await app.inject({ ...demo, headers: { host: 'rebound.evil.example' } })).statusCode, 421)
    await app.close()
  })

  it('keeps the newest 500, and forgets those of a user who is deleted', async () => {
    const user = await caught()
    const mail = { template: 'verify_email', recipient: 'x@y.example', subject: 's', contentEncrypted: 'c' }
    for (let at = 0; at < 510; at += 1) {
      await catchEmail(db, { ...mail, id: at.toString(16).padStart(24, '0'), userId: user.user_id })
    }
    assert.equal(await count(test), 500)
    await db.deleteFrom('users').where('user_id', '=', user.user_id).execute()
    assert.equal(await count(test), 0)
  })
})

async function count({ db }: TestServer): Promise<number> {
  return (await db.selectFrom('inbox_messages').select('id').execute()).length
}
