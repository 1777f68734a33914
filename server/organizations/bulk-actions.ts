/** TABLE: what can be done to many members at once. */
import { sql } from 'kysely'
import type { Scope } from '../authorization/scopes.ts'
import type { Tx } from '../db/database.ts'
import { enqueueEmails } from '../emails/enqueue.ts'
import { listBeyondLimit, refuseSwitchedOff } from '../emails/unsendable.ts'
import type { ErrorCode } from '../http/errors.ts'
import type { EventType } from '../logs/event-types.ts'
import { MOST_ROLES_OF_A_USER } from '../roles/role.ts'
import { holdRoles } from '../roles/store.ts'
import type { MemberAct } from './member-change.ts'
import { deleteMemberRoles, insertMemberRoles } from './member-roles.ts'
import { deleteMemberships, type Membership } from './members.ts'
import { blockMemberships, unblockMemberships } from './membership-change.ts'
import { refuseRoles } from './protection.ts'

type Body = { roles?: string[]; reason?: string }

/** Which of the members there is something to do to; who is left out is so already. */
type Sorted = { todo: Membership[]; refused?: Map<string, ErrorCode> }

/** A row of the table. */
export type BulkAction = {
  scope: Scope
  /** What each finds in his own history. */
  event: EventType
  description: string
  needsRoles?: true
  /** Whether the actor may do it at all. */
  check?: (tx: Tx, act: MemberAct, body: Body) => Promise<void>
  sort: (tx: Tx, act: MemberAct, body: Body, members: Membership[]) => Promise<Sorted>
  apply: (tx: Tx, act: MemberAct, body: Body, userIds: readonly string[]) => Promise<unknown>
}

export const BULK_ACTIONS = {
  block: {
    scope: 'update:users',
    event: 'sapi',
    description: 'Membership blocked',
    sort: async (_tx, _act, _body, members) => ({ todo: members.filter(({ blocked_at }) => blocked_at === null) }),
    apply: (tx, { organizationId }, { reason }, ids) => blockMemberships(tx, organizationId, ids, reason),
  },
  unblock: {
    scope: 'update:users',
    event: 'sapi',
    description: 'Membership unblocked',
    sort: async (_tx, _act, _body, members) => ({ todo: members.filter(({ blocked_at }) => blocked_at !== null) }),
    apply: (tx, { organizationId }, _body, ids) => unblockMemberships(tx, organizationId, ids),
  },
  remove: {
    scope: 'delete:organization_members',
    event: 'sapi',
    description: 'Member removed',
    sort: async (_tx, _act, _body, members) => ({ todo: members }),
    apply: (tx, { organizationId }, _body, ids) => deleteMemberships(tx, organizationId, ids),
  },
  assign_roles: {
    scope: 'create:organization_member_roles',
    event: 'sapi',
    description: 'Member roles assigned',
    needsRoles: true,
    check: async (tx, { actor }, { roles = [] }) => {
      await holdRoles(tx, roles)
      await refuseRoles(tx, actor, roles, 'give')
    },
    sort: async (tx, { organizationId }, { roles = [] }, members) => {
      const held = await countHeld(tx, organizationId, members, roles)
      const wanted = new Set(roles).size
      const lacking = members.filter(({ user_id }) => (held.get(user_id)?.named ?? 0) < wanted)
      const isFull = ({ user_id }: Membership) => {
        const { all, named } = held.get(user_id) ?? { all: 0, named: 0 }
        return all + wanted - named > MOST_ROLES_OF_A_USER
      }
      const full = lacking.filter(isFull)
      return {
        todo: lacking.filter((member) => !full.includes(member)),
        refused: new Map(full.map(({ user_id }) => [user_id, 'too_many_entities'])),
      }
    },
    apply: (tx, { organizationId }, { roles = [] }, ids) => insertMemberRoles(tx, organizationId, ids, roles),
  },
  withdraw_roles: {
    scope: 'delete:organization_member_roles',
    event: 'sapi',
    description: 'Member roles withdrawn',
    needsRoles: true,
    // As where one role is taken from one member: what nobody has is not spoken of.
    check: async (tx, { actor, organizationId }, { roles = [] }) =>
      refuseRoles(tx, actor, await rolesGiven(tx, organizationId, roles), 'take'),
    sort: async (tx, { organizationId }, { roles = [] }, members) => {
      const held = await countHeld(tx, organizationId, members, roles)
      return { todo: members.filter(({ user_id }) => (held.get(user_id)?.named ?? 0) > 0) }
    },
    apply: (tx, { organizationId }, { roles = [] }, ids) => deleteMemberRoles(tx, organizationId, ids, roles),
  },
  send_password_reset: {
    scope: 'create:user_tickets',
    event: 'scpr',
    description: 'Password reset sent by an administrator',
    check: async (tx) => refuseSwitchedOff(tx, 'reset_email'),
    sort: async (tx, _act, _body, members) => {
      const reachable = await findReachable(tx, members)
      const beyond = await listBeyondLimit(tx, 'reset_email', [...reachable])
      const refused = new Map(beyond.map(({ user_id }) => [user_id, 'too_many_mails'] as const))
      return { todo: members.filter(({ user_id }) => reachable.has(user_id) && !refused.has(user_id)), refused }
    },
    apply: (tx, { organizationId, info }, _body, ids) =>
      enqueueEmails(
        tx,
        ids.map((userId) => ({ template: 'reset_email', to: { userId }, organizationId, request: info })),
      ),
  },
} as const satisfies Record<string, BulkAction>

type Held = { all: number; named: number }

/** How many roles each has, and how many of those that are named. */
async function countHeld(
  tx: Tx,
  organizationId: string,
  members: readonly Membership[],
  roles: readonly string[],
): Promise<Map<string, Held>> {
  const { rows } = await sql<Held & { user_id: string }>`
    select user_id, count(*) as all, count(*) filter (where role_id = any(${[...roles]}::text[])) as named
    from membership_roles where organization_id = ${organizationId}
      and user_id = any(${members.map(({ user_id }) => user_id)}::text[])
    group by user_id`.execute(tx)
  return new Map(rows.map((row) => [row.user_id, row]))
}

/** Those of these roles that somebody has in the organization. */
async function rolesGiven(tx: Tx, organizationId: string, roles: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ role_id: string }>`
    select distinct role_id from membership_roles
    where organization_id = ${organizationId} and role_id = any(${[...roles]}::text[])`.execute(tx)
  return rows.map(({ role_id }) => role_id)
}

/** Who has an address and a password of ours to choose anew, and may sign in at all. */
async function findReachable(tx: Tx, members: readonly Membership[]): Promise<Set<string>> {
  const { rows } = await sql<{ user_id: string }>`
    select u.user_id from users u
    where u.user_id = any(${members.map(({ user_id }) => user_id)}::text[])
      and u.email is not null and u.blocked is not true
      and exists (select 1 from identities i where i.user_id = u.user_id and i.provider = 'auth0')`.execute(tx)
  return new Set(rows.map(({ user_id }) => user_id))
}
