/** All SQL about resource servers. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { now } from '../base/clock.ts'
import { type Db, isUniqueViolation, type Tx } from '../db/database.ts'
import { offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import type { Found, Paging } from '../http/paging.ts'
import { type ResourceServer, resourceServerOf } from './resource-server.ts'

/** A page of APIs, the Management API first; `identifiers` narrows it down. */
export async function listResourceServers(
  db: Db,
  identifiers: readonly string[] | undefined,
  paging: Paging,
): Promise<Found<ResourceServer>> {
  const matching = db
    .selectFrom('resource_servers')
    .$if(identifiers !== undefined, (query) => query.where(isAnyOf(identifiers ?? [])))
  const { total } = await matching.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const rows = await matching
    .selectAll()
    .orderBy('is_system', 'desc')
    .orderBy('created_at')
    .orderBy('id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  return { rows: rows.map(resourceServerOf), total }
}

function isAnyOf(identifiers: readonly string[]): Expression<SqlBool> {
  return sql<SqlBool>`identifier = any(${[...identifiers]}::text[])`
}

/**
 * The API with this id or identifier; undefined when there is none. An identifier that looks like another
 * API's id does not hide that one.
 */
export async function findResourceServer(db: Db, idOrIdentifier: string): Promise<ResourceServer | undefined> {
  const row = await selectResourceServer(db, idOrIdentifier).executeTakeFirst()
  return row && resourceServerOf(row)
}

/** The same, locked for a change. */
export async function lockResourceServer(tx: Tx, idOrIdentifier: string): Promise<ResourceServer | undefined> {
  const row = await selectResourceServer(tx, idOrIdentifier).forUpdate().executeTakeFirst()
  return row && resourceServerOf(row)
}

function selectResourceServer(db: Db, idOrIdentifier: string) {
  return db
    .selectFrom('resource_servers')
    .selectAll()
    .where((eb) => eb.or([eb('id', '=', idOrIdentifier), eb('identifier', '=', idOrIdentifier)]))
    .orderBy((eb) => eb('id', '=', idOrIdentifier), 'desc')
    .limit(1)
}

/** Stores a new API. @throws ApiError resource_server_exists */
export async function insertResourceServer(tx: Tx, resourceServer: ResourceServer): Promise<void> {
  try {
    await tx
      .insertInto('resource_servers')
      .values({
        id: resourceServer.id,
        identifier: resourceServer.identifier,
        is_system: false,
        system_name: null,
        ...changeableColumns(resourceServer),
        created_at: now(),
      })
      .execute()
  } catch (error) {
    if (isUniqueViolation(error)) throw new ApiError('resource_server_exists', { cause: error })
    throw error
  }
}

/** Stores a changed API. */
export async function saveResourceServer(tx: Tx, resourceServer: ResourceServer): Promise<void> {
  await tx
    .updateTable('resource_servers')
    .set(changeableColumns(resourceServer))
    .where('id', '=', resourceServer.id)
    .execute()
}

function changeableColumns({ name, scopes, settings, signingSecretEncrypted }: ResourceServer) {
  return {
    name: name ?? '',
    scopes: JSON.stringify(scopes),
    settings: JSON.stringify(settings),
    signing_secret_encrypted: signingSecretEncrypted ?? null,
  }
}

/** Removes an API; its grants and permissions go with it. */
export async function deleteResourceServer(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('resource_servers').where('id', '=', id).execute()
}

/** Takes every scope but these of the API from applications, roles and people. */
export async function withdrawOtherScopes(tx: Tx, id: string, kept: readonly string[]): Promise<void> {
  const values = [...kept]
  await sql`
    update client_grants set scope = array(
      select name from unnest(scope) with ordinality as granted (name, place)
      where name = any(${values}::text[]) order by place)
    where resource_server_id = ${id} and not scope <@ ${values}::text[]`.execute(tx)
  for (const table of ['role_permissions', 'user_permissions'] as const) {
    await sql`
      delete from ${sql.table(table)}
      where resource_server_id = ${id} and permission <> all(${values}::text[])`.execute(tx)
  }
}
