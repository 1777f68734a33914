/** Invites people into an organization. */

import { type Actor, holdsAny } from '../authorization/actor.ts'
import { now, secondsFromNow } from '../base/clock.ts'
import { fold } from '../base/fold.ts'
import { newId, newTicketToken } from '../base/ids.ts'
import { hashToken } from '../base/secrets.ts'
import type { StoredClient } from '../clients/client.ts'
import { findClient } from '../clients/store.ts'
import type { Tx } from '../db/database.ts'
import { enqueueEmails } from '../emails/enqueue.ts'
import { ApiError } from '../http/errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { holdRoles } from '../roles/store.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { findOrganizationConnection } from './connections.ts'
import type { Invitation, NewInvitationBody } from './invitation.ts'
import { countResent, insertInvitations, prolongInvitation } from './invitation-store.ts'
import { allowsOrganizations, invitationUrl, type LinkParts } from './invitation-url.ts'
import type { Organization } from './organization.ts'
import { refuseRoles, refuseWithinOrganization } from './protection.ts'
import { INVITATION_SECONDS, settingsOf } from './settings.ts'

/** Without a link it could not be accepted. Any text will do for asking whether there is one. */
const SOME_TICKET = 'x'

/** Who invites, and through what the invited people come in. */
export type InviteAct = {
  server: Server
  actor: Actor
  info: RequestInfo
  organization: Organization
  parts: LinkParts
}

/**
 * Makes sure that people can be invited to an application, for an organization that the caller holds.
 * @throws ApiError invalid_body, saying what the application lacks
 */
export async function beginInviting(tx: Tx, act: Omit<InviteAct, 'parts'>, clientId: string): Promise<InviteAct> {
  const { organization, server } = act
  const client = await findClient(tx, clientId)
  if (!client) throw refuse(`There is no application ${clientId}.`)
  if (!allowsOrganizations(client)) throw refuse('The application is closed to organizations (organization_usage).')
  const tenant = await readTenantSettings(tx)
  const parts = { client, tenant, organization }
  if (invitationUrl(server.config, SOME_TICKET, parts) === undefined) throw refuse(noLoginRoute(client))
  return { ...act, parts }
}

function noLoginRoute({ name }: StoredClient): string {
  return `A default login route is required to invite people: set initiate_login_uri of the application ${name}, or default_redirection_uri of the tenant.`
}

/** What is said of one invitation. */
export type OneInvitation = Pick<
  NewInvitationBody,
  'app_metadata' | 'user_metadata' | 'roles' | 'ttl_sec' | 'connection_id' | 'language' | 'send_invitation_email'
> & { email: string; inviterName: string }

/**
 * Refuses what the actor may not give with an invitation.
 * @throws ApiError invalid_body, insufficient_scope, operator_only
 */
export async function refuseGifts(tx: Tx, actor: Actor, one: OneInvitation): Promise<void> {
  if (one.app_metadata !== undefined || one.user_metadata !== undefined) {
    refuseWithinOrganization(actor, 'the metadata of people')
  }
  await refuseInvitedRoles(tx, actor, one.roles ?? [])
}

/** An invitation and what stands in its link. */
export type MadeInvitation = { invitation: Invitation; ticket: string }

/** Invites one person. What he may be given was asked before. @throws ApiError invalid_body */
export async function invite(tx: Tx, act: InviteAct, one: OneInvitation): Promise<MadeInvitation> {
  await refuseConnection(tx, act.organization.id, one.connection_id)
  const [made] = await inviteAll(tx, act, [one])
  if (!made) throw new Error('An invitation was not made.')
  return made
}

/** Invites people, in the order given. What they may be given, and through which connection, was asked before. */
export async function inviteAll(tx: Tx, act: InviteAct, all: readonly OneInvitation[]): Promise<MadeInvitation[]> {
  const made = all.map((one) => newInvitation(act, one))
  await insertInvitations(
    tx,
    made.map(({ invitation, ticket }) => ({ invitation, ticketHash: hashToken(ticket) })),
  )
  const mailed = made.filter((_, index) => all[index]?.send_invitation_email !== false)
  await mailInvitations(
    tx,
    act,
    mailed.map(({ invitation }) => invitation),
  )
  return made
}

