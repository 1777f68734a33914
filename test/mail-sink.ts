/** A mail server for tests: a real SMTP conversation on a port of its own, and the mails that came. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

/** A mail as it arrived. */
export type ReceivedMail = {
  to: string
  from: string
  fromName: string
  recipients: string[]
  subject: string
  text: string
  html: string
  headers: Map<string, unknown>
  /** The first link with a ticket in it. */
  link: string | undefined
}

/**
 * What the server does with a mail: takes it, refuses its recipient for now (451) or for good (550), refuses whoever sends
 * it (550), or never answers.
 */
export type Behaviour = 'accept' | 'refuse' | 'reject' | 'reject sender' | 'hang'

/** The server. */
export type MailSink = {
  url: string
  mails: ReceivedMail[]
  clear: () => void
  behave: (behaviour: Behaviour) => void
  stop: () => Promise<void>
}

/** Starts one. @param port to come back on; any free one by default */
export async function startMailSink(port = 0): Promise<MailSink> {
  const mails: ReceivedMail[] = []
  let behaviour: Behaviour = 'accept'
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 100,
    onMailFrom(_address, _session, done) {
      done(behaviour === 'reject sender' ? refusal(550, 'You may not send') : undefined)
    },
    onRcptTo(_address, _session, done) {
      if (behaviour === 'refuse') return done(refusal(451, 'Try again later'))
      if (behaviour === 'reject') return done(refusal(550, 'No such mailbox'))
      if (behaviour !== 'hang') done()
    },
    onData(stream, session, done) {
      simpleParser(stream).then((mail) => {
        const html = mail.html || ''
        const [from] = mail.from?.value ?? []
        mails.push({
          to: [mail.to ?? []].flat().flatMap(({ value }) => value)[0]?.address ?? '',
          from: from?.address ?? '',
          fromName: from?.name ?? '',
          recipients: session.envelope.rcptTo.map(({ address }) => address),
          subject: mail.subject ?? '',
          text: mail.text ?? '',
          html,
          headers: mail.headers,
          link: /https?:\/\/[^\s"<)]+\?ticket=[\w-]+/.exec(mail.text ?? html)?.[0],
        })
        done()
      }, done)
    },
  })
  server.on('error', () => {})
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  // A server on a port has an address of this form.
  const address = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    clear: () => void mails.splice(0),
    behave: (next) => {
      behaviour = next
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function refusal(responseCode: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode })
}
