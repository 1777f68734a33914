/** What a mail tells: in our words, and as Auth0's variables for templates of the tenant. */

import { isBuiltInClient } from '../clients/built-in.ts'
import type { StoredClient } from '../clients/client.ts'
import { clientBrand } from '../clients/client-brand.ts'
import type { Config } from '../config.ts'
import type { JsonObject } from '../db/tables.ts'
import type { MailContent } from '../emails/render.ts'
import type { QueuedEmail } from '../emails/store.ts'
import { type EmailTemplateName, templateRow } from '../emails/templates.ts'
import { filledText } from '../http/sent-fields.ts'
import { displayNameOf, type Organization } from '../organizations/organization.ts'
import { organizationTheme } from '../organizations/organization-theme.ts'
import { settingsOf } from '../organizations/settings.ts'
import { chooseLanguage } from '../pages/language.ts'
import { type Theme, themeOf } from '../pages/theme.ts'
import type { TenantSettings } from '../tenants/settings.ts'
import { localeOf, type Profile, profileOf } from '../users/profile.ts'
import type { User } from '../users/user.ts'
import type { Recipient } from './find-recipients.ts'

/** What is known of the tenant and the application, whoever the mail is for. */
export type MailSituation = {
  config: Config
  email: QueuedEmail
  template: EmailTemplateName
  settings: TenantSettings
  client: StoredClient | undefined
  /** For which it was asked. */
  organization: Organization | undefined
}

/** What is made for this mail. */
export type MailLinks = Pick<MailContent, 'link' | 'signInUrl'>

/** Puts it together. */
export function contentOf(situation: MailSituation, recipient: Recipient, links: MailLinks): MailContent {
  const { email, template } = situation
  const { user } = recipient
  const profile = profileOf(user)
  const theme = mailThemeOf(situation)
  const ip = filledText(email.person?.ip)
  return {
    template,
    language: mailLanguageOf(situation, user),
    theme,
    application: applicationName(situation, theme),
    addressee: addresseeOf(profile),
    email: user.email ?? '',
    ip,
    zone: filledText(profile.zoneinfo?.value),
    ...links,
    facts: factsOf(situation),
    variables: {
      ...email.variables,
      ...tenantVariables(situation, theme),
      connection: { name: recipient.connection.name },
      user: { ...userVariables(user, profile), source_ip: ip ?? '', city: '', country: '' },
      request_language: email.language ?? '',
      url: links.link?.url ?? '',
      sign_in_url: links.signInUrl ?? '',
    },
  }
}

/** The variables of this template alone; one that nobody gave is empty. */
function factsOf({ template, email }: MailSituation): Record<string, string | number> {
  return Object.fromEntries(
    templateRow(template).variables.map((name) => {
      const value = email.variables[name]
      return [name, typeof value === 'number' || typeof value === 'string' ? value : '']
    }),
  )
}

/** The person's own; else that of the page on which the mail was asked for; else the organization's or the tenant's. */
export function mailLanguageOf({ settings, email, organization }: MailSituation, user: User) {
  const ofOrganization = organization && settingsOf(organization).language
  return chooseLanguage([localeOf(user), email.language ?? undefined, ofOrganization, ...settings.enabled_locales])
}

/** The variables that are not about the person: all that the address behind a link may use. */
export function tenantVariables(situation: MailSituation, theme = mailThemeOf(situation)): JsonObject {
  const { client, settings, config, organization } = situation
  const application = {
    ...(client ? clientVariables(client) : {}),
    name: applicationName(situation, theme),
  }
  return {
    application,
    client: application,
    tenant: theme.name,
    friendly_name: settings.friendly_name ?? '',
    support_email: settings.support_email ?? '',
    support_url: settings.support_url ?? '',
    ...(organization ? { organization: organizationVariables(organization) } : {}),
    custom_domain: { domain: new URL(config.publicUrl).host },
  }
}

function organizationVariables(organization: Organization): JsonObject {
  const { id, name } = organization
  return { id, name, display_name: displayNameOf(organization) }
}

/** In the name and colour that the pages of the organization have, else those of the application. */
function mailThemeOf({ settings, client, organization }: MailSituation): Theme {
  if (organization) return organizationTheme(settings, organization)
  const { name, colour } = clientBrand(client)
  return themeOf(settings, { name, colour: colour && /^#[0-9a-f]{6}$/i.test(colour) ? colour : undefined })
}

/** Our own portals have names that say nothing to somebody who reads a mail. */
function applicationName({ client }: MailSituation, theme: Theme): string {
  return client && !isBuiltInClient(client.client_id) ? client.name : theme.name
}

function clientVariables({ client_id, settings }: StoredClient): JsonObject {
  const { client_metadata = {}, callbacks, description, logo_uri, initiate_login_uri } = settings
  const [first] = Array.isArray(callbacks) ? callbacks : []
  const callback = typeof first === 'string' && URL.canParse(first) ? new URL(first) : undefined
  return {
    clientID: client_id,
    client_id,
    client_metadata,
    callback_domain: callback?.origin ?? '',
    description: filledText(description) ?? '',
    logo_uri: filledText(logo_uri) ?? '',
    initiate_login_uri: filledText(initiate_login_uri) ?? '',
  }
}

const SHOWN = [
  'email',
  'email_verified',
  'username',
  'name',
  'given_name',
  'family_name',
  'nickname',
  'picture',
] as const

function userVariables(user: User, profile: Profile): JsonObject {
  return {
    ...Object.fromEntries(SHOWN.map((name) => [name, profile[name]?.value])),
    user_id: user.user_id,
    user_metadata: user.user_metadata ?? {},
    app_metadata: user.app_metadata ?? {},
  }
}

/**
 * The given name, else the whole. Anybody may sign up with anybody's address: what is no name, such as an address on the
 * web, must not reach him in a mail of ours. Auth0's default for a name is the address of the account.
 */
function addresseeOf({ given_name, name }: Profile): string | undefined {
  return [given_name, name].map((sourced) => plainNameOf(sourced?.value)).find((text) => text !== undefined)
}

/** The text, if it is nothing but a name. */
export function plainNameOf(value: unknown): string | undefined {
  const text = filledText(value)?.trim()
  return text && NAME.test(text) ? text : undefined
}

/** Letters, with what stands between and after them in names: `Anne-Marie`, `O’Neill`, `J. R. Smith`. */
const NAME = /^(?=.{1,60}$)\p{L}[\p{L}\p{M}]*(?:(?:\. |[ '’-]|\.(?=$))(?:\p{L}[\p{L}\p{M}]*)?)*$/u
