/** Changes one membership: blocks it, ends it, or says something of the member. */
import type { Actor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { lockMembership, type Membership } from './members.ts'
import type { MembershipUpdate } from './membership.ts'
import { mergeAttributes, readerOf } from './membership-attributes.ts'
import { keepingAdministrator, refuseMembers } from './protection.ts'
import { lockOrganization } from './store.ts'

/**
 * Changes what is named. A block, and an end that is past, end every token that the person got for the organization.
 * @throws ApiError inexistent_organization, inexistent_member, invalid_body, own_membership, member_above, last_administrator, operator_only
 */
export async function updateMembership(
  tx: Tx,
  actor: Actor,
  { organizationId, userId }: { organizationId: string; userId: string },
  update: MembershipUpdate,
): Promise<void> {
  await lockOrganization(tx, organizationId)
  const before = await lockMembership(tx, organizationId, userId)
  const { attributes, ...standing } = update
  // What the organization says of its members, an administrator says of himself as well.
  const isOwn = actor.kind === 'user' && actor.userId === userId
  if (!isOwn || Object.keys(standing).length > 0) await refuseMembers(tx, actor, [userId])
  const after = {
    ...before,
    ...standingAfter(before, standing),
    attributes: attributes ? mergeAttributes(before.attributes, attributes, readerOf(actor)) : before.attributes,
  }
  await keepingAdministrator(tx, actor, () => saveMembership(tx, after))
}

type Standing = Pick<Membership, 'blocked_at' | 'blocked_reason' | 'ends_at' | 'token_generation'>

/** @throws ApiError invalid_body for a reason without a block, or a moment that is none */
function standingAfter(before: Standing, update: Omit<MembershipUpdate, 'attributes'>): Standing {
  const at = now()
  const isBlocked = update.blocked ?? before.blocked_at !== null
  const reason = update.blocked_reason === undefined ? before.blocked_reason : update.blocked_reason
  if (!isBlocked && update.blocked_reason) throw refuse('blocked_reason is for a membership that is blocked.')
  const ends_at = update.ends_at === undefined ? before.ends_at : momentOf(update.ends_at)
  const isClosed =
    (isBlocked && before.blocked_at === null) || (update.ends_at != null && ends_at !== null && ends_at <= at)
  return {
    blocked_at: isBlocked ? (before.blocked_at ?? at) : null,
    blocked_reason: isBlocked ? reason : null,
    ends_at,
    token_generation: before.token_generation + (isClosed ? 1 : 0),
  }
}

/** PostgreSQL knows no year 0, and RFC 3339 has leap seconds that JavaScript has not. */
function momentOf(text: string | null): Date | null {
  if (text === null) return null
  const moment = new Date(text)
  if (Number.isNaN(moment.getTime()) || moment.getUTCFullYear() < 1900) throw refuse('ends_at is not a moment.')
  return moment
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason: `${reason} Nothing was changed.` } })
}

async function saveMembership(
  tx: Tx,
  membership: Omit<Membership, 'attributes'> & { attributes: object },
): Promise<void> {
  const { organization_id, user_id, blocked_at, blocked_reason, ends_at, attributes, token_generation } = membership
  await tx
    .updateTable('memberships')
    .set({ blocked_at, blocked_reason, ends_at, token_generation, attributes: JSON.stringify(attributes) })
    .where('organization_id', '=', organization_id)
    .where('user_id', '=', user_id)
    .execute()
}

/** Blocks memberships that are not, and ends the tokens that were given for them. */
export async function blockMemberships(
  tx: Tx,
  organizationId: string,
  userIds: readonly string[],
  reason: string | undefined,
): Promise<void> {
  if (userIds.length === 0) return
  await tx
    .updateTable('memberships')
    .set((eb) => ({
      blocked_at: now(),
      blocked_reason: reason ?? null,
      token_generation: eb('token_generation', '+', 1),
    }))
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', [...userIds])
    .where('blocked_at', 'is', null)
    .execute()
}

/** Takes blocks back. */
export async function unblockMemberships(tx: Tx, organizationId: string, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return
  await tx
    .updateTable('memberships')
    .set({ blocked_at: null, blocked_reason: null })
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', [...userIds])
    .execute()
}
