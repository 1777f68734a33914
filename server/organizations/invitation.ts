/**
 * Invitations: whoever is named in one becomes a member when he accepts it, which only somebody with that address can. One is
 * open, or accepted, or revoked, or past its time; the API shows open and expired ones. Its ticket stands in the link; we keep
 * the SHA-256 of it, to find the invitation by, and an encrypted copy, since the API answers the link as long as it is good.
 */
import { type Static, Type } from 'typebox'
import type { Secrets } from '../base/secrets.ts'
import type { JsonObject } from '../db/tables.ts'
import { STORABLE } from '../http/unstorable.ts'
import { OrganizationId } from './organization.ts'
import { LONGEST_INVITATION_SECONDS } from './settings.ts'

const closed = { additionalProperties: false } as const

/** What became of one. */
export type InvitationState = 'open' | 'accepted' | 'revoked' | 'expired'

/** An invitation. */
export type Invitation = {
  id: string
  organizationId: string
  clientId: string
  connectionId: string | undefined
  inviterName: string
  /** The person who sent it; undefined where an application did, or he is gone. */
  invitedBy: string | undefined
  email: string
  emailFolded: string
  roleIds: string[]
  appMetadata: JsonObject | undefined
  userMetadata: JsonObject | undefined
  language: string | undefined
  ticketEncrypted: string
  createdAt: Date
  expiresAt: Date
  acceptedAt: Date | undefined
  acceptedBy: string | undefined
  revokedAt: Date | undefined
}

/** What has become of it at a moment. */
export function stateOf({ acceptedAt, revokedAt, expiresAt }: Invitation, at: Date): InvitationState {
  if (acceptedAt) return 'accepted'
  if (revokedAt) return 'revoked'
  return expiresAt > at ? 'open' : 'expired'
}

/** The invitation that a route is about. */
export const InvitationId = Type.Object({
  ...OrganizationId.properties,
  invitation_id: Type.String({ minLength: 1, maxLength: 100, ...STORABLE, description: 'Invitation id' }),
})

export const Email = Type.String({ format: 'email', description: 'E-mail address' })
export const Inviter = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 300, description: 'Who invites' }) },
  closed,
)
export const ClientId = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'Application in which the invitation is accepted',
})
export const RoleIds = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
  minItems: 1,
  maxItems: 50,
  description: 'Member roles to give',
})
export const TtlSeconds = Type.Integer({
  minimum: 0,
  maximum: LONGEST_INVITATION_SECONDS,
  description: 'Seconds that it is good for; 0 or nothing: as the organization says',
})
export const MailLanguage = Type.Enum(['en', 'de'])
const Metadata = Type.Record(Type.String(), Type.Unknown())

/** Body of a new invitation. `language` is ours. */
export const NewInvitation = Type.Object(
  {
    inviter: Inviter,
    invitee: Type.Object({ email: Email }, closed),
    client_id: ClientId,
    connection_id: Type.Optional(Type.String({ minLength: 1, maxLength: 50, description: 'Id of the connection' })),
    app_metadata: Type.Optional(Metadata),
    user_metadata: Type.Optional(Metadata),
    ttl_sec: Type.Optional(TtlSeconds),
    roles: Type.Optional(RoleIds),
    send_invitation_email: Type.Optional(Type.Boolean()),
    language: Type.Optional(MailLanguage),
  },
  closed,
)
/** A new one as it is asked for. */
export type NewInvitationBody = Static<typeof NewInvitation>

/** An invitation on the wire. */
export const InvitationReply = Type.Object({
  id: Type.String(),
  organization_id: Type.String(),
  inviter: Type.Object({ name: Type.String() }),
  invitee: Type.Object({ email: Type.String() }),
  invitation_url: Type.Optional(Type.String()),
  created_at: Type.String(),
  expires_at: Type.String(),
  client_id: Type.String(),
  connection_id: Type.Optional(Type.String()),
  app_metadata: Type.Optional(Metadata),
  user_metadata: Type.Optional(Metadata),
  roles: Type.Optional(Type.Array(Type.String())),
  ticket_id: Type.Optional(Type.String({ description: 'For whoever could send such an invitation' })),
})

/** The ticket of an invitation, as it stands in the link. */
export function ticketOf(
  secrets: Secrets,
  { id, ticketEncrypted }: Pick<Invitation, 'id' | 'ticketEncrypted'>,
): string {
  return secrets.decrypt('invitation', id, ticketEncrypted)
}

/** Makes the answer. @param url undefined where the application has no address for it any more */
export function invitationWire(
  invitation: Invitation,
  { ticket, url }: { ticket: string; url: string | undefined },
): Static<typeof InvitationReply> {
  const { connectionId, appMetadata, userMetadata, roleIds } = invitation
  return {
    id: invitation.id,
    organization_id: invitation.organizationId,
    inviter: { name: invitation.inviterName },
    invitee: { email: invitation.email },
    ...(url === undefined ? {} : { invitation_url: url }),
    ticket_id: ticket,
    created_at: invitation.createdAt.toISOString(),
    expires_at: invitation.expiresAt.toISOString(),
    client_id: invitation.clientId,
    ...(connectionId === undefined ? {} : { connection_id: connectionId }),
    ...(appMetadata === undefined ? {} : { app_metadata: appMetadata }),
    ...(userMetadata === undefined ? {} : { user_metadata: userMetadata }),
    ...(roleIds.length === 0 ? {} : { roles: roleIds }),
  }
}

/** What the log tells of one: everything but what lets somebody use it. */
export function invitationRecord(invitation: Invitation): object {
  const { ticket_id: _, ...record } = invitationWire(invitation, { ticket: '', url: undefined })
  return record
}
