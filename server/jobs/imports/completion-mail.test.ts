import assert from 'node:assert/strict'
import { after, beforeEach, describe, it } from 'node:test'
import { startMailSink } from '../../../test/mail-sink.ts'
import { accounts } from '../../sign-in/accounts.testing.ts'
import { startJobTest } from '../jobs.testing.ts'
import { mailWorkerOf } from '../mail-worker.ts'

const sink = await startMailSink()
after(() => sink.stop())

describe('the mail at the end of an import', async () => {
  const test = await startJobTest({ SMTP_URL: sink.url, EMAIL_FROM: 'id@example.com' })
  const { call, db, server, imported, send, runner, tokenFor } = test
  const { person } = await accounts(test)
  const worker = mailWorkerOf(server)
  after(() => worker.stop())
  beforeEach(() => sink.clear())

  const roles = (await call('GET', '/api/v2/roles')).body as { id: string; name: string }[]
  const withRole = async (name: string, more: object = {}) => {
    const made = await person({ user_metadata: { locale: 'en' }, ...more })
    const role = roles.find((one) => one.name === name)
    await call('POST', `/api/v2/users/${encodeURIComponent(made.user_id)}/roles`, { body: { roles: [role?.id] } })
    return made
  }
  const [ada, ben] = [await withRole('Administrator'), await withRole('Administrator', { blocked: true })]
  const olga = await withRole('Operator')
  const mailsTo = async () => {
    await worker.runOnce()
    return sink.mails.map(({ to }) => to)
  }
  const FILE = [{ email: 'one@mail.example' }, { email: 'two@mail.example' }, { email: 'no address' }]

  it('goes to the administrators where an application asked, and says what came of the rows', async () => {
    const { id } = await imported(FILE)
    assert.deepEqual(await mailsTo(), [ada.email])
    const [mail] = sink.mails
    assert.equal(mail?.subject, `The import of users into ${test.connection.name} is done`)
    assert.match(mail?.text ?? '', /New: 2\. .*: 0\. .*: 1\. Rows in all: 3\./)
    assert.ok(mail?.text.includes(id))
    assert.doesNotMatch(mail?.text ?? '', /mail\.example|\{/)
    assert.equal(ben.blocked, true)
  })

  it('goes to the person who asked, and to nobody else', async () => {
    const as = await tokenFor({ userId: olga.user_id, scopes: ['create:users', 'read:users'] })
    const { body } = await send([{ email: 'three@mail.example' }], {}, { as })
    await runner.runOnce()
    assert.deepEqual(await mailsTo(), [olga.email])
    assert.equal((await call('GET', `/api/v2/jobs/${body.id}`)).body.status, 'completed')
  })

  it('says in his language why the import failed', async () => {
    const hans = await withRole('Operator', { user_metadata: { locale: 'de' } })
    const as = await tokenFor({ userId: hans.user_id, scopes: ['create:users'] })
    await send('[{"email":', {}, { as })
    await runner.runOnce()
    assert.deepEqual(await mailsTo(), [hans.email])
    assert.match(sink.mails[0]?.text ?? '', /war nicht möglich\. Der Server meldet: Failed to parse users file JSON/)
  })

  it('does not come where it is not wanted, after a dry run, a cancelled job or an export', async () => {
    await imported([{ email: 'four@mail.example' }], { send_completion_email: 'false' })
    await imported([{ email: 'five@mail.example' }], { dry_run: 'true' })
    const { body } = await send([{ email: 'six@mail.example' }])
    await call('POST', `/api/v2/jobs/${body.id}/cancel`)
    await test.exported({})
    assert.deepEqual(await mailsTo(), [])
    assert.deepEqual(await db.selectFrom('emails').select('id').where('state', '=', 'queued').execute(), [])
  })

  it('can be the tenant’s own, with what there is to say', async () => {
    const own = {
      template: 'import_completed',
      from: 'id@example.com',
      subject: '{{ into }}: {{ inserted }}/{{ total }}',
      body: '<p>{{ external_id }} {{ failed }}</p>',
      syntax: 'liquid',
      enabled: true,
    }
    assert.equal((await call('POST', '/api/v2/email-templates', { body: own })).status, 200)
    await imported([{ email: 'seven@mail.example' }], { external_id: 'run 7' })
    assert.deepEqual(await mailsTo(), [ada.email])
    assert.equal(sink.mails[0]?.subject, `${test.connection.name}: 1/1`)
    assert.match(sink.mails[0]?.html ?? '', /run 7 0/)
  })
})