function newInvitation({ actor, organization, server, parts }: InviteAct, one: OneInvitation): MadeInvitation {
  const ticket = newTicketToken()
  const id = newId('uinv')
  // One moment for both: a lifetime is what was asked for, to the millisecond.
  const createdAt = now()
  const lifetimeSeconds = one.ttl_sec || lifetimeOf(organization)
  const invitation: Invitation = {
    id,
    organizationId: organization.id,
    clientId: parts.client.client_id,
    connectionId: one.connection_id,
    inviterName: one.inviterName,
    invitedBy: actor.kind === 'user' ? actor.userId : undefined,
    email: one.email,
    emailFolded: fold(one.email),
    roleIds: [...new Set(one.roles)],
    appMetadata: one.app_metadata,
    userMetadata: one.user_metadata,
    language: one.language,
    ticketEncrypted: server.secrets.encrypt('invitation', id, ticket),
    createdAt,
    expiresAt: new Date(createdAt.getTime() + lifetimeSeconds * 1_000),
    acceptedAt: undefined,
    acceptedBy: undefined,
    revokedAt: undefined,
  }
  return { invitation, ticket }
}

/** In an hour, so often an invitation is sent once more. */
const MOST_RESENT = 5

/**
 * Sends a locked invitation once more, with the same link; it is good from now on as long as a new one would be.
 * @throws ApiError too_many_requests
 */
export async function resendInvitation(tx: Tx, act: InviteAct, before: Invitation): Promise<Invitation> {
  if ((await countResent(tx, before, secondsFromNow(-3_600))) >= MOST_RESENT) throw new ApiError('too_many_requests')
  const end = Math.max(secondsFromNow(lifetimeOf(act.organization)).getTime(), before.expiresAt.getTime())
  const after = { ...before, expiresAt: new Date(end) }
  await prolongInvitation(tx, after.id, after.expiresAt)
  await mailInvitations(tx, act, [after])
  return after
}

function lifetimeOf(organization: Organization): number {
  return settingsOf(organization).invitation_ttl_sec ?? INVITATION_SECONDS
}

async function mailInvitations(
  tx: Tx,
  { info }: Pick<InviteAct, 'info'>,
  invitations: readonly Invitation[],
): Promise<void> {
  await enqueueEmails(
    tx,
    invitations.map(({ id, clientId, organizationId, language }) => ({
      template: 'user_invitation',
      to: { invitationId: id },
      clientId,
      organizationId,
      language,
      request: info,
    })),
  )
}

/** To invite somebody with roles is to give them. */
async function refuseInvitedRoles(tx: Tx, actor: Actor, roleIds: readonly string[]): Promise<void> {
  if (roleIds.length === 0) return
  if (actor.kind === 'user' && !holdsAny(actor, ['create:organization_member_roles'])) {
    throw new ApiError('insufficient_scope', { with: { rule: 'all', scopes: 'create:organization_member_roles' } })
  }
  try {
    await holdRoles(tx, roleIds)
    await refuseRoles(tx, actor, roleIds, 'give')
  } catch (error) {
    if (error instanceof ApiError && error.code === 'inexistent_role') throw refuse('One of the roles does not exist.')
    throw error
  }
}

async function refuseConnection(tx: Tx, organizationId: string, connectionId: string | undefined): Promise<void> {
  if (connectionId === undefined) return
  const connection = await findOrganizationConnection(tx, organizationId, connectionId)
  if (!connection?.is_enabled) throw refuse('The connection is not enabled for the organization.')
  if (['email', 'sms'].includes(connection.strategy))
    throw refuse('Nobody can be invited to a passwordless connection.')
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason: `${reason} Nothing was changed.` } })
}
