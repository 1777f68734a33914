/** A mail server that is away, silent, slow, unwilling or cut off, and the whole server with its worker before it (F03). */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, afterEach, beforeEach, describe, it, mock } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { mailWorkerOf } from '../server/jobs/mail-worker.ts'
import { accounts, NEW_PASSWORD } from '../server/sign-in/accounts.testing.ts'
import { startTestServer } from './harness.ts'

const CONNECTION = 'Username-Password-Authentication'
const HOUR_MS = 3_600_000

type Fault = 'closed' | 'silent' | 'slow' | 'not now' | 'not you' | 'cut off'

/** TABLE: what is wrong, and what is noted of a mail that is put off for it; null where it arrives all the same. */
const FAULTS: readonly { fault: Fault; noted: RegExp | null }[] = [
  { fault: 'closed', noted: /CONN: ECONNREFUSED|CONN: ESOCKET/ },
  { fault: 'silent', noted: /CONN: / },
  { fault: 'slow', noted: null },
  { fault: 'not now', noted: /RCPT TO: 451/ },
  { fault: 'not you', noted: /CONN: 554/ },
  { fault: 'cut off', noted: /ECONNECTION|ESOCKET|ECONNRESET/ },
]

describe('a mail server that is ill', async () => {
  const sink = await startIllServer()
  const test = await startTestServer({ SMTP_URL: sink.url, EMAIL_FROM: 'id@example.com' })
  const { call, db, server, logged } = test
  const { person } = await accounts(test)
  const worker = mailWorkerOf(server)
  let at = Date.now()
  let made = 0

  after(async () => {
    await worker.stop()
    await sink.stop()
  })
  beforeEach(() => {
    mock.timers.enable({ apis: ['Date'], now: at })
    worker.start()
  })
  afterEach(async () => {
    await worker.stop()
    mock.timers.reset()
  })

  const pass = (milliseconds: number) => {
    at += milliseconds
    mock.timers.setTime(at)
  }
  const askForReset = (email: string) =>
    call('POST', '/dbconnections/change_password', { as: null, body: { email, connection: CONNECTION } })
  const signUp = (email: string) =>
    call('POST', '/dbconnections/signup', { as: null, body: { email, password: NEW_PASSWORD, connection: CONNECTION } })
  const mails = () => db.selectFrom('emails').selectAll().orderBy('created_at').orderBy('id').execute()
  const states = async () => [...new Set((await mails()).map(({ state }) => state))]
  const forget = () => db.deleteFrom('emails').execute()

  /** Two people who get one mail each. Both answers are there while the mail server has taken nothing. */
  async function ask(): Promise<string[]> {
    made += 1
    const known = (await person()).email ?? ''
    await forget()
    sink.taken.length = 0
    const fresh = `new-${made}@harborline.example`
    const answers = await Promise.all([askForReset(known), signUp(fresh)])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    )
    return [known, fresh].sort()
  }

  for (const { fault, noted } of FAULTS) {
    it(`(${fault}) keeps nobody waiting and loses no mail, and no mail comes twice`, async () => {
      await sink.fall(fault)
      const people = await ask()
      if (noted === null) {
        await until(async () => sink.taken.length === 2)
      } else {
        assert.deepEqual(sink.taken, [])
        assert.deepEqual(await states(), ['queued'])
        // What hangs is waited for in a lane, not in a request.
        if (fault === 'silent') await until(async () => sink.open() > 1)
        if (fault === 'silent') sink.hangUp()
        await until(async () => (await mails()).every(({ last_error }) => noted.test(last_error ?? '')))
        assert.deepEqual(
          (await mails()).map(({ state, attempts }) => [state, attempts]),
          [
            ['queued', 1],
            ['queued', 1],
          ],
        )
        assert.match(logged(), /a mail could not be sent/)
        // Before its time it is not tried again.
        await sink.fall(undefined)
        await worker.runOnce()
        assert.deepEqual(sink.taken, [])
        pass(31_000)
      }
      await until(async () => (await states()).join() === 'sent')
      assert.deepEqual([...sink.taken].sort(), people)
      await sink.fall(undefined)
      pass(2 * HOUR_MS)
      await worker.runOnce()
      assert.deepEqual([...sink.taken].sort(), people)
    })
  }

  it('is left alone for longer each time, and all that was asked for meanwhile comes once it is well', async () => {
    await sink.fall('closed')
    const people = await ask()
    const tries: number[] = []
    for (let second = 0; second <= 600; second += 10) {
      if ((await worker.runOnce()) > 0) tries.push(second)
      if (second === 300) people.push(...(await more()))
      pass(10_000)
    }
    // Whatever the worker's own look took first, every try of the first two is the worker's or ours.
    assert.ok(tries.length <= 6, `tried at ${tries}`)
    assert.deepEqual(await states(), ['queued'])
    await sink.fall(undefined)
    pass(HOUR_MS)
    await until(async () => (await states()).join() === 'sent')
    assert.deepEqual([...sink.taken].sort(), people.sort())
  })

  it('that refuses a recipient for good is not asked again, and the log of the tenant says why', async () => {
    await sink.fall(undefined)
    const person = 'nobody-there@harborline.example'
    await forget()
    sink.refused.add(person)
    assert.equal((await signUp(person)).status, 200)
    await until(async () => (await states()).join() === 'failed')
    // The clock has been turned since the first token was made.
    const as = await test.tokenFor({})
    const { body } = await call('GET', '/api/v2/logs?q=type:fn&sort=date:-1&per_page=1', { as })
    assert.match(body[0].description, /RCPT TO: 550/)
    pass(HOUR_MS)
    assert.equal(await worker.runOnce(), 0)
  })

  async function more(): Promise<string[]> {
    const email = 'meanwhile@harborline.example'
    assert.equal((await signUp(email)).status, 200)
    return [email]
  }
})

