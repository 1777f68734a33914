/**
 * How many people a second can ask for a new password and have the mail accepted by a mail server: from the first request
 * to the last mail, against nodemailer alone with mails that are equal.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { simpleParser } from 'mailparser'
import type { Mailing, MailingTask } from './bare-mailer.ts'
import { type Case, emailOf } from './cases.ts'
import { drive } from './drive.ts'
import type { Count } from './mail-sink.ts'
import { compare, type Field, type Figures, meter, type Result, type Schedule } from './measure.ts'
import { processorTime } from './processor-time.ts'

/** The mail server of a run. */
export type Sink = { port: number; count: () => Promise<Count>; stop: () => Promise<void> }

const ASKING = 16
const ASK_EVERY_MS = 10
const LONGEST_WAIT_MS = 60_000

/** Starts it. */
export async function startSink(): Promise<Sink> {
  const child = startChild('mail-sink.ts')
  // It says where it listens.
  const [{ port }] = (await once(child, 'message')) as [AddressInfo]
  return { port, count: () => answerOf<Count>(child, 'count'), stop: () => stopChild(child) }
}

/** Measures it. */
export async function measureMail(field: Field, sink: Sink, schedule: Schedule): Promise<Result> {
  const { text = '', html, subject = '' } = await firstMail(field, sink)
  const mailer = startChild('bare-mailer.ts')
  const mail = { subject, text, html: html || '' }
  try {
    const comparison = await compare(
      {
        ours: (seconds) => takeOurTurn(field, sink, seconds),
        raw: (seconds) => takeBareTurn(mailer, { port: sink.port, seconds, mail }),
      },
      schedule,
    )
    return { name: 'mail', title: 'reset asked to mail accepted', connections: ASKING, aim: 0.6, ...comparison }
  } finally {
    await stopChild(mailer)
  }
}

let asked = 0

// One after the other, since a person gets only a few mails within the hour.
const RESET: Omit<Case, 'name' | 'title' | 'aims'> = {
  make: ({ users }) => {
    asked += 1
    const email = emailOf(1 + (asked % users))
    return {
      method: 'POST',
      path: '/dbconnections/change_password',
      body: { email, connection: 'Username-Password-Authentication' },
      isText: true,
      isRight: ({ text }) => String(text).includes('sent you an email'),
    }
  },
}

async function takeOurTurn({ ours, asker, backend }: Field, sink: Sink, seconds: number): Promise<Figures> {
  const { accepted: before } = await sink.count()
  const spent = meter(ours.pid, backend)
  const began = performance.now()
  const { answers, latencies } = await drive({
    port: ours.port,
    asker: { ...asker, token: undefined },
    kind: { name: 'read', title: '', aims: {}, ...RESET },
    connections: ASKING,
    seconds,
  })
  await arrival(sink, before + answers)
  const perSecond = answers / ((performance.now() - began) / 1_000)
  return { perSecond, p50Ms: latencies[latencies.length >> 1], p99Ms: undefined, ...spent(answers) }
}

async function takeBareTurn(mailer: ChildProcess, task: MailingTask): Promise<Figures> {
  const before = processorTime(mailer.pid ?? 0)
  const { sent, seconds } = await answerOf<Mailing>(mailer, task)
  const after = processorTime(mailer.pid ?? 0)
  const serverMs = before === undefined || after === undefined ? undefined : (after - before) / sent
  return { perSecond: sent / seconds, p50Ms: undefined, p99Ms: undefined, serverMs, databaseMs: 0 }
}

async function firstMail(field: Field, sink: Sink) {
  await takeOurTurn(field, sink, 0.01)
  return await simpleParser((await sink.count()).last)
}

/** Waits until so many mails have come. @throws Error when one does not */
async function arrival(sink: Sink, expected: number): Promise<void> {
  const until = performance.now() + LONGEST_WAIT_MS
  for (;;) {
    const { accepted } = await sink.count()
    if (accepted > expected) throw new Error(`${accepted} mails came, and only ${expected} were asked for.`)
    if (accepted === expected) return
    if (performance.now() > until) throw new Error(`${expected} mails were asked for, and only ${accepted} came.`)
    await sleep(ASK_EVERY_MS)
  }
}

function startChild(file: string): ChildProcess {
  return fork(join(import.meta.dirname, file), { env: { PATH: process.env.PATH } })
}

async function answerOf<Answer>(child: ChildProcess, message: object | string): Promise<Answer> {
  child.send(message)
  // Both programs answer each message with one of this form.
  const [answer] = (await once(child, 'message')) as [Answer]
  return answer
}

async function stopChild(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill()
  await ended
}
