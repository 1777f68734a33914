/**
 * TABLE: every setting, once: what it means, what it may be, what it is when nobody sets it. The environment is
 * read here and nowhere else. `docs/configuration.md` is generated from this table.
 */
import { isAbsolute, resolve } from 'node:path'
import { StartError } from './base/start-error.ts'
import { isLoopbackHost, type SettingKind, WHAT_IS_RIGHT } from './config-kinds.ts'
import { LIMIT_SETTINGS, type Limits, readLimits } from './config-limits.ts'
import { doubtfulAddress, misspelledNames, portClash } from './config-warnings.ts'

/** Thrown when settings are wrong; the message names each, what it was, and what would be right. */
export class ConfigError extends StartError {
  override name = 'ConfigError'
}

type SettingRow = { kind: SettingKind; default: string; meaning: string; secret?: true }

export const SETTINGS = {
  PORT: { kind: 'port', default: '3000', meaning: 'Port of the HTTP listener.' },
  HOST: {
    kind: 'text',
    default: '`127.0.0.1` while `PUBLIC_URL` is on loopback, otherwise `0.0.0.0`',
    meaning: 'Address to listen on.',
  },
  TLS_PORT: { kind: 'port', default: '`PORT` + 443', meaning: 'Port of the HTTPS listener, where there is one.' },
  PUBLIC_URL: {
    kind: 'url',
    default: '`http://localhost:PORT`',
    meaning:
      'Address under which people and applications reach the server. Issuer, audiences and links are built from it, never from a request.',
  },
  TLS: {
    kind: 'tls',
    default: '`self-signed` on loopback, otherwise `off`',
    meaning:
      '`self-signed` makes a local certificate authority in `DATA_DIR` and listens on `TLS_PORT`; two files, certificate and key, separated by a comma, do the same with your certificate; `off` listens on HTTP alone.',
  },
  DATABASE_URL: {
    kind: 'database-url',
    default: 'none: the built-in PostgreSQL in `DATA_DIR`',
    meaning: 'PostgreSQL 15 or newer to use.',
    secret: true,
  },
  DATABASE_CONNECTIONS: {
    kind: 'count',
    default: '10',
    meaning: 'Connections to PostgreSQL at most, of each process.',
  },
  WORKERS: {
    kind: 'workers',
    default: '1',
    meaning:
      'Processes that answer requests on the same ports, with DATABASE_CONNECTIONS each; as many as there are processor cores at most.',
  },
  PREPARED_STATEMENTS: {
    kind: 'on-off',
    default: '`on`',
    meaning: '`off` for a connection pooler in transaction mode, which cannot keep prepared statements.',
  },
  DATA_DIR: {
    kind: 'folder',
    default: '`./data`',
    meaning: 'Folder for the built-in database, generated keys and the local certificate authority.',
  },
  ENCRYPTION_KEY: {
    kind: 'key',
    default: 'on loopback generated into `DATA_DIR`, otherwise required',
    meaning: '32 bytes, base64: the key under which stored secrets are encrypted. Back it up apart from the database.',
    secret: true,
  },
  ENCRYPTION_KEY_FILE: { kind: 'text', default: 'none', meaning: 'File with the key, instead of `ENCRYPTION_KEY`.' },
  SMTP_URL: {
    kind: 'smtp-url',
    default: 'none: mails are caught by the built-in inbox',
    meaning:
      'Mail server to send through while no provider is set by the Management API: `smtp://` (port 587; encrypted if the server offers it, always with a password) or `smtps://` (465), with user and password.',
    secret: true,
  },
  EMAIL_FROM: {
    kind: 'sender',
    default: '`no-reply@` and the host of `PUBLIC_URL`',
    meaning: 'Sender of mails where neither template nor provider names one: an address, or `Name <address>`.',
  },
  TRUST_PROXY: {
    kind: 'proxy',
    default: 'none',
    meaning:
      'Addresses or networks (comma-separated) of the reverse proxies whose `X-Forwarded-For` gives the address of a caller. Only for that: host and protocol come from `PUBLIC_URL`.',
  },
  DEMO: {
    kind: 'on-off',
    default: '`on` for an empty built-in database on loopback, otherwise `off`',
    meaning: 'Whether the first start fills the tenant with a demo company. `on` elsewhere stops the start.',
  },
  RATE_LIMITS: {
    kind: 'on-off',
    default: '`on`',
    meaning: '`off` for load tests. Brute-force protection and single-use limits stay on.',
  },
  IMPORT_FILE_MB: {
    kind: 'count',
    default: '1000',
    meaning:
      'Size of an import file at most, in megabytes (1,000,000 bytes). It is kept in the database until it is done.',
  },
  ...LIMIT_SETTINGS,
  BOOTSTRAP_CLIENT_ID: {
    kind: 'text',
    default: 'none',
    meaning:
      'Together with the next: makes sure at each start that this machine client exists, with a grant for the whole Management API. How automation gets in.',
  },
  BOOTSTRAP_CLIENT_SECRET: {
    kind: 'text',
    default: 'none',
    meaning: 'Secret of the bootstrap client, at least 32 characters.',
    secret: true,
  },
  METRICS_TOKEN: {
    kind: 'text',
    default: 'none',
    meaning:
      'At least 32 characters: `/metrics` answers whoever sends it as a bearer token. Without it, programs on the same machine alone.',
    secret: true,
  },
  BREACHED_PASSWORDS_FILE: {
    kind: 'text',
    default: 'none: no password is known to be breached',
    meaning:
      'List of passwords that were made public elsewhere, for breached-password detection: SHA-1 hashes in hexadecimal, one a line in ascending order, with or without `:count` (the file that haveibeenpwned.com offers, "ordered by hash"), or the passwords themselves, sorted with `LC_ALL=C sort -u`. It is searched where it lies and never loaded. Restart after replacing it.',
  },
  LOG_LEVEL: {
    kind: 'level',
    default: '`info`',
    meaning: '`debug` (a line a request), `info`, `warn` or `error`. Logs are JSON lines on standard output.',
  },
} as const satisfies Record<string, SettingRow>

