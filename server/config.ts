/**
 * TABLE: every setting, once: what it means, what it may be, what it is when nobody sets it. The environment is
 * read here and nowhere else. `docs/configuration.md` is generated from this table.
 */
import { isAbsolute, resolve } from 'node:path'
import { StartError } from './base/start-error.ts'
import { isLoopbackHost, WHAT_IS_RIGHT } from './config-kinds.ts'
import { type Limits, readLimits } from './config-limits.ts'
import { SETTINGS, type SettingName, type SettingRow } from './config-settings.ts'
import { doubtfulAddress, misspelledNames, portClash } from './config-warnings.ts'

/** Thrown when settings are wrong; the message names each, what it was, and what would be right. */
export class ConfigError extends StartError {
  override name = 'ConfigError'
}

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
