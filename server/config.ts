/**
 * TABLE: every setting, once: what it means, what it may be, what it is when nobody sets it. The environment is
 * read here and nowhere else. `docs/configuration.md` is generated from this table.
 */
import { isAbsolute, resolve } from 'node:path'

/** Thrown when settings are wrong; the message names each, what it was, and what would be right. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

type Kind = 'port' | 'text' | 'url' | 'database-url' | 'folder' | 'on-off' | 'tls' | 'proxy' | 'key' | 'level' | 'count'
type SettingRow = { kind: Kind; default: string; meaning: string; secret?: true }

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
  DATABASE_CONNECTIONS: { kind: 'count', default: '10', meaning: 'Connections to PostgreSQL at most.' },
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
  ENCRYPTION_KEY_FILE: {
    kind: 'text',
    default: 'none',
    meaning: 'File that holds the encryption key, instead of `ENCRYPTION_KEY`.',
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
export type Config = {
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
  isLoopback: boolean
  databaseUrl: string | undefined
  databaseConnections: number
  preparedStatements: boolean
  dataDir: string
  encryptionKey: string | undefined
  encryptionKeyFile: string | undefined
  trustProxy: string[]
  /** undefined: on by itself where it may be. */
  demo: boolean | undefined
  rateLimits: boolean
  bootstrapClient: { id: string; secret: string } | undefined
  logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** Sentences about settings that are probably not what was meant. */
  warnings: string[]
}

type Environment = Readonly<Record<string, string | undefined>>
type Check = (text: string) => string | undefined

/** What would be right, for a value that is wrong; undefined for a right one. */
const CHECKS: Record<Kind, Check> = {
  port: (text) => (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535 ? undefined : 'a port number from 1 to 65535'),
  text: () => undefined,
  url: (text) => (isOrigin(text) ? undefined : 'an address such as https://id.example.com, without a path'),
  'database-url': (text) =>
    /^postgres(ql)?:\/\//.test(text) && URL.canParse(text)
      ? undefined
      : 'an address such as postgres://user:password@host:5432/database',
  folder: () => undefined,
  'on-off': (text) => (text === 'on' || text === 'off' ? undefined : 'on or off'),
  tls: (text) =>
    text === 'off' || text === 'self-signed' || text.split(',').filter((part) => part.trim()).length === 2
      ? undefined
      : 'off, self-signed, or two files: certificate.pem,key.pem',
  proxy: (text) =>
    text.split(',').every((part) => /^[0-9a-f.:]+(\/\d{1,3})?$/i.test(part.trim()))
      ? undefined
      : 'addresses or networks such as 10.0.0.5,192.168.0.0/16',
  key: (text) =>
    Buffer.from(text, 'base64').length === 32 ? undefined : '32 bytes in base64, as `openssl rand -base64 32` prints',
  level: (text) => (/^(debug|info|warn|error)$/.test(text) ? undefined : 'debug, info, warn or error'),
  count: (text) => (/^[1-9]\d{0,3}$/.test(text) ? undefined : 'a whole number from 1 to 9999'),
}

/**
 * Reads the settings.
 * @param environment as `process.env`; an empty value counts as unset
 * @throws ConfigError naming every wrong value at once
 */
export function readConfig(environment: Environment): Config {
  const value = (name: SettingName): string | undefined => environment[name]?.trim() || undefined
  const wrong = wrongValues(value)
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'))

  const port = Number(value('PORT') ?? 3000)
  const publicUrl = (value('PUBLIC_URL') ?? `http://localhost:${port}`).replace(/\/$/, '')
  const isLoopback = isLoopbackHost(new URL(publicUrl).hostname)
  const tls = readTls(value('TLS') ?? (isLoopback ? 'self-signed' : 'off'))
  const tlsPort = tls.kind === 'off' ? undefined : Number(value('TLS_PORT') ?? port + 443)
  const [id, secret] = [value('BOOTSTRAP_CLIENT_ID'), value('BOOTSTRAP_CLIENT_SECRET')]
  const demo = value('DEMO')
  return {
    port,
    host: value('HOST') ?? (isLoopback ? '127.0.0.1' : '0.0.0.0'),
    tlsPort,
    tls,
    listensPlain: tls.kind !== 'files',
    publicUrl,
    issuer: `${publicUrl}/`,
    managementAudience: `${publicUrl}/api/v2/`,
    isLoopback,
    databaseUrl: value('DATABASE_URL'),
    databaseConnections: Number(value('DATABASE_CONNECTIONS') ?? 10),
    preparedStatements: value('PREPARED_STATEMENTS') !== 'off',
    dataDir: resolve(value('DATA_DIR') ?? 'data'),
    encryptionKey: value('ENCRYPTION_KEY'),
    encryptionKeyFile: value('ENCRYPTION_KEY_FILE'),
    trustProxy: (value('TRUST_PROXY') ?? '').split(',').flatMap((part) => part.trim() || []),
    demo: demo === undefined ? undefined : demo === 'on',
    rateLimits: value('RATE_LIMITS') !== 'off',
    bootstrapClient: id !== undefined && secret !== undefined ? { id, secret } : undefined,
    // The check above lets no other level through.
    logLevel: (value('LOG_LEVEL') ?? 'info') as Config['logLevel'],
    warnings: [...misspelled(environment), ...doubtful(publicUrl, isLoopback, tls)],
  }
}

/** Whether a host name or address means this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/i.test(host)
}

function wrongValues(value: (name: SettingName) => string | undefined): string[] {
  const wrong = Object.entries(SETTINGS).flatMap(([name, row]: [string, SettingRow]) => {
    // The names come from the table itself.
    const text = value(name as SettingName)
    const right = text === undefined ? undefined : CHECKS[row.kind](text)
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
  if (value('ENCRYPTION_KEY') && value('ENCRYPTION_KEY_FILE')) {
    wrong.push('ENCRYPTION_KEY and ENCRYPTION_KEY_FILE are both set. Set one of them.')
  }
  return wrong
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash && !url.username
}

function readTls(text: string): TlsSetting {
  if (text === 'off' || text === 'self-signed') return { kind: text }
  const [cert = '', key = ''] = text.split(',').map((part) => part.trim())
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(path))
  return { kind: 'files', cert: absolute(cert), key: absolute(key) }
}

function doubtful(publicUrl: string, isLoopback: boolean, tls: TlsSetting): string[] {
  if (isLoopback || tls.kind !== 'off') return []
  return publicUrl.startsWith('http:')
    ? [`PUBLIC_URL is ${publicUrl}, without https: passwords and tokens travel readable. Use https.`]
    : []
}

/** Names one letter off a known one. */
function misspelled(environment: Environment): string[] {
  return Object.keys(environment).flatMap((name) => {
    if (name in SETTINGS || name.length < 3) return []
    const meant = Object.keys(SETTINGS).find((known) => known.length > 3 && isOneOff(name, known))
    return meant ? `${name} is not a setting. Did you mean ${meant}?` : []
  })
}

/** Whether one letter added, left out, changed, or two neighbours swapped make the one of the other. */
function isOneOff(left: string, right: string): boolean {
  let begin = 0
  while (begin < Math.min(left.length, right.length) && left[begin] === right[begin]) begin += 1
  const [a, b] = [left.slice(begin), right.slice(begin)]
  if (a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1)) return true
  return a.slice(2) === b.slice(2) && a[0] === b[1] && a[1] === b[0]
}
