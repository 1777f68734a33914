/** The mail provider as routes take and show it: an SMTP server. Its password goes in and never comes out. */
import { isDeepStrictEqual } from 'node:util'
import { type Static, Type } from 'typebox'
import type { Secrets } from '../base/secrets.ts'
import { ApiError } from '../http/errors.ts'
import { senderOf } from './sender.ts'
import type { StoredProvider } from './store.ts'
import type { SmtpCredentials } from './transport.ts'

const closed = { additionalProperties: false } as const
// Auth0's; all but SMTP are refused in words.
const NAMES = ['mailgun', 'mandrill', 'sendgrid', 'resend', 'ses', 'sparkpost', 'smtp', 'azure_cs', 'ms365', 'custom']

const Credentials = Type.Object(
  {
    smtp_host: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        pattern: '^[A-Za-z0-9._:-]+$',
        description: 'Host of the mail server',
      }),
    ),
    smtp_port: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 65_535, description: 'Its port; 465 is TLS from the start' }),
    ),
    smtp_user: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    smtp_pass: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  },
  // Of the providers that are not offered; they are refused by name.
  { additionalProperties: true },
)
const Common = {
  enabled: Type.Optional(Type.Boolean()),
  default_from_address: Type.Optional(
    Type.String({ maxLength: 320, description: 'Sender where no template names one' }),
  ),
  settings: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
}

/** Body of a new provider. */
export const NewProvider = Type.Object({ name: Type.Enum(NAMES), credentials: Credentials, ...Common }, closed)
/** Body of a change. */
export const ProviderChange = Type.Object(
  { name: Type.Optional(Type.Enum(NAMES)), credentials: Type.Optional(Credentials), ...Common },
  { ...closed, minProperties: 1 },
)

/** A provider as answers show it. */
export const ProviderReply = Type.Object({
  name: Type.Optional(Type.String()),
  enabled: Type.Optional(Type.Boolean()),
  default_from_address: Type.Optional(Type.String()),
  credentials: Type.Optional(
    Type.Object({
      smtp_host: Type.Optional(Type.String()),
      smtp_port: Type.Optional(Type.Integer()),
      smtp_user: Type.Optional(Type.String()),
    }),
  ),
  settings: Type.Optional(Type.Unknown()),
})

/** The same as a type. */
export type ShownProvider = Static<typeof ProviderReply>

/** What is shown. */
export function providerWire(stored: StoredProvider): ShownProvider {
  return {
    name: stored.name,
    enabled: stored.enabled,
    ...(stored.default_from_address === null ? {} : { default_from_address: stored.default_from_address }),
    credentials: stored.credentials,
    ...(stored.settings === null ? {} : { settings: stored.settings }),
  }
}

/**
 * What to store after a body. Credentials are replaced as a whole. Their password may be left out only where server and
 * user stay the same: it must not be sent to a server for which it was not given.
 *
 * @throws ApiError operation_not_supported for another kind of provider than SMTP; invalid_body for lacking credentials
 */
export function providerAfter(
  secrets: Secrets,
  before: StoredProvider | undefined,
  body: Static<typeof ProviderChange>,
): Omit<StoredProvider, 'id' | 'updated_at'> {
  const name = body.name ?? before?.name ?? 'smtp'
  if (name !== 'smtp') {
    const reason = `The provider ${name} is not offered. Set smtp, which every provider of mail speaks. Nothing was changed.`
    throw new ApiError('operation_not_supported', { with: { reason } })
  }
  const from = body.default_from_address
  if (from && !senderOf(from)) refuse('default_from_address must be an address, or a name and <an address>.')
  return {
    name,
    enabled: body.enabled ?? before?.enabled ?? true,
    default_from_address: from ?? before?.default_from_address ?? null,
    settings: body.settings === undefined ? (before?.settings ?? null) : body.settings,
    ...(body.credentials ? credentialsOf(secrets, before, body.credentials) : kept(before)),
  }
}

type StoredCredentials = Pick<StoredProvider, 'credentials' | 'credentials_encrypted'>

function kept(before: StoredProvider | undefined): StoredCredentials {
  if (!before) return refuse('The credentials are missing.')
  const { credentials, credentials_encrypted } = before
  return { credentials, credentials_encrypted }
}

function credentialsOf(
  secrets: Secrets,
  before: StoredProvider | undefined,
  sent: Static<typeof Credentials>,
): StoredCredentials {
  const { smtp_host, smtp_port, smtp_user, smtp_pass, ...others } = sent
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) refuse(`The credentials of an SMTP server have no ${unknown}.`)
  if (smtp_host === undefined || smtp_port === undefined) {
    return refuse('The credentials of an SMTP server need smtp_host and smtp_port.')
  }
  const credentials = { smtp_host, smtp_port, ...(smtp_user === undefined ? {} : { smtp_user }) }
  const isSame = before !== undefined && isDeepStrictEqual(before.credentials, credentials)
  if (smtp_pass === undefined && isSame) return kept(before)
  if (smtp_user !== undefined && smtp_pass === undefined) {
    return refuse('smtp_pass is missing. It is needed wherever server or user change.')
  }
  const all: SmtpCredentials = { ...credentials, ...(smtp_pass === undefined ? {} : { smtp_pass }) }
  const text = secrets.encrypt('email_credentials', 'provider', JSON.stringify(all))
  return { credentials, credentials_encrypted: text }
}

function refuse(reason: string): never {
  throw new ApiError('invalid_body', { with: { reason: `${reason} Nothing was changed.` } })
}
