/** Members of organizations: SQL about who belongs to which. */
import { randomInt } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import { type Static, Type } from 'typebox'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import type { MembershipsTable } from '../db/tables-organizations.ts'
import { checkpointOf, offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import { type Found, type Paging, wantsTotal } from '../http/paging.ts'
import { countMembers } from './member-count.ts'
import { holdOrganization } from './store.ts'

/** A stored membership. */
export type Membership = Selectable<MembershipsTable>

/** A member on the wire. */
export const MemberReply = Type.Object({
  user_id: Type.String(),
  email: Type.Optional(Type.String()),
  picture: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  roles: Type.Optional(Type.Array(Type.Object({ id: Type.String(), name: Type.String() }))),
})

/** A member as he is listed; `created_at` is the moment since when he is one. */
export type ListedMember = Static<typeof MemberReply> & { created_at: Date }

/**
 * A page of members, who came first at its beginning.
 * @param withRoles whether each comes with his member roles, by name
 */
export async function listMembers(
  db: Db,
  organizationId: string,
  paging: Paging,
  { withRoles = false, roleId }: { withRoles?: boolean; roleId?: string } = {},
): Promise<Found<ListedMember>> {
  const after = checkpointOf(paging)
  const members = db
    .selectFrom('memberships as m')
    .where('m.organization_id', '=', organizationId)
    .$if(roleId !== undefined, (query) =>
      query.where(
        sql<boolean>`exists (select 1 from membership_roles r where r.organization_id = m.organization_id
          and r.user_id = m.user_id and r.role_id = ${roleId})`,
      ),
    )
  const rows = await members
    .innerJoin('users as u', 'u.user_id', 'm.user_id')
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(m.created_at, m.user_id) > (${after?.time}::timestamptz, ${after?.id})`),
    )
    .select(['m.user_id', 'm.created_at', 'u.email', 'u.picture', 'u.name'])
    .orderBy('m.created_at')
    .orderBy('m.user_id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  const roles = withRoles
    ? await rolesOfMembers(
        db,
        organizationId,
        rows.map(({ user_id }) => user_id),
      )
    : undefined
  const found = rows.map(({ user_id, created_at, email, picture, name }) => ({
    user_id,
    created_at,
    ...(email === null ? {} : { email }),
    ...(picture === null ? {} : { picture }),
    ...((name ?? email) === null ? {} : { name: name ?? email ?? '' }),
    ...(roles ? { roles: roles.get(user_id) ?? [] } : {}),
  }))
  if (!wantsTotal(paging)) return { rows: found, total: 0 }
  if (roleId === undefined) return { rows: found, total: await countMembers(db, organizationId) }
  const { total } = await members.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return { rows: found, total }
}

/** A role by name. */
export type NamedRole = { id: string; name: string }

/** The member roles of these people, by their ids; who has none is left out. */
export async function rolesOfMembers(
  db: Db,
  organizationId: string,
  userIds: readonly string[],
): Promise<Map<string, NamedRole[]>> {
  const found = new Map<string, NamedRole[]>()
  if (userIds.length === 0) return found
  const rows = await db
    .selectFrom('membership_roles as mr')
    .innerJoin('roles as r', 'r.id', 'mr.role_id')
    .select(['mr.user_id', 'r.id', 'r.name'])
    .where('mr.organization_id', '=', organizationId)
    .where('mr.user_id', 'in', [...userIds])
    .orderBy('r.name')
    .execute()
  for (const { user_id, id, name } of rows) {
    const roles = found.get(user_id) ?? []
    roles.push({ id, name })
    found.set(user_id, roles)
  }
  return found
}

/** @throws ApiError inexistent_member */
export async function requireMembership(db: Db, organizationId: string, userId: string): Promise<Membership> {
  const row = await db
    .selectFrom('memberships')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (!row) throw new ApiError('inexistent_member')
  return row
}

/**
 * Makes sure that somebody belongs to an organization at present, before something is made for him in its name.
 * @throws ApiError inexistent_organization; inexistent_member, also for a membership that is blocked or over
 */
export async function requireMemberInForce(tx: Tx, organizationId: string, userId: string): Promise<void> {
  await holdOrganization(tx, organizationId)
  const { blocked_at, ends_at } = await requireMembership(tx, organizationId, userId)
  if (blocked_at !== null || (ends_at !== null && ends_at <= now())) throw new ApiError('inexistent_member')
}

/** Those of these people who are members, locked for a change, by their ids. */
export async function lockMemberships(
  tx: Tx,
  organizationId: string,
  userIds: readonly string[],
): Promise<Map<string, Membership>> {
  if (userIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('memberships')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', [...new Set(userIds)])
    // In one order, so that two who do this at once wait for each other and not in a circle.
    .orderBy('user_id')
    .forNoKeyUpdate()
    .execute()
  return new Map(rows.map((row) => [row.user_id, row]))
}

/** The same of one. @throws ApiError inexistent_member */
export async function lockMembership(tx: Tx, organizationId: string, userId: string): Promise<Membership> {
  const membership = (await lockMemberships(tx, organizationId, [userId])).get(userId)
  if (!membership) throw new ApiError('inexistent_member')
  return membership
}

/**
 * Makes people members; who is one stays as he is. An account that another organization managed is the person's own
 * from then on (DESIGN §5.2 of whose account it is).
 *
 * @returns the ids of those who were none
 * @throws ApiError unknown_users
 */
export async function insertMemberships(tx: Tx, organizationId: string, userIds: readonly string[]): Promise<string[]> {
  const distinct = [...new Set(userIds)]
  const known = await tx
    .selectFrom('users')
    .select('user_id')
    .where('user_id', 'in', distinct)
    .orderBy('user_id')
    .forNoKeyUpdate()
    .execute()
  if (known.length < distinct.length) {
    const ids = new Set(known.map(({ user_id }) => user_id))
    const unknown = distinct.filter((id) => !ids.has(id))
    throw new ApiError('unknown_users', { with: { users: unknown.slice(0, 5).join(', ').slice(0, 500) } })
  }
  const added = await tx
    .insertInto('memberships')
    .values(
      known.map(({ user_id }) => ({
        organization_id: organizationId,
        user_id,
        created_at: now(),
        attributes: '{}',
        // Anew at each joining, so that no token of an earlier membership counts again.
        token_generation: randomInt(1, 2 ** 30),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .execute()
  const ids = added.map(({ user_id }) => user_id)
  if (ids.length > 0) {
    await tx
      .updateTable('users')
      .set({ managing_organization_id: null })
      .where('user_id', 'in', ids)
      .where('managing_organization_id', 'is not', null)
      .where('managing_organization_id', '<>', organizationId)
      .execute()
  }
  return ids
}

/**
 * Ends memberships, with the roles in them; an account that the organization managed is the person's own.
 * @returns the ids of those who were members
 */
export async function deleteMemberships(tx: Tx, organizationId: string, userIds: readonly string[]): Promise<string[]> {
  if (userIds.length === 0) return []
  const ids = [...new Set(userIds)]
  const removed = await tx
    .deleteFrom('memberships')
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', ids)
    .returning('user_id')
    .execute()
  await tx
    .updateTable('users')
    .set({ managing_organization_id: null })
    .where('user_id', 'in', ids)
    .where('managing_organization_id', '=', organizationId)
    .execute()
  return removed.map(({ user_id }) => user_id)
}
