import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, afterEach, describe, it, mock } from 'node:test'
import { startMailSink } from '../../test/mail-sink.ts'
import { forgetEmails, takeDueEmails } from '../emails/store.ts'
import { FIRST_CONNECTION } from '../setup.ts'
import { startMailTest, ticketIn } from './mail.testing.ts'
import { mailWorkerOf } from './mail-worker.ts'

const HOUR_MS = 3_600_000

describe('the queue of mails', async () => {
  const { call, connection, db, eventsOf, mailOf, person, queue, sent, server, sink, worker } = await startMailTest()
  const askForReset = (email: string | undefined) =>
    call('POST', '/dbconnections/change_password', { as: null, body: { email, connection: FIRST_CONNECTION } })
  const reset = (identifier: string | undefined) =>
    queue({ template: 'reset_email', to: { connectionId: connection.id, identifier: identifier ?? '' } })
  const opens = async (link: string | undefined) => (await call('GET', link?.slice(21) ?? '', { as: null })).status

  afterEach(() => mock.timers.reset())

  it('holds no token: the link is made when the mail is sent, and works', async () => {
    const ada = await person()
    const mail = await sent({ template: 'reset_email', to: { userId: ada.user_id } })
    assert.deepEqual([mail.to, mail.recipients], [ada.email, [ada.email]])
    assert.equal(await opens(mail.link), 200)
    const { rows } = await server.database.pool.query(
      'select e::text as text from emails e union all select t::text from tickets t union all select v::text from events v',
    )
    assert.ok(rows.length > 2 && rows.every(({ text }) => !text.includes(ticketIn(mail.link))))
  })

  it('takes the same for an identifier that nobody has, sends nothing, and tells only the log', async () => {
    const ada = await person()
    const [known, unknown] = [await askForReset(ada.email), await askForReset('nobody@harborline.example')]
    assert.deepEqual([known.status, known.text], [unknown.status, unknown.text])
    const before = await db.selectFrom('emails').selectAll().where('state', '=', 'queued').execute()
    assert.deepEqual(
      before.map(({ user_id, attempts }) => [user_id, attempts]),
      [
        [null, 0],
        [null, 0],
      ],
    )
    assert.equal(await worker.runOnce(), 2)
    assert.deepEqual(
      sink.mails.map(({ to }) => to),
      [ada.email],
    )
    const row = await mailOf(before.find(({ identifier }) => identifier?.startsWith('nobody'))?.id ?? '')
    assert.deepEqual([row.state, row.identifier, row.person, row.attempts], ['dropped', null, null, 0])
    const [refused] = (await eventsOf('fcpr')).slice(-1)
    assert.equal(refused?.description, 'Nobody has this identifier.')
    assert.deepEqual([refused?.user_id, refused?.person?.user_name], [null, 'nobody@harborline.example'])
  })

  it('sends to the stored address, never to the one that was typed', async () => {
    const ada = await person({ email: 'stored@harborline.example' })
    await reset(' STORED@harborline.example'.trim())
    await worker.runOnce()
    assert.deepEqual(sink.mails[0]?.recipients, [ada.email])
  })

  it('drops what makes no sense by now: for a blocked user, a verified address, a user without one', async () => {
    const [blocked, verified, silent] = [await person(), await person({ email_verified: true }), await person()]
    await db.updateTable('users').set({ blocked: true }).where('user_id', '=', blocked.user_id).execute()
    await db.updateTable('users').set({ email: null }).where('user_id', '=', silent.user_id).execute()
    const ids = [
      await reset(blocked.email),
      await queue({ template: 'verify_email', to: { userId: verified.user_id } }),
      await queue({ template: 'verify_email', to: { userId: silent.user_id } }),
    ]
    await worker.runOnce()
    assert.deepEqual(sink.mails, [])
    for (const id of ids) assert.equal((await mailOf(id)).state, 'dropped')
    assert.equal((await mailOf(ids[0] ?? '')).last_error, 'The user is blocked.')
    const tickets = await db.selectFrom('tickets').selectAll().where('user_id', '=', blocked.user_id).execute()
    assert.deepEqual(tickets, [])
  })

  it('sends one person five of a kind within an hour, however he is written', async () => {
    const began = Date.now()
    mock.timers.enable({ apis: ['Date'], now: began })
    const [ada, bob] = [await person(), await person()]
    for (let at = 0; at < 8; at += 1) await reset(at % 2 === 0 ? ada.email : ada.email?.toUpperCase())
    await reset(bob.email)
    await queue({ template: 'verify_email', to: { userId: ada.user_id } })
    await worker.runOnce()
    const toAda = () => sink.mails.filter(({ to, link }) => to === ada.email && link?.includes('reset-password')).length
    assert.equal(toAda(), 5)
    assert.equal(sink.mails.length, 7)
    await reset(ada.email)
    await worker.runOnce()
    assert.equal(toAda(), 5)
    mock.timers.setTime(began + HOUR_MS + 1_000)
    await reset(ada.email)
    await worker.runOnce()
    assert.equal(toAda(), 6)
  })

  it('waits for a mail server that is away ten minutes; asking stays fast, and the link is as fresh as the mail', async () => {
    const began = Date.now()
    mock.timers.enable({ apis: ['Date'], now: began })
    const ada = await person()
    const port = Number(new URL(sink.url).port)
    await sink.stop()
    const asked = performance.now()
    assert.equal((await askForReset(ada.email)).status, 200)
    assert.ok(performance.now() - asked < 1_000)
    const tries: number[] = []
    for (let second = 0; second <= 600; second += 10) {
      mock.timers.setTime(began + second * 1_000)
      if ((await worker.runOnce()) > 0) tries.push(second)
    }
    assert.deepEqual(tries, [0, 30, 150])
    const back = await startMailSink(port)
    try {
      const at = began + 760_000
      mock.timers.setTime(at)
      assert.equal(await worker.runOnce(), 1)
      assert.equal(back.mails.length, 1)
      assert.equal(await opens(back.mails[0]?.link), 200)
      const ticket = await db
        .selectFrom('tickets')
        .select('expires_at')
        .where('user_id', '=', ada.user_id)
        .where('consumed_at', 'is', null)
        .executeTakeFirstOrThrow()
      assert.equal(ticket.expires_at.getTime(), at + HOUR_MS)
    } finally {
      await back.stop()
    }
  })
})

