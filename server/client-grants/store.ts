/** All SQL about client grants. */
import { type Selectable, type SelectQueryBuilder, sql } from 'kysely'
import { now } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import { type Db, isUniqueViolation, type Tx } from '../db/database.ts'
import type { ClientGrantsTable, Tables } from '../db/tables.ts'
import { checkpointOf, offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'
import type { ClientGrant, GrantedApi, GrantSettings } from './client-grant.ts'

/** What a list of grants can be narrowed down by. */
export type ClientGrantFilter = {
  clientId: string | undefined
  audience: string | undefined
  subjectType: string | undefined
  allowAnyOrganization: boolean | undefined
  /** Nothing fits. */
  isNone: boolean
}

/** The grants that fit, the oldest first. The total is counted only where the answer has one. */
export async function listClientGrants(db: Db, filter: ClientGrantFilter, paging: Paging): Promise<Found<ClientGrant>> {
  const { clientId, audience, subjectType, allowAnyOrganization, isNone } = filter
  const matching = joined(db)
    .$if(isNone, (query) => query.where(sql<boolean>`false`))
    .$if(clientId !== undefined, (query) => query.where('client_grants.client_id', '=', clientId ?? ''))
    .$if(audience !== undefined, (query) => query.where('resource_servers.identifier', '=', audience ?? ''))
    .$if(subjectType !== undefined, (query) => query.where('client_grants.subject_type', '=', subjectType ?? ''))
    .$if(allowAnyOrganization !== undefined, (query) =>
      query.where(
        sql<boolean>`coalesce((client_grants.settings->>'allow_any_organization')::boolean, false) = ${allowAnyOrganization}`,
      ),
    )
  const after = checkpointOf(paging)
  const rows = await matching
    .$if(after !== undefined, (query) =>
      query.where(
        sql<boolean>`(client_grants.created_at, client_grants.id) > (${after?.time}::timestamptz, ${after?.id})`,
      ),
    )
    .selectAll('client_grants')
    .select('resource_servers.identifier')
    .orderBy('client_grants.created_at')
    .orderBy('client_grants.id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  const grants = rows.map(grantOf)
  return await withTotal(grants, matching, paging)
}

/** The grant with this id; undefined when there is none. */
export async function findClientGrant(db: Db, id: string): Promise<ClientGrant | undefined> {
  const row = await selected(db).where('client_grants.id', '=', id).executeTakeFirst()
  return row && grantOf(row)
}

/** The same, locked for a change. */
export async function lockClientGrant(tx: Tx, id: string): Promise<ClientGrant | undefined> {
  const row = await selected(tx).where('client_grants.id', '=', id).forUpdate('client_grants').executeTakeFirst()
  return row && grantOf(row)
}

/** Whether there is a client of this id. It stays as long as the transaction runs. */
export async function holdClient(tx: Tx, clientId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('clients')
    .select('client_id')
    .where('client_id', '=', clientId)
    .forKeyShare()
    .executeTakeFirst()
  return row !== undefined
}

/** The API of this identifier, its scopes held still as long as the transaction runs; undefined when there is none. */
export async function holdApi(tx: Tx, identifier: string): Promise<GrantedApi | undefined> {
  const row = await tx
    .selectFrom('resource_servers')
    .select(['id', 'identifier', 'is_system', 'scopes'])
    .where('identifier', '=', identifier)
    .forShare()
    .executeTakeFirst()
  return row && { ...row, scopes: new Set(row.scopes.map(({ value }) => value)) }
}

/** Stores a new grant. @throws ApiError client_grant_exists */
export async function insertClientGrant(
  tx: Tx,
  api: GrantedApi,
  grant: Omit<ClientGrant, 'id' | 'audience' | 'created_at'>,
): Promise<ClientGrant> {
  const stored = { id: newId('cgr'), created_at: now(), ...grant }
  try {
    await tx
      .insertInto('client_grants')
      .values({ ...stored, resource_server_id: api.id, settings: JSON.stringify(grant.settings) })
      .execute()
  } catch (error) {
    if (isUniqueViolation(error)) throw new ApiError('client_grant_exists', { cause: error })
    throw error
  }
  return { ...stored, audience: api.identifier }
}

/** Stores a changed grant. */
export async function saveClientGrant(tx: Tx, { id, scope, settings }: ClientGrant): Promise<void> {
  await tx
    .updateTable('client_grants')
    .set({ scope, settings: JSON.stringify(settings) })
    .where('id', '=', id)
    .execute()
}

/** Removes a grant. */
export async function deleteClientGrant(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('client_grants').where('id', '=', id).execute()
}

type Joined = Pick<Tables, 'client_grants' | 'resource_servers'>

function joined(db: Db): SelectQueryBuilder<Joined & Tables, keyof Joined, object> {
  return db
    .selectFrom('client_grants')
    .innerJoin('resource_servers', 'resource_servers.id', 'client_grants.resource_server_id')
}

function selected(db: Db) {
  return joined(db).selectAll('client_grants').select('resource_servers.identifier')
}

function grantOf(row: Selectable<ClientGrantsTable> & { identifier: string }): ClientGrant {
  const { id, client_id, identifier, scope, subject_type, settings, created_at } = row
  // Nothing is stored that the schemas of the routes have not let through.
  return { id, client_id, audience: identifier, scope, subject_type, settings: settings as GrantSettings, created_at }
}
