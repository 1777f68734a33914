/** Accounts that an organization's administrators make, and that the organization manages from then on. */
import { type RawBuilder, sql } from 'kysely'
import type { OrganizationActor } from '../../authorization/visible-to.ts'
import type { Connection } from '../../connections/connection.ts'
import type { Db, Tx } from '../../db/database.ts'
import { enqueueEmail } from '../../emails/enqueue.ts'
import { ApiError } from '../../http/errors.ts'
import type { RequestInfo } from '../../http/request-info.ts'
import { addMembers } from '../../organizations/member-change.ts'
import { createUser, type NewUser } from '../create.ts'
import { prepareNewUser } from '../new-user.ts'
import type { NewUserBody } from '../schemas.ts'
import type { User } from '../user.ts'
import { refuseUnwritable } from './change.ts'

/**
 * Checks a body of `POST /users`. Accounts are made in connections that are the organization's own alone: anywhere else
 * the answer would tell who has an account already, so people of other connections are invited.
 *
 * @throws ApiError operator_only, people_are_invited, invalid_body, password_refused
 */
export async function prepareNewMember(db: Db, actor: OrganizationActor, body: NewUserBody): Promise<NewUser> {
  const { connection, ...written } = body
  await refuseUnwritable(db, actor, written)
  // A block of an organization is of the membership, which is not there yet.
  if (written.blocked !== undefined) throw new ApiError('operator_only', { with: { what: 'blocked' } })
  if (!(await isOwnConnection(db, actor.organizationId, connection))) throw new ApiError('people_are_invited')
  return { ...(await prepareNewUser(db, body, { needsPassword: false })), hasTemporaryPassword: true }
}

/** Whether accounts of the connection are the organization's to make: no other has it, and the operator has said so. */
export async function isOwnConnection(db: Db, organizationId: string, name: string): Promise<boolean> {
  const { rows } = await sql`select ${ownConnections(organizationId)} and c.name = ${name}`.execute(db)
  return rows.length > 0
}

/** The database connections in which accounts are the organization's to make, by name. */
export async function listOwnConnections(db: Db, organizationId: string): Promise<OwnConnection[]> {
  const { rows } = await sql<OwnConnection>`
    select c.id, c.name, c.options ${ownConnections(organizationId)} and c.strategy = 'auth0' order by c.name`.execute(
    db,
  )
  return rows
}

type OwnConnection = Pick<Connection, 'id' | 'name' | 'options'>

function ownConnections(organizationId: string): RawBuilder<unknown> {
  return sql`from organization_connections oc join connections c on c.id = oc.connection_id
    where oc.organization_id = ${organizationId} and oc.is_enabled and oc.access_level in ('limited', 'full')
      and not exists (select from organization_connections other
        where other.connection_id = oc.connection_id and other.organization_id <> oc.organization_id)`
}

/**
 * Makes the account and the membership, and mails a link to choose a password where none was set.
 * @throws ApiError user_exists
 */
export async function createMember(
  tx: Tx,
  actor: OrganizationActor,
  newUser: NewUser,
  info: RequestInfo,
): Promise<User> {
  const { organizationId } = actor
  const { verification: _, ...account } = newUser
  const hasPassword = account.passwordHash !== undefined
  const user = await createUser(tx, actor, hasPassword ? newUser : account)
  await addMembers(tx, { actor, organizationId, info }, [user.user_id])
  await tx
    .updateTable('users')
    .set({ managing_organization_id: organizationId })
    .where('user_id', '=', user.user_id)
    .execute()
  if (hasPassword || user.email === undefined) return user
  const [identity] = user.identities
  const to = {
    userId: user.user_id,
    identity: identity && { connectionId: account.connection.id, identityId: identity.user_id },
  }
  await enqueueEmail(tx, { template: 'reset_email', to, clientId: undefined, organizationId, request: info })
  return user
}
