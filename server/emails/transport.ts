/** Where mail goes: by SMTP to the provider that is stored, to the one of `SMTP_URL`, or into the built-in inbox. */
import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import type { Transporter } from 'nodemailer'
import type { Secrets } from '../base/secrets.ts'
import type { Config } from '../config.ts'
import { isLoopbackHost } from '../config-kinds.ts'
import type { Db } from '../db/database.ts'
import { perServer, type Server } from '../http/server.ts'
import type { RenderedMail } from './render.ts'
import { type Sender, senderOf } from './sender.ts'
import { catchEmail, findProvider, newInboxId, type StoredProvider } from './store.ts'

/** A mail on its way. `brand` is the sender's name where nobody says another. */
export type OutgoingMail = RenderedMail & { template: string; userId: string | undefined; to: string; brand: string }

/** Credentials of an SMTP server, by Auth0's names. */
export type SmtpCredentials = { smtp_host: string; smtp_port: number; smtp_user?: string; smtp_pass?: string }

type SmtpServer = { host: string; port: number; isTls: boolean; auth?: { user: string; pass: string } | undefined }

const CONNECTIONS = 5
/** For a server that accepts connections and says nothing. */
const GREETING_LIMIT_MS = 10_000
/** For one that stops in the middle. Checking a mail before it is accepted can take a server a while. */
const SILENCE_LIMIT_MS = 30_000
/** For one that says a little now and then, which no other limit notices. */
const SENDING_LIMIT_MS = 60_000

/** Sends a mail. @param provider as it is stored @throws the error of nodemailer, with `responseCode` and `command` where the server refused */
export async function deliver(server: Server, provider: StoredProvider | undefined, mail: OutgoingMail): Promise<void> {
  const transport = await transportsOf(server).for(provider?.enabled ? provider : undefined)
  const from = fromOf(server, provider, mail)
  if (!transport) return await keep(server, mail, from)
  const { to, subject, html, text } = mail
  const sending = new AbortController()
  const timer = setTimeout(() => sending.abort(), SENDING_LIMIT_MS)
  const sent = transport.sendMail({
    from,
    // An address alone: names come from people, and are for nobody but themselves.
    to: { name: '', address: to },
    subject,
    html,
    text,
    headers: {
      ...headersOf(provider),
      // RFC 3834 §5: keeps holiday notices and the like from answering.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
    signal: sending.signal,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  await sent.finally(() => clearTimeout(timer))
}

/** Whether mails are caught instead of sent. */
export async function isCaught({ smtpUrl }: Config, db: Db): Promise<boolean> {
  if (smtpUrl !== undefined) return false
  return (await findProvider(db))?.enabled !== true
}

function fromOf({ config }: Server, provider: StoredProvider | undefined, { from, brand }: OutgoingMail) {
  const stored = provider?.enabled ? senderOf(provider.default_from_address ?? '') : undefined
  const { name, address }: Sender = from ?? stored ?? senderOf(config.emailFrom) ?? OF_NOBODY
  return { name: name ?? brand, address }
}

const OF_NOBODY: Sender = { name: undefined, address: 'no-reply@localhost' }

/** Auth0 lets some providers' own headers through, by this setting. */
function headersOf(provider: StoredProvider | undefined): Record<string, string> {
  const { headers } = provider?.settings ?? {}
  if (headers === null || typeof headers !== 'object') return {}
  const texts = Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))
  return Object.fromEntries(texts.filter(([name]) => /^X-[\w-]{1,60}$/i.test(name ?? '')))
}

async function keep(server: Server, mail: OutgoingMail, from: { name: string; address: string }): Promise<void> {
  const id = newInboxId()
  const { html, text, template, to, subject, userId } = mail
  const content = { from: `${from.name} <${from.address}>`, html, text }
  await catchEmail(server.database.db, {
    id,
    template,
    recipient: to,
    subject,
    contentEncrypted: server.secrets.encrypt('inbox', id, JSON.stringify(content)),
    userId,
  })
}

/** One pool of connections a process, for as long as the provider stays the same. */
export const transportsOf = perServer((server) => {
  let open: { key: string; transport: Promise<Transporter> } | undefined
  async function close(): Promise<void> {
    const closing = open
    open = undefined
    ;(await closing?.transport)?.close()
  }
  return {
    async for(provider: StoredProvider | undefined): Promise<Transporter | undefined> {
      const { smtpUrl } = server.config
      if (provider === undefined && smtpUrl === undefined) return undefined
      const key = hashOf(provider?.credentials_encrypted ?? smtpUrl ?? '')
      if (open?.key !== key) {
        await close()
        open ??= {
          key,
          transport: openPool(provider ? storedServer(server.secrets, provider) : namedServer(smtpUrl ?? '')),
        }
      }
      return await open.transport
    },
    /** Ends what is being sent as well; it is sent again. */
    async end(): Promise<void> {
      const closing = open
      open = undefined
      ;(await closing?.transport)?.close({ force: true })
    },
  }
})

/** A transport of its own for the provider, or for `SMTP_URL`; undefined where neither is set. The caller closes it. */
export async function transportFor(
  { config, secrets }: Pick<Server, 'config' | 'secrets'>,
  provider: StoredProvider | undefined,
): Promise<Transporter | undefined> {
  if (provider) return await openPool(storedServer(secrets, provider))
  return config.smtpUrl === undefined ? undefined : await openPool(namedServer(config.smtpUrl))
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function storedServer(secrets: Secrets, { credentials_encrypted }: StoredProvider): SmtpServer {
  // Only the routes write it.
  const credentials = JSON.parse(
    secrets.decrypt('email_credentials', 'provider', credentials_encrypted),
  ) as SmtpCredentials
  const { smtp_host: host, smtp_port: port, smtp_user: user, smtp_pass: pass = '' } = credentials
  return { host, port, isTls: port === 465, auth: user === undefined ? undefined : { user, pass } }
}

function namedServer(address: string): SmtpServer {
  const url = new URL(address)
  const isTls = url.protocol === 'smtps:' || url.port === '465'
  const user = decodeURIComponent(url.username)
  const pass = decodeURIComponent(url.password)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return { host, port: Number(url.port || (isTls ? 465 : 587)), isTls, auth: user === '' ? undefined : { user, pass } }
}

/** Loaded for the first mail: most starts are waited for by machines, which send none. */
async function openPool({ host, port, isTls, auth }: SmtpServer): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  const isHere = isLoopbackHost(host)
  const transport = createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Number.POSITIVE_INFINITY,
    host,
    port,
    secure: isTls,
    ...(auth ? { auth } : {}),
    // A password goes to another machine encrypted, or not at all.
    requireTLS: auth !== undefined && !isHere,
    // A relay on this machine has a certificate that nobody signed.
    tls: { rejectUnauthorized: !isHere },
    connectionTimeout: GREETING_LIMIT_MS,
    greetingTimeout: GREETING_LIMIT_MS,
    dnsTimeout: GREETING_LIMIT_MS,
    socketTimeout: SILENCE_LIMIT_MS,
  })
  transport.use('stream', (mail, done) => {
    mail.message.transform(() => gathered())
    done()
  })
  return transport
}

/** Nodemailer makes a mail piece by piece and sends each as it comes, in eight packets. In one it takes a little less. */
function gathered(): Transform {
  const pieces: Buffer[] = []
  return new Transform({
    transform(piece, _encoding, done) {
      pieces.push(piece)
      done()
    },
    flush(done) {
      done(null, Buffer.concat(pieces))
    },
  })
}
