/** SQL of invitations as the invited use them: by the ticket in their link. */
import { sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import type { Invitation, InvitationState } from '../organizations/invitation.ts'
import {
  type FoundInvitation,
  findInvitationByTicket,
  lockInvitationByTicket,
} from '../organizations/invitation-store.ts'
import { insertPromisedRoles } from '../organizations/member-roles.ts'
import { addMetadata } from '../users/add-metadata.ts'

/** An invitation with what has become of it, and the roles that it gives, as far as they are there. */
export type Invited = Invitation & { state: InvitationState; roles: { id: string; name: string }[] }

/** The invitation to an organization whose link has this ticket; undefined when there is none. */
export async function findInvited(db: Db, organizationId: string, ticket: string): Promise<Invited | undefined> {
  return await withRoles(db, organizationId, await findInvitationByTicket(db, ticket))
}

/** The same, locked, so that of many who accept it at once one does. */
export async function lockInvited(tx: Tx, organizationId: string, ticket: string): Promise<Invited | undefined> {
  return await withRoles(tx, organizationId, await lockInvitationByTicket(tx, ticket))
}

async function withRoles(
  db: Db,
  organizationId: string,
  found: FoundInvitation | undefined,
): Promise<Invited | undefined> {
  if (found?.invitation.organizationId !== organizationId) return undefined
  const { invitation, state } = found
  if (invitation.roleIds.length === 0) return { ...invitation, state, roles: [] }
  const query = db.selectFrom('roles').select(['id', 'name']).where('id', 'in', invitation.roleIds).orderBy('name')
  return { ...invitation, state, roles: await query.execute() }
}

/** What an account is held against the invitation by. */
export type InvitedAccount = { emailFolded: string | null; isOfConnection: boolean; isShutOut: boolean }

/** The account, locked until the transaction ends; undefined when it is gone. */
export async function lockInvitedAccount(
  tx: Tx,
  { organizationId, connectionId }: Invitation,
  userId: string,
): Promise<InvitedAccount | undefined> {
  const isOfConnection =
    connectionId === undefined
      ? sql<boolean>`true`
      : sql<boolean>`exists (select 1 from identities i
          where i.user_id = users.user_id and i.connection_id = ${connectionId})`
  const row = await tx
    .selectFrom('users')
    .select('email_folded')
    .select(isOfConnection.as('is_of_connection'))
    .select(
      sql<boolean>`exists (select 1 from memberships m where m.user_id = users.user_id
        and m.organization_id = ${organizationId} and m.blocked_at is not null)`.as('is_shut_out'),
    )
    .where('user_id', '=', userId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row && { emailFolded: row.email_folded, isOfConnection: row.is_of_connection, isShutOut: row.is_shut_out }
}

/** Gives the account what the invitation holds: roles, metadata, and that mail to its address is read. */
export async function applyInvitation(tx: Tx, invitation: Invited, userId: string): Promise<void> {
  const { organizationId, roles, appMetadata, userMetadata } = invitation
  await tx.updateTable('users').set({ email_verified: true }).where('user_id', '=', userId).execute()
  await addMetadata(tx, userId, { app_metadata: appMetadata, user_metadata: userMetadata })
  const roleIds = roles.map(({ id }) => id)
  await insertPromisedRoles(tx, organizationId, [userId], roleIds)
}

/** The account that a connection of these knows by the address of an invitation; undefined where there is none. */
export async function findInvitedAccount(
  db: Db,
  connectionIds: readonly string[],
  emailFolded: string,
): Promise<string | undefined> {
  if (connectionIds.length === 0) return undefined
  const row = await db
    .selectFrom('user_identifiers')
    .select('user_id')
    .where('connection_id', 'in', connectionIds)
    .where('kind', '=', 'email')
    .where('value', '=', emailFolded)
    .executeTakeFirst()
  return row?.user_id
}