/** A setting's name. */
export type SettingName = keyof typeof SETTINGS

/** How the TLS listener gets its certificate; `files` are absolute paths. */
export type TlsSetting = { kind: 'off' } | { kind: 'self-signed' } | { kind: 'files'; cert: string; key: string }

/** What the server runs with. */
export type Config = Limits & {
  port: number
  host: string
  tlsPort: number | undefined
  tls: TlsSetting
  /** Whether plain HTTP is served as well: always, but for certificate files. */
  listensPlain: boolean
  /** Without a slash at the end. */
  publicUrl: string
  /** `PUBLIC_URL` with a slash at the end, byte for byte as in every token. */
  issuer: string
  managementAudience: string
  /** Of `/me/v1`, where a person looks after his own account. */
  myAccountAudience: string
  isLoopback: boolean
  databaseUrl: string | undefined
  databaseConnections: number
  /** How many processes answer requests. */
  workers: number
  preparedStatements: boolean
  dataDir: string
  encryptionKey: string | undefined
  encryptionKeyFile: string | undefined
  smtpUrl: string | undefined
  emailFrom: string
  trustProxy: string[]
  /** undefined: on by itself where it may be. */
  demo: boolean | undefined
  rateLimits: boolean
  importFileBytes: number
  bootstrapClient: { id: string; secret: string } | undefined
  metricsToken: string | undefined
  breachedPasswordsFile: string | undefined
  logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** Sentences about settings that are probably not what was meant. */
  warnings: string[]
}

const DEFAULT_PORT = 3000
const TLS_PORT_DISTANCE = 443

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the settings.
 * @param environment names and values; an empty value counts as unset
 * @throws ConfigError naming every wrong value at once
 */
