/** All SQL about invitations. */
import { type Selectable, sql } from 'kysely'
import { now } from '../base/clock.ts'
import { fold } from '../base/fold.ts'
import { hashToken } from '../base/secrets.ts'
import type { Db, Tx } from '../db/database.ts'
import { likeText } from '../db/like-text.ts'
import type { OrganizationInvitationsTable } from '../db/tables-organizations.ts'
import { offsetOf } from '../http/checkpoint.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'
import { dayOf } from '../logs/partitions.ts'
import { type Invitation, type InvitationState, stateOf } from './invitation.ts'
import type { Organization } from './organization.ts'

/** An invitation with its organization, and what has become of it by now. */
export type FoundInvitation = { invitation: Invitation; organization: Organization; state: InvitationState }

/** The invitation that a link is for, whatever became of it; undefined where there never was one. */
export async function findInvitationByTicket(db: Db, ticket: string): Promise<FoundInvitation | undefined> {
  const row = await db
    .selectFrom('organization_invitations')
    .selectAll()
    .where('ticket_hash', '=', hashToken(ticket))
    .executeTakeFirst()
  return row && (await withOrganization(db, row))
}

/** The same, locked, so that of many who accept it at once one does. */
export async function lockInvitationByTicket(tx: Tx, ticket: string): Promise<FoundInvitation | undefined> {
  const row = await tx
    .selectFrom('organization_invitations')
    .selectAll()
    .where('ticket_hash', '=', hashToken(ticket))
    .forUpdate()
    .executeTakeFirst()
  return row && (await withOrganization(tx, row))
}

async function withOrganization(db: Db, row: Selectable<OrganizationInvitationsTable>): Promise<FoundInvitation> {
  const organization = await db
    .selectFrom('organizations')
    .selectAll()
    .where('id', '=', row.organization_id)
    // An organization takes its invitations with it.
    .executeTakeFirstOrThrow()
  const invitation = invitationOf(row)
  return { invitation, organization, state: stateOf(invitation, now()) }
}

