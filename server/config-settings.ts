/** TABLE: every setting of the environment. `docs/configuration.md` is made of it. */
import type { SettingKind } from './config-kinds.ts'
import { LIMIT_SETTINGS } from './config-limits.ts'

/** A setting: what its value may be, what it is where nobody sets it, and what it means. */
export type SettingRow = { kind: SettingKind; default: string; meaning: string; secret?: true }

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
      '`self-signed` makes a local certificate authority in `DATA_DIR` and listens on `TLS_PORT`; two files, certificate and key, separated by a comma, do the same with your certificate (restart after replacing them); `off` listens on HTTP alone.',
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
      'At least 32 characters: `/metrics` answers whoever sends it as a bearer token. Without it, programs on the same machine, where `PUBLIC_URL` is on loopback.',
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
