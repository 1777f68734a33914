/**
 * Which identifiers an organization's administrator gives to a member. "Exists already" tells of somebody: among accounts
 * that are the organization's own, of its own people; in a connection that others use as well, of strangers. There an
 * address is given only where the organization has shown that its domain is its own.
 */
import { sql } from 'kysely'
import type { OrganizationActor } from '../../authorization/visible-to.ts'
import type { Db } from '../../db/database.ts'
import { ApiError } from '../../http/errors.ts'
import { isVerifiedDomain } from '../../organizations/domains.ts'
import type { UserUpdateBody } from '../schemas.ts'
import { fold } from '../user.ts'
import { isOwnConnection } from './create.ts'

type Identifiers = Pick<UserUpdateBody, 'email' | 'username' | 'phone_number'>

/**
 * Refuses identifiers whose answer would tell of accounts elsewhere. What stays as it is, or is taken away, tells nothing.
 * @param connection name of the connection whose identity is changed
 * @throws ApiError address_elsewhere, identifier_elsewhere
 */
export async function refuseTelling(
  db: Db,
  { organizationId }: OrganizationActor,
  { userId, connection, body }: { userId: string; connection: string; body: Identifiers },
): Promise<void> {
  const { email, username, phone_number } = await newOnes(db, userId, body)
  if (email === undefined && username === undefined && phone_number === undefined) return
  if (await isOwnConnection(db, organizationId, connection)) return
  if (username !== undefined) throw new ApiError('identifier_elsewhere', { with: { what: 'username' } })
  if (phone_number !== undefined) throw new ApiError('identifier_elsewhere', { with: { what: 'phone_number' } })
  const domain = email?.slice(email.lastIndexOf('@') + 1) ?? ''
  if (!(await isVerifiedDomain(db, organizationId, domain))) throw new ApiError('address_elsewhere')
}

async function newOnes(
  db: Db,
  userId: string,
  body: Identifiers,
): Promise<Record<keyof Identifiers, string | undefined>> {
  const present = await db
    .selectFrom('users')
    .select([sql<string | null>`email_folded`.as('email'), 'username', 'phone_number'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
  const given = (name: keyof Identifiers, compared = body[name]) =>
    typeof compared === 'string' && compared !== present?.[name] ? compared : undefined
  return {
    email: given('email', typeof body.email === 'string' ? fold(body.email) : body.email),
    username: given('username'),
    phone_number: given('phone_number'),
  }
}
