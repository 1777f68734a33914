/**
 * One row of an import file: read, checked like a body of `POST /users`, and with its password's hash as it is stored. A
 * row that is wrong says so in Auth0's codes, and is kept without its secrets for whoever asks.
 */
import { type TSchema, Type } from 'typebox'
import type { Connection } from '../../connections/connection.ts'
import type { JsonObject } from '../../db/tables.ts'
import { ApiError } from '../../http/errors.ts'
import { MASK, maskSecrets } from '../../http/request-info.ts'
import { refuseUnstorable } from '../../http/unstorable.ts'
import { faultListOf, type SchemaFault } from '../../http/validation.ts'
import { type CustomPasswordHash, CustomPasswordHashSchema } from '../../passwords/foreign/custom-password-hash.ts'
import { bcryptHashOf, foreignHashOf } from '../../passwords/foreign/foreign-hash.ts'
import { MOST_METADATA, refuseVerifiedNothing } from '../../users/change.ts'
import type { NewAttributes } from '../../users/create.ts'
import { refuseMetadataNames } from '../../users/metadata-names.ts'
import { requireIdentifiers } from '../../users/new-user.ts'
import { NewUser } from '../../users/schemas.ts'

/** A second factor. */
export type ImportedFactor = { totp: { secret: string } } | { phone: { value: string } } | { email: { value: string } }

/** A row that can be imported. */
export type ImportRow = {
  row: number
  /** As it came, but for secrets. */
  shown: () => JsonObject
  attributes: NewAttributes
  /** Without the provider. */
  id: string | undefined
  passwordHash: string | undefined
  factors: ImportedFactor[]
}

/** What is wrong with a row (Auth0's codes). */
export type RowFault = { code: string; message: string; path?: string }

/** A row that cannot be imported. */
export type FailedRow = { row: number; shown: JsonObject; faults: RowFault[] }

type FileRow = NewAttributes & {
  user_id?: string
  password_hash?: string
  custom_password_hash?: CustomPasswordHash
  mfa_factors?: ImportedFactor[]
}

const closed = { additionalProperties: false }
const factor = (name: string, property: string, schema: TSchema) =>
  Type.Object({ [name]: Type.Object({ [property]: schema }, closed) }, closed)

// What the schema of a new user says holds here as well; it is an object, though its type names the body only.
const { properties } = NewUser as unknown as { properties: Record<string, TSchema> }
const { connection: _connection, password: _password, verify_email: _mail, ...shared } = properties

const Factor = Type.Union([
  factor('totp', 'secret', Type.String({ pattern: '^[A-Z2-7]{1,256}$' })),
  factor('phone', 'value', Type.String({ pattern: '^\\+[0-9]{1,15}$' })),
  factor('email', 'value', Type.String({ format: 'email' })),
])

const faultsOf = faultListOf(
  Type.Object(
    {
      ...shared,
      password_hash: Type.Optional(Type.String({ maxLength: 60 })),
      custom_password_hash: Type.Optional(CustomPasswordHashSchema),
      mfa_factors: Type.Optional(Type.Array(Factor, { minItems: 1, maxItems: 10 })),
    },
    closed,
  ),
)

/** TABLE: Auth0's code for a rule of JSON Schema. */
const CODES: Record<string, string> = {
  type: 'INVALID_TYPE',
  required: 'OBJECT_REQUIRED',
  additionalProperties: 'NOT_PASSED',
  format: 'FORMAT',
  pattern: 'PATTERN',
  maxLength: 'MAX_LENGTH',
  minLength: 'MIN_LENGTH',
  maximum: 'MAXIMUM',
  minimum: 'MINIMUM',
  enum: 'ENUM_MISMATCH',
  maxItems: 'ARRAY_LENGTH_LONG',
  minItems: 'ARRAY_LENGTH_SHORT',
  anyOf: 'ANY_OF_MISSING',
}

/** TABLE: what is checked beside the shape, with the code of whoever fails. */
const RULES: readonly { code: string; refuse: (row: FileRow, connection: Connection) => void }[] = [
  { code: 'OBJECT_REQUIRED', refuse: (row, connection) => requireIdentifiers(connection, row) },
  { code: 'NOT_PASSED', refuse: (row) => refuseMetadataNames(row) },
  { code: 'NOT_PASSED', refuse: (row) => refuseVerifiedNothing(row, row) },
  { code: 'MAX_LENGTH', refuse: refuseLongMetadata },
]

