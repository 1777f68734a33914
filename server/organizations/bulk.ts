/**
 * One act on many members. Each gets an outcome of its own: done, skipped since it is so already, or refused. Whoever is
 * refused holds nobody else up; what the actor may do to nobody refuses the whole request.
 */
import { type Static, Type } from 'typebox'
import { listAbove } from '../authorization/above.ts'
import { type Actor, holdsAny, organizationOf } from '../authorization/actor.ts'
import type { Scope } from '../authorization/scopes.ts'
import type { Tx } from '../db/database.ts'
import { ApiError, type ErrorCode } from '../http/errors.ts'
import { BULK_ACTIONS, type BulkAction } from './bulk-actions.ts'
import { type MemberAct, recordEach } from './member-change.ts'
import { lockMemberships, type Membership } from './members.ts'
import { keepingAdministrator } from './protection.ts'
import { lockOrganization } from './store.ts'

const MOST_MEMBERS = 1_000

/** Body of the request. */
export const BulkBody = Type.Object(
  {
    action: Type.Enum(['block', 'unblock', 'remove', 'assign_roles', 'withdraw_roles', 'send_password_reset']),
    members: Type.Array(Type.String({ minLength: 1, maxLength: 320 }), {
      minItems: 1,
      maxItems: MOST_MEMBERS,
      description: 'Ids of users',
    }),
    roles: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        minItems: 1,
        maxItems: 50,
        description: 'Ids of roles',
      }),
    ),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Why they are blocked' })),
    dry_run: Type.Optional(Type.Boolean({ description: 'Only says what would happen' })),
  },
  { additionalProperties: false },
)
/** What is asked for. */
export type BulkBody = Static<typeof BulkBody>

/** What became of one member. */
export const BulkResult = Type.Object({
  user_id: Type.String(),
  outcome: Type.Enum(['done', 'skipped', 'refused']),
  code: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
})
/** The answer: in the order of the request, each member once. */
export const BulkReply = Type.Object({
  results: Type.Array(BulkResult),
  done: Type.Integer(),
  skipped: Type.Integer(),
  refused: Type.Integer(),
})
type Result = Static<typeof BulkResult>

/** Of an act: the scopes of which one is needed. */
export const BULK_SCOPES: readonly Scope[] = [...new Set(Object.values(BULK_ACTIONS).map(({ scope }) => scope))]

/**
 * Does it, or says what it would do.
 * @throws ApiError inexistent_organization, insufficient_scope, invalid_body, inexistent_role, role_not_open, last_administrator
 */
export async function actOnMembers(tx: Tx, act: MemberAct, body: BulkBody): Promise<Static<typeof BulkReply>> {
  const { actor, organizationId } = act
  // The schema has let through only what the table has.
  const action: BulkAction = BULK_ACTIONS[body.action]
  refuseBody(actor, action, body)
  await lockOrganization(tx, organizationId)
  const asked = [...new Set(body.members)]
  const memberships = await lockMemberships(tx, organizationId, asked)
  await action.check?.(tx, act, body)
  const refusals = await refusalsOf(tx, act, asked, memberships)
  const free = [...memberships.values()].filter(({ user_id }) => !refusals.has(user_id))
  const sorted = await action.sort(tx, act, body, free)
  for (const [id, code] of sorted.refused ?? []) refusals.set(id, code)
  const chosen = sorted.todo.map(({ user_id }) => user_id)
  if (!body.dry_run && chosen.length > 0) {
    await keepingAdministrator(tx, actor, () => action.apply(tx, act, body, chosen))
    await recordEach(tx, act, chosen, action.event, action.description)
  }
  const done = new Set(chosen)
  const results = asked.map((id) => resultOf(id, refusals.get(id), done.has(id)))
  const count = (wanted: Result['outcome']) => results.filter(({ outcome }) => outcome === wanted).length
  return { results, done: count('done'), skipped: count('skipped'), refused: count('refused') }
}

function refuseBody(actor: Actor, action: BulkAction, body: BulkBody): void {
  if (!holdsAny(actor, [action.scope])) {
    throw new ApiError('insufficient_scope', { with: { rule: 'any', scopes: action.scope } })
  }
  if (action.needsRoles === true && body.roles === undefined) throw refuse(`${body.action} needs roles.`)
  if (action.needsRoles !== true && body.roles !== undefined) throw refuse(`${body.action} takes no roles.`)
  if (body.reason !== undefined && body.action !== 'block') throw refuse(`${body.action} takes no reason.`)
}

/** Whom the actor may not act on, and why. */
async function refusalsOf(
  tx: Tx,
  { actor }: MemberAct,
  asked: readonly string[],
  memberships: ReadonlyMap<string, Membership>,
): Promise<Map<string, ErrorCode>> {
  const isBound = organizationOf(actor) !== undefined
  const above = isBound ? await listAbove(tx, actor, [...memberships.keys()]) : new Set<string>()
  const isOwn = (id: string) => actor.kind === 'user' && isBound && id === actor.userId
  return new Map(
    asked.flatMap((id): [string, ErrorCode][] => {
      if (!memberships.has(id)) return [[id, 'inexistent_member']]
      if (isOwn(id)) return [[id, 'own_membership']]
      return above.has(id) ? [[id, 'member_above']] : []
    }),
  )
}

function resultOf(user_id: string, code: ErrorCode | undefined, isDone: boolean): Result {
  if (code === undefined) return { user_id, outcome: isDone ? 'done' : 'skipped' }
  const { message } = new ApiError(code, { with: { most: 50, entities: 'roles a member' } })
  return { user_id, outcome: 'refused', code, message }
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason: `${reason} Nothing was changed.` } })
}