describe('a mail that cannot be sent', async () => {
  const { call, db, eventOf, mailOf, person, queue, sent, server, sink, worker } = await startMailTest()

  afterEach(() => mock.timers.reset())

  it('is tried again where the server says later, or will not have our sender, and given up after about a day', async () => {
    const began = Date.now()
    mock.timers.enable({ apis: ['Date'], now: began })
    const [ada, bob] = [await person(), await person()]
    const ofAda = await queue({ template: 'verify_email', to: { userId: ada.user_id } })
    sink.behave('refuse')
    await worker.runOnce()
    assert.deepEqual(await stateOf(ofAda), ['queued', 1, 'The mail could not be sent (RCPT TO: 451).'])
    sink.behave('reject sender')
    const ofBob = await queue({ template: 'verify_email', to: { userId: bob.user_id } })
    await worker.runOnce()
    assert.deepEqual(await stateOf(ofBob), ['queued', 1, 'The mail could not be sent (MAIL FROM: 550).'])
    for (let hour = 0; hour < 30; hour += 0.5) {
      mock.timers.setTime(began + hour * HOUR_MS)
      await worker.runOnce()
      if (hour === 20) assert.equal((await mailOf(ofAda)).state, 'queued')
    }
    const [state, attempts] = await stateOf(ofAda)
    assert.deepEqual([state, attempts], ['failed', 10])
    const event = await eventOf(ada.user_id, 'fn')
    assert.equal(event?.description, 'The mail could not be sent (MAIL FROM: 550).')
    assert.equal(event?.details?.email_type, 'verify_email')
    sink.behave('accept')
    mock.timers.setTime(began + 60 * HOUR_MS)
    await worker.runOnce()
    assert.deepEqual(sink.mails, [])
    mock.timers.reset()
    assert.equal((await call('GET', `/api/v2/jobs/${ofAda}`)).body.status, 'failed')
  })

  it('fails at once where the server refuses the recipient for good, and the log has its words', async () => {
    const ada = await person()
    sink.behave('reject')
    const id = await queue({ template: 'verify_email', to: { userId: ada.user_id } })
    await worker.runOnce()
    assert.deepEqual(await stateOf(id), ['failed', 1, 'The mail could not be sent (RCPT TO: 550).'])
    const event = await eventOf(ada.user_id, 'fn')
    assert.match(String(event?.person?.response), /550.*No such mailbox/)
    assert.equal(await worker.runOnce(), 0)
  })

  it('for a server that hangs holds up neither requests, nor other mails for long, nor the end of the process', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    after(() => silent.close())
    await once(silent, 'listening')
    const { port } = silent.address() as { port: number }
    const hanging = await startMailTest({ SMTP_URL: `smtp://127.0.0.1:${port}` })
    const ada = await hanging.person()
    const reached = once(silent, 'connection')
    hanging.worker.start()
    const id = await hanging.queue({ template: 'verify_email', to: { userId: ada.user_id } })
    hanging.worker.wake()
    const body = { email: ada.email, connection: 'Username-Password-Authentication' }
    for (let request = 0; request < 3; request += 1) {
      const asked = performance.now()
      assert.equal((await hanging.call('POST', '/dbconnections/change_password', { as: null, body })).status, 200)
      assert.ok(performance.now() - asked < 1_000)
    }
    await reached
    const stopped = performance.now()
    await hanging.worker.stop()
    assert.ok(performance.now() - stopped < 5_000)
    const row = await hanging.mailOf(id)
    assert.deepEqual([row.state, row.attempts], ['queued', 1])
  })

  it('is made anew when it is tried again: after a crash it may come twice, and the last link works', async () => {
    const ada = await person()
    const first = await sent({ template: 'verify_email', to: { userId: ada.user_id } })
    // As the row stands when the process dies between the server's yes and its own note.
    await db
      .updateTable('emails')
      .set({ state: 'queued', next_attempt_at: new Date(0) })
      .where('user_id', '=', ada.user_id)
      .execute()
    assert.equal(await worker.runOnce(), 1)
    const [, second] = sink.mails
    assert.notEqual(ticketIn(second?.link), ticketIn(first.link))
    assert.match(
      (await call('GET', first.link?.slice(21) ?? '', { as: null })).text,
      /used, replaced|no more|no longer/i,
    )
    assert.equal((await call('GET', second?.link?.slice(21) ?? '', { as: null })).status, 200)
  })

  it('taken by a process that died is another process’s after its lease', async () => {
    const began = Date.now()
    mock.timers.enable({ apis: ['Date'], now: began })
    const ada = await person()
    await queue({ template: 'verify_email', to: { userId: ada.user_id } })
    assert.equal((await takeDueEmails(db, 10, 300)).length, 1)
    assert.equal(await worker.runOnce(), 0)
    mock.timers.setTime(began + 301_000)
    assert.equal(await worker.runOnce(), 1)
    assert.equal(sink.mails.length, 1)
  })

  it('is sent once, however many workers there are', async () => {
    const workers = [worker, mailWorkerOf({ ...server }), mailWorkerOf({ ...server })]
    const people = await Promise.all(Array.from({ length: 40 }, () => person()))
    for (const { user_id } of people) await queue({ template: 'verify_email', to: { userId: user_id } })
    const counts = await Promise.all(workers.map((one) => one.runOnce()))
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      40,
    )
    assert.deepEqual(sink.mails.map(({ to }) => to).sort(), people.map(({ email }) => email ?? '').sort())
    for (const one of workers.slice(1)) await one.stop()
  })

  it('is forgotten some weeks after it is done with, and never before', async () => {
    await queue({ template: 'verify_email', to: { userId: (await person()).user_id } })
    const before = await db.selectFrom('emails').select('state').execute()
    await forgetEmails(db, new Date(Date.now() - HOUR_MS * 24 * 40))
    assert.equal((await db.selectFrom('emails').select('state').execute()).length, before.length)
    await forgetEmails(db, new Date(Date.now() + HOUR_MS * 24 * 40))
    const left = await db.selectFrom('emails').select('state').execute()
    assert.ok(left.length > 0 && left.every(({ state }) => state === 'queued'))
  })

  async function stateOf(id: string) {
    const { state, attempts, last_error } = await mailOf(id)
    return [state, attempts, last_error]
  }
})