/** Makes the reader of rows for a connection. */
export function rowReader(connection: Connection): (text: string, row: number) => ImportRow | FailedRow {
  return (text, row) => {
    // The whole file was parsed when it arrived.
    const value: unknown = JSON.parse(text)
    const fail = (faults: RowFault[]): FailedRow => ({ row, shown: withoutSecrets(value), faults })
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      return fail([{ code: 'INVALID_TYPE', message: 'A user must be an object.' }])
    }
    const unstorable = faultThrown('NOT_PASSED', () => refuseUnstorable(value))
    if (unstorable) return fail([unstorable])
    const wrong = faultsOf(value)
    if (wrong.length > 0) return fail(rowFaultsOf(wrong))
    // The schema has just made sure of it.
    const file = value as FileRow
    const broken = RULES.flatMap(({ code, refuse }) => faultThrown(code, () => refuse(file, connection)) ?? [])
    if (broken.length > 0) return fail(broken)
    const hash = passwordHashOf(file)
    if (hash && 'fault' in hash) return fail([hash.fault])
    const { user_id, password_hash, custom_password_hash, mfa_factors = [], ...attributes } = file
    const shown = () => withoutSecrets(value)
    return { row, shown, attributes, id: user_id || undefined, passwordHash: hash?.stored, factors: mfa_factors }
  }
}

function passwordHashOf({ password_hash, custom_password_hash }: FileRow) {
  if (password_hash !== undefined && custom_password_hash !== undefined) {
    const message = 'password_hash and custom_password_hash exclude one another.'
    return { fault: { code: 'NOT_PASSED', message, path: 'custom_password_hash' } }
  }
  if (password_hash !== undefined) return bcryptHashOf(password_hash)
  return custom_password_hash && foreignHashOf(custom_password_hash)
}

function refuseLongMetadata(row: FileRow): void {
  for (const name of ['user_metadata', 'app_metadata'] as const) {
    const { length } = JSON.stringify(row[name] ?? {})
    if (length <= MOST_METADATA) continue
    const reason = `'Metadata is too large (${length} chars), maximum ${MOST_METADATA}' on property ${name} (Metadata).`
    throw new ApiError('invalid_body', { with: { reason } })
  }
}

/** The rules speak as the routes do: `Payload validation error: '<reason>' on property <path> (<description>).` */
function faultThrown(code: string, rule: () => void): RowFault | undefined {
  try {
    rule()
    return undefined
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const [, reason, path] = /'(.+)' on property (\S+)/s.exec(error.message) ?? []
    return { code, message: reason ?? error.message, ...(path ? { path: path.replace(/\.$/, '') } : {}) }
  }
}

/** Of a value that fits none of several shapes, only that is told. */
function rowFaultsOf(wrong: SchemaFault[]): RowFault[] {
  const choices = wrong.filter(({ keyword }) => keyword === 'anyOf').map(({ path }) => path)
  return wrong
    .filter(({ keyword, path }) => keyword === 'anyOf' || !choices.some((choice) => path.startsWith(choice)))
    .slice(0, 20)
    .map(({ keyword, path, reason }) => ({
      code: CODES[keyword] ?? 'NOT_PASSED',
      message: reason,
      ...(path === '' ? {} : { path }),
    }))
}

const SECRETS = ['password', 'password_hash', 'custom_password_hash', 'mfa_factors']
const LONGEST_SHOWN = 20_000

function withoutSecrets(value: unknown): JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {}
  const masked = maskSecrets(value) as JsonObject
  for (const name of SECRETS) if (name in masked) masked[name] = MASK
  if (JSON.stringify(masked).length <= LONGEST_SHOWN) return masked
  const names = ['email', 'user_id', 'username', 'phone_number']
  return Object.fromEntries(
    names.flatMap((name) => (typeof masked[name] === 'string' ? [[name, masked[name].slice(0, 300)]] : [])),
  )
}
