/** SQL of invitations as the invited use them: by the ticket in their link. */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import { hashToken } from '../base/secrets.ts'
import type { Db, Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'

/** What can be done with an invitation: only an open one is accepted. */
export type InvitationState = 'open' | 'accepted' | 'revoked' | 'expired'

/** An invitation, as far as accepting it needs it. */
export type Invitation = {
  id: string
  organizationId: string
  clientId: string
  /** The connection that the account has to be of; undefined where any will do. */
  connectionId: string | undefined
  inviterName: string
  email: string
  emailFolded: string
  roles: { id: string; name: string }[]
  appMetadata: JsonObject | undefined
  userMetadata: JsonObject | undefined
  language: string | undefined
  createdAt: Date
  expiresAt: Date
  acceptedBy: string | undefined
  state: InvitationState
}

/** The invitation to an organization whose link has this ticket; undefined when there is none. */
export async function findInvitation(db: Db, organizationId: string, ticket: string): Promise<Invitation | undefined> {
  const row = await db
    .selectFrom('organization_invitations as i')
    .selectAll('i')
    .select(
      sql<Invitation['roles']>`coalesce((select json_agg(json_build_object('id', r.id, 'name', r.name) order by r.name)
        from roles r where r.id = any(i.role_ids)), '[]')`.as('roles'),
    )
    .where('i.ticket_hash', '=', hashToken(ticket))
    .where('i.organization_id', '=', organizationId)
    .executeTakeFirst()
  if (!row) return undefined
  return {
    id: row.id,
    organizationId: row.organization_id,
    clientId: row.client_id,
    connectionId: row.connection_id ?? undefined,
    inviterName: row.inviter_name,
    email: row.email,
    emailFolded: row.email_folded,
    roles: row.roles,
    appMetadata: row.app_metadata ?? undefined,
    userMetadata: row.user_metadata ?? undefined,
    language: row.language ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    acceptedBy: row.accepted_by ?? undefined,
    state: stateOf(row),
  }
}

type Ends = { accepted_at: Date | null; revoked_at: Date | null; expires_at: Date }

function stateOf({ accepted_at, revoked_at, expires_at }: Ends): InvitationState {
  if (accepted_at) return 'accepted'
  if (revoked_at) return 'revoked'
  return expires_at <= now() ? 'expired' : 'open'
}

/** Uses an invitation up. Of any number of racers one gets `true`. */
export async function useInvitation(tx: Tx, id: string, userId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('organization_invitations')
    .set({ accepted_at: now(), accepted_by: userId })
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now())
    .executeTakeFirst()
  return numUpdatedRows === 1n
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
export async function applyInvitation(tx: Tx, invitation: Invitation, userId: string): Promise<void> {
  const { organizationId, roles, appMetadata, userMetadata } = invitation
  const at = now()
  await sql`
    update users set email_verified = true, updated_at = ${at},
      app_metadata = ${mergedInto('app_metadata', appMetadata)}, user_metadata = ${mergedInto('user_metadata', userMetadata)}
    where user_id = ${userId}`.execute(tx)
  if (roles.length === 0) return
  const rows = roles.map(({ id }) => {
    return { organization_id: organizationId, user_id: userId, role_id: id, created_at: at }
  })
  await tx
    .insertInto('membership_roles')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** One level deep, as every change of metadata. */
function mergedInto(column: 'app_metadata' | 'user_metadata', more: JsonObject | undefined) {
  if (!more || Object.keys(more).length === 0) return sql.ref(column)
  return sql`coalesce(${sql.ref(column)}, '{}') || ${JSON.stringify(more)}::jsonb`
}

/** The account that a connection of these knows by the address of an invitation; undefined where there is none. */
export async function findInvited(
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