/** Several by their ids, each with the names of the roles that it gives. */
export async function findInvitations(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, FoundInvitation & { roles: string[] }>> {
  const found = new Map<string, FoundInvitation & { roles: string[] }>()
  if (ids.length === 0) return found
  const rows = await db
    .selectFrom('organization_invitations')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute()
  const roleIds = [...new Set(rows.flatMap(({ role_ids }) => role_ids))]
  const named = await db
    .selectFrom('roles')
    .select(['id', 'name'])
    .where((eb) => eb('id', '=', eb.fn.any(eb.val(roleIds))))
    .execute()
  const names = new Map(named.map(({ id, name }) => [id, name]))
  for (const row of rows) {
    const roles = row.role_ids.flatMap((id) => names.get(id) ?? [])
    found.set(row.id, { ...(await withOrganization(db, row)), roles })
  }
  return found
}

/** Notes that it was accepted, and by whom. The caller has locked it and seen that it is open. */
export async function markAccepted(tx: Tx, invitationId: string, userId: string): Promise<void> {
  await tx
    .updateTable('organization_invitations')
    .set({ accepted_at: now(), accepted_by: userId })
    .where('id', '=', invitationId)
    .execute()
}

/** A page of invitations that the API shows, neither accepted nor revoked; `emailFilter` is a part of the address. */
export async function listInvitations(
  db: Db,
  organizationId: string,
  paging: Paging,
  { isDescending, emailFilter = '' }: { isDescending: boolean; emailFilter?: string | undefined },
): Promise<Found<Invitation>> {
  const shown = shownOf(db, organizationId).$if(emailFilter !== '', (query) =>
    query.where('email_folded', 'like', `%${likeText(fold(emailFilter))}%`),
  )
  const direction = isDescending ? 'desc' : 'asc'
  const rows = await shown
    .selectAll()
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  const found = rows.map(invitationOf)
  return await withTotal(found, shown, paging)
}

/** One that the API shows; undefined where there is none of this id in the organization. */
export async function findInvitation(db: Db, organizationId: string, id: string): Promise<Invitation | undefined> {
  const row = await shownOf(db, organizationId).selectAll().where('id', '=', id).executeTakeFirst()
  return row && invitationOf(row)
}

/** The same, locked for a change. */
export async function lockInvitation(tx: Tx, organizationId: string, id: string): Promise<Invitation | undefined> {
  const row = await shownOf(tx, organizationId).selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  return row && invitationOf(row)
}

function shownOf(db: Db, organizationId: string) {
  return db
    .selectFrom('organization_invitations')
    .where('organization_id', '=', organizationId)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
}

/** A new invitation, with the hash of its ticket. */
export type InvitationToAdd = { invitation: Invitation; ticketHash: string }

/** Adds invitations. */
export async function insertInvitations(tx: Tx, added: readonly InvitationToAdd[]): Promise<void> {
  if (added.length === 0) return
  await tx
    .insertInto('organization_invitations')
    .values(
      added.map(({ invitation, ticketHash }) => ({
        id: invitation.id,
        organization_id: invitation.organizationId,
        client_id: invitation.clientId,
        connection_id: invitation.connectionId ?? null,
        inviter_name: invitation.inviterName,
        invited_by: invitation.invitedBy ?? null,
        email: invitation.email,
        email_folded: invitation.emailFolded,
        role_ids: invitation.roleIds,
        app_metadata: jsonOrNull(invitation.appMetadata),
        user_metadata: jsonOrNull(invitation.userMetadata),
        language: invitation.language ?? null,
        ticket_hash: ticketHash,
        ticket_encrypted: invitation.ticketEncrypted,
        created_at: invitation.createdAt,
        expires_at: invitation.expiresAt,
      })),
    )
    .execute()
}

/** How often an invitation was sent once more since a moment. */
export async function countResent(db: Db, { id, organizationId }: Invitation, since: Date): Promise<number> {
  const { count } = await db
    .selectFrom('events')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
    // The ids of events begin with their time.
    .where('log_id', '>=', dayOf(since.getTime()))
    .where('date', '>=', since)
    .where('operation', '=', 'post_invitation_resend')
    .where('type', '=', 'sapi')
    .where('target_id', '=', id)
    .executeTakeFirstOrThrow()
  return count
}

/** How many were made or sent once more since a moment, whatever became of them, and when the first of them was. */
export async function countSent(
  db: Db,
  organizationId: string,
  since: Date,
): Promise<{ count: number; first: Date | null }> {
  const { rows } = await sql<{ count: number; first: Date | null }>`
    select count(*) as count, min(at) as first from (
      select created_at as at from organization_invitations
        where organization_id = ${organizationId} and created_at > ${since}
      union all
      select date from events where organization_id = ${organizationId} and log_id >= ${dayOf(since.getTime())}
        and date > ${since} and operation = 'post_invitation_resend' and type = 'sapi') sent`.execute(db)
  return rows[0] ?? { count: 0, first: null }
}

/** Prolongs one. */
export async function prolongInvitation(tx: Tx, id: string, expiresAt: Date): Promise<void> {
  await tx.updateTable('organization_invitations').set({ expires_at: expiresAt }).where('id', '=', id).execute()
}

/** Withdraws one; the page behind its link can still say so. */
export async function revokeInvitation(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('organization_invitations').set({ revoked_at: now() }).where('id', '=', id).execute()
}

/** Forgets invitations that were past their time before a moment, a thousand at once. Answers how many there were. */
export async function forgetInvitations(db: Db, before: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('organization_invitations')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('organization_invitations')
        .select('id')
        .where('expires_at', '<', before)
        .orderBy('expires_at')
        .limit(1_000)
        .forUpdate()
        .skipLocked(),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

function jsonOrNull(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

function invitationOf(row: Selectable<OrganizationInvitationsTable>): Invitation {
  return {
    id: row.id,
    organizationId: row.organization_id,
    clientId: row.client_id,
    connectionId: row.connection_id ?? undefined,
    inviterName: row.inviter_name,
    invitedBy: row.invited_by ?? undefined,
    email: row.email,
    emailFolded: row.email_folded,
    roleIds: row.role_ids,
    appMetadata: row.app_metadata ?? undefined,
    userMetadata: row.user_metadata ?? undefined,
    language: row.language ?? undefined,
    ticketEncrypted: row.ticket_encrypted,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    acceptedAt: row.accepted_at ?? undefined,
    acceptedBy: row.accepted_by ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  }
}
