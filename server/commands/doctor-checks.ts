/** TABLE: what the doctor looks at. */
import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { now, secondsFromNow } from '../base/clock.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { isUpToDate } from '../db/migrate.ts'
import { findProvider } from '../emails/store.ts'
import { transportFor } from '../emails/transport.ts'
import { listKeys } from '../keys/store.ts'
import { isNamedBy, publicHostOf, RENEW_BEFORE_MS, readTlsFiles } from '../start/local-tls.ts'
import { openTenantSecrets } from '../start/tenant-secrets.ts'

/** What a check found, in words that say what to do about it. */
export type Finding = { state: 'fine' | 'doubtful' | 'wrong'; text: string }

/** What a check may look at. */
export type Grounds = { config: Config; database: Database }

/** A check. What it throws is wrong, in the words of the error. */
export type Check<Seen = Grounds> = { name: string; look: (grounds: Seen) => Promise<Finding | Finding[]> }

const GIGABYTE = 1_000_000_000
const SCARCE_BYTES = GIGABYTE
const CLOCKS_APART_SECONDS = 5
const QUEUE_LATE_SECONDS = 600
const PORTALS = join(import.meta.dirname, '../../portals/dist/account/index.html')

const fine = (text: string): Finding => ({ state: 'fine', text })
const doubtful = (text: string): Finding => ({ state: 'doubtful', text })
const wrong = (text: string): Finding => ({ state: 'wrong', text })

const settings: Check<{ config: Config }> = {
  name: 'settings',
  look: async ({ config }) =>
    config.warnings.length > 0 ? config.warnings.map(doubtful) : fine(`served at ${config.publicUrl}`),
}

const disk: Check<{ config: Config }> = {
  name: 'disk',
  look: async ({ config: { databaseUrl, dataDir } }) => {
    if (databaseUrl !== undefined) return fine('the database keeps everything; watch the disk there')
    if (!existsSync(dataDir)) return fine(`${dataDir} is made by the first start`)
    const { bavail, bsize } = await statfs(dataDir)
    const free = `${((bavail * bsize) / GIGABYTE).toFixed(1)} GB free in ${dataDir}`
    return bavail * bsize < SCARCE_BYTES ? doubtful(`${free}. Make room: a full disk stops every change`) : fine(free)
  },
}

const certificate: Check<{ config: Config }> = {
  name: 'certificate',
  look: async ({ config }) => {
    const { tls, publicUrl, trustProxy } = config
    if (tls.kind === 'off') return fine('none; the server listens on HTTP alone')
    if (tls.kind === 'self-signed') return fine('of a local authority; a start makes and renews it')
    const { validFromDate, validToDate, ...read } = readCertificate((await readTlsFiles(tls)).cert)
    const host = publicHostOf(config)
    const found: Finding[] = []
    if (validFromDate > now()) found.push(wrong(`${tls.cert} begins on ${validFromDate.toISOString()} only`))
    if (validToDate.getTime() - now().getTime() <= RENEW_BEFORE_MS) {
      found.push(doubtful(`${tls.cert} ends on ${validToDate.toISOString()}. Renew it, and restart the server`))
    }
    if (publicUrl.startsWith('https:') && !read.isFor(host)) {
      const text = `${tls.cert} is not for ${host}, the host of PUBLIC_URL, but for ${read.names}`
      // Behind a proxy it is the proxy's certificate that browsers see.
      found.push(trustProxy.length > 0 ? doubtful(text) : wrong(text))
    }
    return found.length > 0 ? found : fine(`${tls.cert} is for ${host} and ends on ${validToDate.toISOString()}`)
  },
}

/** The server's own is the first one in the file. */
function readCertificate(pem: string) {
  const read = new X509Certificate(pem)
  const { validFromDate, validToDate, subjectAltName, subject } = read
  const names = (subjectAltName ?? subject ?? 'nothing').replaceAll('\n', ', ')
  return { validFromDate, validToDate, names, isFor: (host: string) => isNamedBy(read, host) }
}

const portals: Check<{ config: Config }> = {
  name: 'portals',
  look: async () => (existsSync(PORTALS) ? fine('built') : doubtful('not built. Run `npm run build`')),
}

const schema: Check = {
  name: 'database',
  look: async ({ database: { db } }) => {
    const { rows } = await sql<{ version: string; max: string }>`
      select current_setting('server_version') as version, current_setting('max_connections') as max`.execute(db)
    const [found] = rows
    const here = `PostgreSQL ${found?.version}, up to ${found?.max} connections`
    return (await isUpToDate(db))
      ? fine(here)
      : wrong(`${here}; its schema is not of this version. Run \`npx tenantry migrate\`, or start the server`)
  },
}

const clock: Check = {
  name: 'clock',
  look: async ({ database: { db } }) => {
    const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db)
    const apart = Math.abs((rows[0]?.at ?? now()).getTime() - now().getTime()) / 1000
    return apart > CLOCKS_APART_SECONDS
      ? doubtful(`${Math.round(apart)} seconds from that of the database. Set both by NTP`)
      : fine('together with that of the database')
  },
}

const keys: Check = {
  name: 'keys',
  look: async ({ config, database: { db } }) => {
    const secrets = await openTenantSecrets(db, config)
    const stored = await listKeys(db)
    for (const state of ['current', 'next'] as const) {
      const key = stored.find((each) => each.state === state)
      if (!key) return wrong(`there is no ${state} signing key. A first start makes it; later on, restore a backup`)
      secrets.decrypt('signing_key', key.kid, key.private_key_encrypted)
    }
    return fine(`the encryption key fits; tokens are signed with ${stored[0]?.kid}`)
  },
}

const mail: Check = {
  name: 'mail',
  look: async ({ config, database: { db } }) => {
    const provider = await findProvider(db)
    const secrets = await openTenantSecrets(db, config)
    const transport = await transportFor({ config, secrets }, provider?.enabled ? provider : undefined)
    if (!transport) {
      return config.isLoopback
        ? fine(`kept in ${config.publicUrl}/inbox, until SMTP_URL or a provider is set`)
        : doubtful('nothing leaves the server. Set SMTP_URL, or a provider by the Management API')
    }
    try {
      await transport.verify()
      return fine('the SMTP server lets us in')
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return wrong(
        `the SMTP server does not let us in (${reason}). Correct SMTP_URL or the provider; mails wait meanwhile`,
      )
    } finally {
      transport.close()
    }
  },
}

const queue: Check = {
  name: 'mail queue',
  look: async ({ database: { db } }) => {
    const { late, failed } = await db
      .selectFrom('emails')
      .select((eb) => [
        eb.fn
          .countAll<number>()
          .filterWhere('state', '=', 'queued')
          .filterWhere('created_at', '<', secondsFromNow(-QUEUE_LATE_SECONDS))
          .as('late'),
        eb.fn.countAll<number>().filterWhere('state', '=', 'failed').as('failed'),
      ])
      .executeTakeFirstOrThrow()
    const found = [
      ...(late > 0
        ? [doubtful(`${late} waiting for more than ten minutes. Is the server running? Is mail well?`)]
        : []),
      ...(failed > 0 ? [doubtful(`${failed} given up within 30 days. The log (type fn) tells why`)] : []),
    ]
    return found.length > 0 ? found : fine('nothing waits')
  },
}

/** Those that need no database, those that do, and those that need its tables. */
export const CHECKS: { before: Check<{ config: Config }>[]; within: Check[]; ofTenant: Check[] } = {
  before: [settings, certificate, disk, portals],
  within: [schema, clock],
  ofTenant: [keys, mail, queue],
}
