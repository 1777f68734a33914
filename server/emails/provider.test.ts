import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startMailSink } from '../../test/mail-sink.ts'
import { startMailTest } from '../jobs/mail.testing.ts'

const PATH = '/api/v2/emails/provider'
const PASSWORD = 'a-password-that-nobody-sees'

describe('the mail provider', async () => {
  const { call, db, logged, person, sent, server, sink } = await startMailTest()
  const { hostname, port } = new URL(sink.url)
  const credentials = { smtp_host: 'mail.acme.example', smtp_port: 587, smtp_user: 'acme' }
  const provider = {
    name: 'smtp',
    default_from_address: 'Acme <mail@acme.example>',
    credentials: { ...credentials, smtp_pass: PASSWORD },
  }
  const patch = (body: object) => call('PATCH', PATH, { body })
  const all = () => call('GET', `${PATH}?fields=name,enabled,credentials,settings,default_from_address`)

  it('is set once, shown without its password, changed and removed', async () => {
    const none = await call('GET', PATH)
    assert.deepEqual([none.status, none.body.errorCode], [404, 'inexistent_email_provider'])
    for (const answer of [await patch({ enabled: false }), await call('DELETE', PATH)]) assert.equal(answer.status, 404)
    const made = await call('POST', PATH, { body: provider })
    const shown = { name: 'smtp', enabled: true, default_from_address: 'Acme <mail@acme.example>', credentials }
    assert.deepEqual([made.status, made.body], [201, shown])
    assert.equal((await call('POST', PATH, { body: provider })).status, 409)
    assert.deepEqual((await call('GET', PATH)).body, { name: 'smtp', enabled: true })
    assert.deepEqual((await all()).body, shown)
    const settings = { headers: { 'X-SES-Configuration-Set': 'acme' } }
    assert.deepEqual((await patch({ enabled: false, settings })).body, { ...shown, enabled: false, settings })
    assert.equal((await call('DELETE', PATH)).status, 204)
    assert.equal((await call('GET', PATH)).status, 404)
  })

  it('can only be SMTP, with what that needs, and says so; nothing changes otherwise', async () => {
    await call('POST', PATH, { body: provider })
    const before = (await all()).body
    const ses = await patch({ name: 'ses', credentials: { accessKeyId: 'id', secretAccessKey: PASSWORD } })
    assert.deepEqual([ses.status, ses.body.errorCode], [400, 'operation_not_supported'])
    assert.match(ses.body.message, /^The provider ses is not offered\. Set smtp/)
    for (const body of [
      {},
      { name: 'pigeon' },
      { credentials: { smtp_host: 'mail.acme.example' } },
      { credentials: { ...credentials, smtp_host: 'a b' } },
      { credentials: { ...credentials, api_key: 'key' } },
      { default_from_address: 'nobody' },
      { more: true },
    ]) {
      const answer = await patch(body)
      assert.deepEqual([answer.status, answer.body.errorCode], [400, 'invalid_body'], JSON.stringify(body))
    }
    assert.deepEqual((await all()).body, before)
  })

  it('never gets its password sent to another server than it was given for', async () => {
    const same = await patch({ credentials })
    assert.equal(same.status, 200, same.text)
    const elsewhere = await patch({ credentials: { ...credentials, smtp_host: 'mail.evil.example' } })
    assert.deepEqual([elsewhere.status, elsewhere.body.errorCode], [400, 'invalid_body'])
    assert.match(elsewhere.body.message, /smtp_pass is missing/)
    const { credentials_encrypted } = await db.selectFrom('email_provider').selectAll().executeTakeFirstOrThrow()
    const stored = server.secrets.decrypt('email_credentials', 'provider', credentials_encrypted)
    assert.deepEqual(JSON.parse(stored), { ...credentials, smtp_pass: PASSWORD })
  })

  it('keeps its password out of the database, the events and the server log', async () => {
    const { rows } = await server.database.pool.query(
      'select p::text as text from email_provider p union all select e::text from events e',
    )
    assert.ok(rows.length > 3)
    assert.ok(rows.every(({ text }) => !text.includes(PASSWORD)))
    assert.ok(!logged().includes(PASSWORD))
    assert.equal((await all()).text.includes(PASSWORD), false)
  })

  it('delivers in place of SMTP_URL from the next mail on, with its sender and headers', async () => {
    const other = await startMailSink()
    try {
      const { port: otherPort } = new URL(other.url)
      const settings = { headers: { 'X-SES-Configuration-Set': 'acme', Bcc: 'x@y.example', 'X-Bad\r\nBcc': 'x' } }
      await patch({ credentials: { smtp_host: hostname, smtp_port: Number(otherPort) }, settings })
      const { user_id } = await person()
      await assert.rejects(sent({ template: 'verify_email', to: { userId: user_id } }), /no mail came/)
      const [mail] = other.mails
      assert.deepEqual([mail?.fromName, mail?.from], ['Acme', 'mail@acme.example'])
      assert.equal(mail?.headers.get('x-ses-configuration-set'), 'acme')
      assert.deepEqual([mail?.recipients.length, mail?.headers.has('bcc')], [1, false])
      await patch({ enabled: false })
      assert.equal((await sent({ template: 'verify_email', to: { userId: user_id } })).from, 'id@example.com')
      await patch({ enabled: true, credentials: { smtp_host: hostname, smtp_port: Number(port) } })
      assert.equal((await sent({ template: 'verify_email', to: { userId: user_id } })).from, 'mail@acme.example')
      assert.equal(other.mails.length, 1)
    } finally {
      await other.stop()
    }
  })
})