/** Waits for something that another part of the process does. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1_500; turn += 1) {
    if (await isSo()) return
    await sleep(20)
  }
  throw new Error('It did not happen within half a minute.')
}

/** A mail server that can have every fault. `taken` has the recipient of each mail to which it has said yes. */
async function startIllServer() {
  const taken: string[] = []
  const refused = new Set<string>()
  const sockets = new Set<Socket>()
  let fault: Fault | undefined
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    if (fault !== 'silent') converse(socket)
  })

  function converse(socket: Socket): void {
    let text = ''
    let recipient = ''
    let isMail = false
    const say = async (line: string) => {
      if (fault === 'slow') await sleep(200)
      if (!socket.destroyed) socket.write(`${line}\r\n`)
    }
    const [greeting, isOver] = fault === 'not you' ? ['554 not you', true] : ['220 ill', false]
    void say(greeting).then(() => (isOver ? socket.end() : undefined))
    socket.setEncoding('latin1')
    socket.on('data', (part) => {
      text += part
      for (;;) {
        const end = isMail ? '\r\n.\r\n' : '\r\n'
        const found = text.indexOf(end)
        if (isMail && fault === 'cut off') return void socket.destroy()
        if (found < 0) return
        const line = text.slice(0, found)
        text = text.slice(found + end.length)
        if (isMail) {
          isMail = false
          taken.push(recipient)
          void say('250 taken')
        } else isMail = answer(line)
      }
    })
    function answer(line: string): boolean {
      if (/^RCPT TO/i.test(line)) {
        recipient = /<(.*)>/.exec(line)?.[1] ?? ''
        if (fault === 'not now') void say('451 later')
        else void say(refused.has(recipient) ? '550 no such mailbox' : '250 ok')
        return false
      }
      void say(/^DATA/i.test(line) ? '354 go on' : '250 ok')
      return /^DATA/i.test(line)
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  const hangUp = () => {
    for (const socket of sockets) socket.destroy()
  }
  const close = async () => {
    hangUp()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  return {
    url: `smtp://127.0.0.1:${port}`,
    taken,
    refused,
    open: () => sockets.size,
    hangUp,
    async fall(next: Fault | undefined) {
      fault = next
      await close()
      if (next === 'closed') return
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    stop: close,
  }
}
