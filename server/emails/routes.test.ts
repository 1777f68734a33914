import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

const TEMPLATE = {
  template: 'verify_email',
  subject: 'Hi {{ user.given_name }}',
  body: '<p><a href="{{ url }}">go</a></p>',
  from: 'Acme <mail@acme.example>',
  syntax: 'liquid',
  enabled: true,
}
const CREDENTIALS = { smtp_host: 'mail.example.com', smtp_port: 587 }

describe('the templates of the tenant', async () => {
  const { call } = await startTestServer()
  const path = '/api/v2/email-templates'

  it('are not there until somebody has written them, and then once', async () => {
    assert.equal((await call('GET', `${path}/verify_email`)).status, 404)
    assert.equal((await call('PATCH', `${path}/verify_email`, { body: { enabled: true } })).status, 404)
    assert.equal((await call('GET', `${path}/no_such_template`)).status >= 400, true)
    const made = await call('POST', path, { body: TEMPLATE })
    assert.equal(made.status, 200)
    assert.equal(made.body.subject, TEMPLATE.subject)
    assert.equal((await call('POST', path, { body: TEMPLATE })).status, 409)
    const changed = await call('PATCH', `${path}/verify_email`, { body: { subject: 'Hello' } })
    assert.deepEqual([changed.body.subject, changed.body.body], ['Hello', TEMPLATE.body])
    const put = await call('PUT', `${path}/reset_email`, { body: { ...TEMPLATE, template: 'reset_email' } })
    assert.equal(put.status, 200)
  })

  it('are refused when their Liquid cannot be read, and nothing is changed', async () => {
    const before = (await call('GET', `${path}/verify_email`)).body
    const refused = await call('PATCH', `${path}/verify_email`, { body: { body: '{% if %}' } })
    assert.equal(refused.status, 400)
    assert.deepEqual((await call('GET', `${path}/verify_email`)).body, before)
  })
})

describe('the mail provider', async () => {
  const { call, server } = await startTestServer()
  const path = '/api/v2/emails/provider'

  it('is an SMTP server, of which the password never comes out again', async () => {
    assert.equal((await call('GET', path)).body.errorCode, 'inexistent_email_provider')
    assert.equal((await call('POST', path, { body: { name: 'ses', credentials: CREDENTIALS } })).status, 400)
    const credentials = { ...CREDENTIALS, smtp_user: 'user', smtp_pass: 'hidden-password' }
    const made = await call('POST', path, { body: { name: 'smtp', credentials } })
    assert.equal(made.status, 201)
    assert.deepEqual(made.body.credentials, { ...CREDENTIALS, smtp_user: 'user' })
    assert.equal((await call('POST', path, { body: { name: 'smtp', credentials } })).status, 409)
    assert.deepEqual((await call('GET', path)).body, { name: 'smtp', enabled: true })
    const { rows } = await server.database.pool.query(
      'select t::text as text from email_provider t union all select e::text from events e',
    )
    assert.ok(rows.every(({ text }) => !text.includes('hidden-password')))
    assert.equal((await call('DELETE', path)).status, 204)
    assert.equal((await call('GET', path)).status, 404)
  })
})

describe('the inbox', async () => {
  const here = await startTestServer()

  it('is for this machine alone', async () => {
    assert.equal((await here.call('GET', '/inbox', { as: null, from: '127.0.0.1' })).status, 200)
    assert.equal((await here.call('GET', '/inbox', { as: null, from: '192.0.2.1' })).status, 404)
    const open = await startTestServer({ PUBLIC_URL: 'https://id.example.com' })
    assert.equal((await open.call('GET', '/inbox', { as: null, from: '127.0.0.1' })).status, 404)
  })
})
