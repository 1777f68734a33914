/** SQL about permissions: those of roles, those given to people directly, and what somebody holds altogether. */
import { type RawBuilder, sql } from 'kysely'
import { type Actor, rightsOf } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import { idCheckpointOf, offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import { type Found, type Paging, wantsTotal } from '../http/paging.ts'
import { MOST_PERMISSIONS, type PermissionName } from './role.ts'

/** A permission as it is listed. */
export type Permission = {
  permission_name: string
  description?: string
  resource_server_name: string
  resource_server_identifier: string
}

/** By what somebody holds a permission. */
export type Source = { source_id: string; source_name: string; source_type: 'DIRECT' | 'ROLE' }

/** A permission by its API's id. */
export type KnownPermission = { apiId: string; permission: string }

type PermissionRow = Omit<Permission, 'description'> & { description: string | null }

// What an API says of one of its scopes.
const DESCRIPTION = sql`(
  select scope->>'description' from jsonb_array_elements(a.scopes) as scope
  where scope->>'value' = held.permission limit 1)`

const NAMES = sql`held.permission as permission_name, ${DESCRIPTION} as description,
  a.name as resource_server_name, a.identifier as resource_server_identifier`

/** What a role permits. */
export async function listRolePermissions(db: Db, roleId: string, paging: Paging): Promise<Found<Permission>> {
  const { rows } = await sql<PermissionRow>`
    select ${NAMES} from role_permissions held join resource_servers a on a.id = held.resource_server_id
    where held.role_id = ${roleId} order by a.identifier collate "C", held.permission collate "C"
    offset ${offsetOf(paging)} limit ${paging.limit}`.execute(db)
  return { rows: rows.map(permissionOf), total: wantsTotal(paging) ? await countRolePermissions(db, roleId) : 0 }
}

async function countRolePermissions(db: Db, roleId: string): Promise<number> {
  const { total } = await db
    .selectFrom('role_permissions')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('role_id', '=', roleId)
    .executeTakeFirstOrThrow()
  return total
}

/** Everything a user holds, each with its source. */
function heldBy(userId: string): RawBuilder<unknown> {
  return sql`(
    select resource_server_id, permission, null as role_id from user_permissions where user_id = ${userId}
    union all
    select p.resource_server_id, p.permission, p.role_id
    from user_roles r join role_permissions p on p.role_id = r.role_id where r.user_id = ${userId})`
}

/** What a user holds, with all that he holds each by. */
export async function listUserPermissions(
  db: Db,
  userId: string,
  paging: Paging,
): Promise<Found<Permission & { sources: Source[] }>> {
  const { rows } = await sql<PermissionRow & { sources: Source[] }>`
    select ${NAMES}, json_agg(json_build_object(
      'source_id', coalesce(r.id, ''), 'source_name', coalesce(r.name, ''),
      'source_type', case when held.role_id is null then 'DIRECT' else 'ROLE' end)
      order by r.name nulls first) as sources
    from ${heldBy(userId)} as held
    join resource_servers a on a.id = held.resource_server_id left join roles r on r.id = held.role_id
    group by a.id, held.permission order by a.identifier collate "C", held.permission collate "C"
    offset ${offsetOf(paging)} limit ${paging.limit}`.execute(db)
  const permissions = rows.map((row) => ({ ...permissionOf(row), sources: row.sources }))
  if (!wantsTotal(paging)) return { rows: permissions, total: 0 }
  const { rows: counts } = await sql<{ total: number }>`
    select count(*) as total from (select distinct resource_server_id, permission from ${heldBy(userId)} as held) as each`.execute(
    db,
  )
  return { rows: permissions, total: counts[0]?.total ?? 0 }
}

/** What a user holds of one API, by name. */
export async function listEffectivePermissions(
  db: Db,
  userId: string,
  apiIdentifier: string,
  paging: Paging,
): Promise<(Permission & { sources: ('direct' | 'roles')[] })[]> {
  const { rows } = await sql<PermissionRow & { direct: boolean; through_roles: boolean }>`
    select ${NAMES}, bool_or(held.role_id is null) as direct, bool_or(held.role_id is not null) as through_roles
    from ${heldBy(userId)} as held join resource_servers a on a.id = held.resource_server_id
    where a.identifier = ${apiIdentifier} and held.permission collate "C" > ${idCheckpointOf(paging) ?? ''}
    group by a.id, held.permission order by held.permission collate "C" limit ${paging.limit}`.execute(db)
  return rows.map(({ direct, through_roles, ...row }) => ({
    ...permissionOf(row),
    sources: [...(direct ? (['direct'] as const) : []), ...(through_roles ? (['roles'] as const) : [])],
  }))
}

function permissionOf({
  permission_name,
  description,
  resource_server_name,
  resource_server_identifier,
}: PermissionRow) {
  return {
    permission_name,
    ...(description === null ? {} : { description }),
    resource_server_name,
    resource_server_identifier,
  }
}

/**
 * The permissions of these names. Their APIs stay as they are while the transaction runs.
 * @throws ApiError invalid_body when there is no such API or permission; insufficient_scope
 */
export async function holdPermissions(
  tx: Tx,
  actor: Actor,
  names: readonly PermissionName[],
): Promise<KnownPermission[]> {
  const apis = await tx
    .selectFrom('resource_servers')
    .select(['id', 'identifier', 'is_system', 'scopes'])
    .where('identifier', 'in', [...new Set(names.map((name) => name.resource_server_identifier))])
    .orderBy('id')
    .forShare()
    .execute()
  const known = new Map(
    apis.map((api) => [api.identifier, { ...api, scopes: new Set(api.scopes.map(({ value }) => value)) }]),
  )
  const found = names.map(({ resource_server_identifier: identifier, permission_name: permission }) => {
    const api = known.get(identifier)
    if (!api) return refuse(`There is no API ${identifier}.`)
    if (!api.scopes.has(permission)) return refuse(`The API ${identifier} has no permission ${permission}.`)
    return { apiId: api.id, isSystem: api.is_system, permission }
  })
  refuseNotHeld(
    actor,
    found.flatMap(({ isSystem, permission }) => (isSystem ? [permission] : [])),
  )
  return found
}

function refuse(what: string): never {
  throw new ApiError('invalid_body', { with: { reason: `${what} Nothing was changed.` } })
}

/**
 * A person gives no right over the tenant that he does not have himself. Applications may, as with Auth0.
 * @throws ApiError insufficient_scope
 */
export function refuseNotHeld(actor: Actor, scopes: readonly string[]): void {
  if (actor.kind !== 'user') return
  const lacking = [...new Set(scopes)].filter((name) => !rightsOf(actor).has(name))
  if (lacking.length > 0) throw new ApiError('insufficient_scope', { with: { rule: 'all', scopes: lacking.join(',') } })
}

/** Adds permissions to a locked role; those it has stay. @throws ApiError too_many_entities */
export async function addRolePermissions(
  tx: Tx,
  roleId: string,
  permissions: readonly KnownPermission[],
): Promise<void> {
  await tx
    .insertInto('role_permissions')
    .values(permissions.map(({ apiId, permission }) => ({ role_id: roleId, resource_server_id: apiId, permission })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  refuseTooMany(await countRolePermissions(tx, roleId), 'permissions a role')
}

/** Takes permissions from a role; fine for those it does not have. */
export async function removeRolePermissions(tx: Tx, roleId: string, names: readonly PermissionName[]): Promise<void> {
  await sql`delete from role_permissions held using ${named(names)}
    where held.role_id = ${roleId} and held.resource_server_id = named.id
      and held.permission = named.permission`.execute(tx)
}

/** Gives permissions to a locked user directly; those he has stay. @throws ApiError too_many_entities */
export async function addUserPermissions(
  tx: Tx,
  userId: string,
  permissions: readonly KnownPermission[],
): Promise<void> {
  const at = now()
  await tx
    .insertInto('user_permissions')
    .values(
      permissions.map(({ apiId, permission }) => ({
        user_id: userId,
        resource_server_id: apiId,
        permission,
        created_at: at,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { total } = await tx
    .selectFrom('user_permissions')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  refuseTooMany(total, 'permissions a user')
}

/** Takes directly given permissions from a user; fine for those he does not have. */
export async function removeUserPermissions(tx: Tx, userId: string, names: readonly PermissionName[]): Promise<void> {
  await sql`delete from user_permissions held using ${named(names)}
    where held.user_id = ${userId} and held.resource_server_id = named.id
      and held.permission = named.permission`.execute(tx)
}

function named(names: readonly PermissionName[]): RawBuilder<unknown> {
  const identifiers = names.map((name) => name.resource_server_identifier)
  const permissions = names.map((name) => name.permission_name)
  return sql`(
    select a.id, asked.permission
    from unnest(${identifiers}::text[], ${permissions}::text[]) as asked (identifier, permission)
    join resource_servers a on a.identifier = asked.identifier) as named`
}

function refuseTooMany(total: number, entities: string): void {
  if (total > MOST_PERMISSIONS) throw new ApiError('too_many_entities', { with: { most: MOST_PERMISSIONS, entities } })
}
