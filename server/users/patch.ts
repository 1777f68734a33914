import type { Actor } from '../authorization/actor.ts'
import { actsForOrganization, type OrganizationActor } from '../authorization/visible-to.ts'
import { type Db, transact } from '../db/database.ts'
import { type Call, type RawJson, type Recorded, rawJson } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { operationEvent } from '../http/operation-event.ts'
import { perServer } from '../http/server.ts'
import { recordEvent } from '../logs/record.ts'
import { updateMembership } from '../organizations/membership-change.ts'
import { needsConnection } from './change.ts'
import { holdManagedAccount, refuseUnwritable, withVerification } from './members/change.ts'
import { refuseTelling } from './members/identifiers.ts'
import { readMember } from './members/search.ts'
import { prepareChange } from './prepare-change.ts'
import type { UserIdParams, UserUpdate, UserUpdateBody } from './schemas.ts'
import { updateUsers, userUpdater } from './update.ts'

/** The operation, for its route and its events. */
export const PATCH_USER = {
  operationId: 'patch_users_by_id',
  summary: 'Update a User',
  event: 'sapi',
  scope: ['update:users', 'update:users_app_metadata', 'update:current_user_metadata'],
} as const

/** The updater of a server, which every door shares. */
export const updaterOf = perServer((server) => userUpdater(server.database))

type PatchCall = Call<typeof UserIdParams, undefined, typeof UserUpdate> & Recorded & { db: Db }

/**
 * `PATCH /users/{id}`: checks what the caller's scopes let him write, does the slow work, and hands the change to
 * the updater, which shares a commit with others that arrive at the same time.
 */
export async function patchUser(call: PatchCall): Promise<RawJson> {
  const { server, actor, token, params, body, db } = call
  refuseFields(actor, body)
  if (actsForOrganization(actor)) return await patchMember(call, actor)
  // What is found out beforehand tells of the user, so a token that counts no more gets no further. The updater
  // confirms it once more under the lock.
  if (needsConnection(body) && !(await server.standing(token))) throw new ApiError('invalid_token')
  const prepared = await prepareChange(db, actor, params.id, body)
  const event = operationEvent({ ...PATCH_USER, status: 200 }, call, {})
  const user = await updaterOf(server)({ token, actor, userId: params.id, body, prepared, event })
  return rawJson(JSON.stringify(user))
}

/** The same by an organization's administrator, in a transaction that holds the membership. */
async function patchMember(call: PatchCall, actor: OrganizationActor): Promise<RawJson> {
  const { server, token, params, db } = call
  const { id: userId } = params
  if (!(await server.standing(token))) throw new ApiError('invalid_token')
  await refuseUnwritable(db, actor, call.body)
  if (call.body.blocked !== undefined) return await blockMember(call, actor, call.body.blocked)
  await transact(db, (tx) => holdManagedAccount(tx, actor, userId))
  const body = withVerification(call.body)
  const prepared = await prepareChange(db, actor, userId, body)
  if (prepared) await refuseTelling(db, actor, { userId, connection: prepared.connection.name, body })
  const event = operationEvent({ ...PATCH_USER, status: 200 }, call, {})
  const change = { token, actor, isHeld: true, userId, body, event } as const
  const [answer] = await server.database.transaction(async (connection) => {
    await holdManagedAccount(connection.tx(), actor, userId)
    return await updateUsers(connection, [{ ...change, prepared: prepared && { ...prepared, isTemporary: true } }])
  })
  if (answer instanceof Error) throw answer
  return rawJson((await readMember(db, actor, userId)) ?? JSON.stringify(answer))
}

/** To an organization a block is of the membership: the account lets its person in elsewhere as before. */
async function blockMember(call: PatchCall, actor: OrganizationActor, blocked: boolean): Promise<RawJson> {
  const { db, params, body } = call
  const { id: userId } = params
  if (Object.keys(body).length > 1) {
    const reason = 'Cannot update blocked and other attributes simultaneously. Nothing was changed.'
    throw new ApiError('invalid_body', { with: { reason } })
  }
  await transact(db, async (tx) => {
    const { organizationId } = actor
    await updateMembership(tx, actor, { organizationId, userId }, { blocked })
    const target = { kind: 'member', id: userId }
    await recordEvent(tx, operationEvent({ ...PATCH_USER, status: 200 }, call, { userId, target, after: { blocked } }))
  })
  return rawJson((await readMember(db, actor, userId)) ?? '{}')
}

/** `update:users` writes everything; the other two scopes write the metadata they name. */
function refuseFields(actor: Actor, body: UserUpdateBody): void {
  if (actor.kind === 'system' || actor.scopes.has('update:users')) return
  const open = new Set([
    ...(actor.scopes.has('update:users_app_metadata') ? ['app_metadata'] : []),
    ...(actor.kind === 'user' && actor.scopes.has('update:current_user_metadata') ? ['user_metadata'] : []),
  ])
  if (Object.keys(body).every((name) => open.has(name))) return
  throw new ApiError('insufficient_scope', { with: { rule: 'any', scopes: 'update:users' } })
}
