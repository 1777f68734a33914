/** One member as the organization knows him: who he is, what he may do there, until when, and what is said of him. */
import { type Static, Type } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import type { Db } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { type Membership, rolesOfMembers } from './members.ts'
import {
  MembershipAttributesReply,
  MembershipAttributesUpdate,
  readableAttributes,
  readerOf,
} from './membership-attributes.ts'

/** A member in full. Block, end and sign-ins are the membership's, not the account's. */
export const MembershipReply = Type.Object({
  user_id: Type.String(),
  email: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  picture: Type.Optional(Type.String()),
  roles: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
  created_at: Type.String(),
  blocked: Type.Boolean(),
  blocked_at: Type.Optional(Type.String()),
  blocked_reason: Type.Optional(Type.String()),
  ends_at: Type.Optional(Type.String()),
  attributes: MembershipAttributesReply,
  last_login: Type.Optional(Type.String()),
  logins_count: Type.Integer(),
  managed: Type.Boolean(),
})

/** Body of a change of one. */
export const MembershipUpdate = Type.Object(
  {
    blocked: Type.Optional(Type.Boolean({ description: 'Whether the organization is closed to the member' })),
    blocked_reason: Type.Optional(
      Type.Union([
        Type.String({ minLength: 1, maxLength: 500, description: 'Why, for those who administer' }),
        Type.Null(),
      ]),
    ),
    ends_at: Type.Optional(
      Type.Union([Type.String({ format: 'date-time', description: 'When the membership ends' }), Type.Null()]),
    ),
    attributes: Type.Optional(MembershipAttributesUpdate),
  },
  { additionalProperties: false, minProperties: 1 },
)

/** What is asked to change. */
export type MembershipUpdate = Static<typeof MembershipUpdate>

/** Reads a member. @throws ApiError inexistent_member */
export async function readMembership(
  db: Db,
  actor: Actor,
  organizationId: string,
  userId: string,
): Promise<Static<typeof MembershipReply>> {
  const row = await db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.user_id', 'm.user_id')
    .selectAll('m')
    .select(['u.email', 'u.name', 'u.picture', 'u.managing_organization_id'])
    .where('m.organization_id', '=', organizationId)
    .where('m.user_id', '=', userId)
    .executeTakeFirst()
  if (!row) throw new ApiError('inexistent_member')
  const { email, name, picture, managing_organization_id, ...membership } = row
  const roles = await rolesOfMembers(db, organizationId, [userId])
  return {
    user_id: userId,
    ...(email === null ? {} : { email }),
    ...((name ?? email) === null ? {} : { name: name ?? email ?? '' }),
    ...(picture === null ? {} : { picture }),
    roles: roles.get(userId) ?? [],
    ...membershipWire(actor, membership),
    managed: managing_organization_id === organizationId,
  }
}

function membershipWire(actor: Actor, membership: Membership) {
  const { created_at, blocked_at, blocked_reason, ends_at, attributes, last_login, logins_count } = membership
  return {
    created_at: created_at.toISOString(),
    blocked: blocked_at !== null,
    ...(blocked_at === null ? {} : { blocked_at: blocked_at.toISOString() }),
    ...(blocked_reason === null ? {} : { blocked_reason }),
    ...(ends_at === null ? {} : { ends_at: ends_at.toISOString() }),
    attributes: readableAttributes(attributes, readerOf(actor)),
    ...(last_login === null ? {} : { last_login: last_login.toISOString() }),
    logins_count,
  }
}
