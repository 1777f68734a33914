/**
 * Mails that invite somebody: they go to an address, whoever's it is, in the name of the organization. The link is that of
 * the invitation, so a mail that is tried again has the same.
 */

import type { Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import type { MailContent } from '../emails/render.ts'
import { beginAttempts, type QueuedEmail } from '../emails/store.ts'
import type { Server } from '../http/server.ts'
import { type Invitation, ticketOf } from '../organizations/invitation.ts'
import { type FoundInvitation, findInvitations } from '../organizations/invitation-store.ts'
import { invitationUrl } from '../organizations/invitation-url.ts'
import { displayNameOf } from '../organizations/organization.ts'
import { organizationTheme } from '../organizations/organization-theme.ts'
import { settingsOf } from '../organizations/settings.ts'
import { chooseLanguage } from '../pages/language.ts'
import { plainNameOf, tenantVariables } from './mail-content.ts'
import type { Situation } from './mail-situation.ts'
import type { PreparedEmail } from './prepare-emails.ts'

/** Whether the mail is one of these. */
export function isInvitation({ template }: Pick<QueuedEmail, 'template'>): boolean {
  return template === 'user_invitation'
}

/** Prepares those among the mails that invite somebody; mails of invitations that are open no more are dropped. */
export async function prepareInvitations(
  tx: Tx,
  server: Server,
  emails: readonly QueuedEmail[],
  situations: ReadonlyMap<string, Situation>,
): Promise<{ prepared: PreparedEmail[]; dropped: { email: QueuedEmail; reason: string }[] }> {
  const mails = emails.filter(isInvitation)
  const found = await findInvitations(tx, mails.map(invitationIdOf))
  const dropped: { email: QueuedEmail; reason: string }[] = []
  const prepared: PreparedEmail[] = []
  for (const email of mails) {
    const situation = situations.get(email.id)
    const invitation = found.get(invitationIdOf(email))
    const content = situation && invitation?.state === 'open' ? contentOf(server, situation, invitation) : undefined
    if (!situation || !content) dropped.push({ email, reason: 'The invitation can be accepted no more.' })
    else if (situation.own?.enabled === false) dropped.push({ email, reason: 'The template is switched off.' })
    else prepared.push({ email, userId: undefined, content, own: situation.own, provider: situation.provider })
  }
  const nobody = { userId: null, connectionId: null, identityId: null }
  await beginAttempts(
    tx,
    prepared.map(({ email }) => ({ email, ...nobody })),
  )
  return { prepared, dropped }
}

function invitationIdOf({ variables }: QueuedEmail): string {
  return String(variables.invitation_id)
}

/** Undefined where the application has no page any more at which the link could begin. */
function contentOf(
  { config, secrets }: Server,
  situation: Situation,
  { invitation, organization, roles }: FoundInvitation & { roles: string[] },
): MailContent | undefined {
  const { client, settings, email } = situation
  const parts = client && { client, tenant: settings, organization }
  const url = parts && invitationUrl(config, ticketOf(secrets, invitation), parts)
  if (url === undefined) return undefined
  const theme = organizationTheme(settings, organization)
  const language = chooseLanguage([
    email.language ?? undefined,
    settingsOf(organization).language,
    ...settings.enabled_locales,
  ])
  return {
    template: 'user_invitation',
    language,
    theme,
    application: theme.name,
    addressee: undefined,
    email: invitation.email,
    invitation: { organization: theme.name, inviter: plainNameOf(invitation.inviterName) },
    facts: {},
    ip: undefined,
    zone: undefined,
    link: { url, expiresAt: invitation.expiresAt },
    signInUrl: undefined,
    variables: {
      ...tenantVariables(situation, theme),
      ...invitationVariables(invitation),
      organization: { id: organization.id, name: organization.name, display_name: displayNameOf(organization) },
      roles,
      request_language: email.language ?? '',
      url,
    },
  }
}

function invitationVariables({ inviterName, email, userMetadata = {} }: Invitation): JsonObject {
  return { inviter: { name: inviterName }, user: { email, user_metadata: userMetadata }, connection: { name: '' } }
}