export function readConfig(environment: Environment = process.env): Config {
  const value = (name: SettingName): string | undefined => environment[name]?.trim() || undefined
  const wrong = wrongValues(value)
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'))

  const port = Number(value('PORT') ?? DEFAULT_PORT)
  const publicUrl = (value('PUBLIC_URL') ?? `http://localhost:${port}`).replace(/\/$/, '')
  const isLoopback = isLoopbackHost(new URL(publicUrl).hostname)
  const tls = readTls(value('TLS') ?? (isLoopback ? 'self-signed' : 'off'))
  const tlsPort = tls.kind === 'off' ? undefined : Number(value('TLS_PORT') ?? port + TLS_PORT_DISTANCE)
  const listensPlain = tls.kind !== 'files'
  const clash = portClash(listensPlain ? port : undefined, tlsPort, TLS_PORT_DISTANCE)
  if (clash) throw new ConfigError(clash)
  const [id, secret] = [value('BOOTSTRAP_CLIENT_ID'), value('BOOTSTRAP_CLIENT_SECRET')]
  const demo = value('DEMO')
  return {
    port,
    host: value('HOST') ?? (isLoopback ? '127.0.0.1' : '0.0.0.0'),
    tlsPort,
    tls,
    listensPlain,
    publicUrl,
    issuer: `${publicUrl}/`,
    managementAudience: `${publicUrl}/api/v2/`,
    myAccountAudience: `${publicUrl}/me/`,
    isLoopback,
    databaseUrl: value('DATABASE_URL'),
    databaseConnections: Number(value('DATABASE_CONNECTIONS') ?? 10),
    workers: Number(value('WORKERS') ?? 1),
    preparedStatements: value('PREPARED_STATEMENTS') !== 'off',
    dataDir: resolve(value('DATA_DIR') ?? 'data'),
    encryptionKey: value('ENCRYPTION_KEY'),
    encryptionKeyFile: value('ENCRYPTION_KEY_FILE'),
    smtpUrl: value('SMTP_URL'),
    emailFrom: value('EMAIL_FROM') ?? `no-reply@${new URL(publicUrl).hostname}`,
    trustProxy: (value('TRUST_PROXY') ?? '').split(',').flatMap((part) => part.trim() || []),
    demo: demo === undefined ? undefined : demo === 'on',
    rateLimits: value('RATE_LIMITS') !== 'off',
    importFileBytes: Number(value('IMPORT_FILE_MB') ?? 1_000) * 1_000_000,
    ...readLimits(value),
    bootstrapClient: id !== undefined && secret !== undefined ? { id, secret } : undefined,
    metricsToken: value('METRICS_TOKEN'),
    breachedPasswordsFile: value('BREACHED_PASSWORDS_FILE'),
    // The check above lets no other level through.
    logLevel: (value('LOG_LEVEL') ?? 'info') as Config['logLevel'],
    warnings: [
      ...misspelledNames(Object.keys(environment), Object.keys(SETTINGS)),
      ...doubtfulAddress(publicUrl, isLoopback, { http: listensPlain ? port : undefined, https: tlsPort }),
    ],
  }
}

function wrongValues(value: (name: SettingName) => string | undefined): string[] {
  const wrong = Object.entries(SETTINGS).flatMap(([name, row]: [string, SettingRow]) => {
    // The names come from the table itself.
    const text = value(name as SettingName)
    const right = text === undefined ? undefined : WHAT_IS_RIGHT[row.kind](text)
    if (right === undefined) return []
    return `${name} is ${row.secret ? 'wrong' : `"${text}"`}. It must be ${right}.`
  })
  const [id, secret] = [value('BOOTSTRAP_CLIENT_ID'), value('BOOTSTRAP_CLIENT_SECRET')]
  if ((id === undefined) !== (secret === undefined)) {
    wrong.push('BOOTSTRAP_CLIENT_ID and BOOTSTRAP_CLIENT_SECRET go together: set both or neither.')
  }
  if (id !== undefined && !/^[\w-]{1,64}$/.test(id)) {
    wrong.push('BOOTSTRAP_CLIENT_ID may have 1 to 64 letters, digits, hyphens and underscores.')
  }
  if (secret !== undefined && secret.length < 32) {
    wrong.push('BOOTSTRAP_CLIENT_SECRET is too short. It must have at least 32 characters.')
  }
  const token = value('METRICS_TOKEN')
  if (token !== undefined && !/^[\x21-\x7e]{32,}$/.test(token)) {
    wrong.push('METRICS_TOKEN must have at least 32 characters, and no blanks.')
  }
  if (value('ENCRYPTION_KEY') && value('ENCRYPTION_KEY_FILE')) {
    wrong.push('ENCRYPTION_KEY and ENCRYPTION_KEY_FILE are both set. Set one of them.')
  }
  return wrong
}

function readTls(text: string): TlsSetting {
  if (text === 'off' || text === 'self-signed') return { kind: text }
  const [cert = '', key = ''] = text.split(',').map((part) => part.trim())
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(path))
  return { kind: 'files', cert: absolute(cert), key: absolute(key) }
}
