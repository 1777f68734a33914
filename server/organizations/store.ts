/** SQL about organizations themselves. */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import { type Db, isUniqueViolation, type Tx } from '../db/database.ts'
import { checkpointOf, offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'
import type { Organization } from './organization.ts'

/** By what a list of organizations can be sorted. */
export type OrganizationOrder = { field: 'name' | 'display_name' | 'created_at'; isDescending: boolean }

/** Organizations that fit, the oldest first unless another order is named. */
export async function listOrganizations(
  db: Db,
  paging: Paging,
  { order, member, grant }: { order?: OrganizationOrder | undefined; member?: string; grant?: string } = {},
): Promise<Found<Organization>> {
  const matching = db
    .selectFrom('organizations as o')
    .$if(member !== undefined, (query) =>
      query.where(sql<boolean>`o.id in (select organization_id from memberships where user_id = ${member})`),
    )
    .$if(grant !== undefined, (query) =>
      query.where(
        sql<boolean>`o.id in (select organization_id from organization_client_grants where grant_id = ${grant})`,
      ),
    )
  const after = checkpointOf(paging)
  const { field, isDescending } = order ?? { field: 'created_at', isDescending: false }
  const rows = await matching
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(o.created_at, o.id) > (${after?.time}::timestamptz, ${after?.id})`),
    )
    .selectAll()
    .orderBy(`o.${field}`, isDescending ? (row) => row.desc().nullsLast() : (row) => row.asc().nullsLast())
    .orderBy('o.id', isDescending ? 'desc' : 'asc')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  return await withTotal(rows, matching, paging)
}

/** The organization with this id; undefined when there is none. */
export async function findOrganization(db: Db, id: string): Promise<Organization | undefined> {
  return await db.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Those among these ids that there are, by id. */
export async function findOrganizations(db: Db, ids: readonly string[]): Promise<Map<string, Organization>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('organizations').selectAll().where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** The same by its name. */
export async function findOrganizationByName(db: Db, name: string): Promise<Organization | undefined> {
  return await db.selectFrom('organizations').selectAll().where('name', '=', name).executeTakeFirst()
}

/** @throws ApiError inexistent_organization */
export async function requireOrganization(db: Db, id: string): Promise<Organization> {
  const organization = await findOrganization(db, id)
  if (!organization) throw new ApiError('inexistent_organization')
  return organization
}

/** The same; it stays as long as the transaction runs. @throws ApiError inexistent_organization */
export async function holdOrganization(tx: Tx, id: string): Promise<Organization> {
  const row = await tx.selectFrom('organizations').selectAll().where('id', '=', id).forKeyShare().executeTakeFirst()
  if (!row) throw new ApiError('inexistent_organization')
  return row
}

/**
 * The same, locked for a change of it, or of who has which rights in it.
 * @throws ApiError inexistent_organization
 */
export async function lockOrganization(tx: Tx, id: string): Promise<Organization> {
  const row = await tx.selectFrom('organizations').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
  if (!row) throw new ApiError('inexistent_organization')
  return row
}

/** Stores a new one. @throws ApiError organization_exists */
export async function insertOrganization(tx: Tx, organization: Organization): Promise<void> {
  const { branding, metadata, settings, rules, ...row } = organization
  await orExists(
    tx
      .insertInto('organizations')
      .values({
        ...row,
        branding: jsonOrNull(branding),
        metadata: jsonOrNull(metadata),
        settings: JSON.stringify(settings),
        rules: JSON.stringify(rules),
      })
      .execute(),
  )
}

/** Stores a changed one. @throws ApiError organization_exists */
export async function saveOrganization(tx: Tx, organization: Organization): Promise<void> {
  const { id, created_at: _, branding, metadata, settings, rules, ...row } = organization
  await orExists(
    tx
      .updateTable('organizations')
      .set({
        ...row,
        branding: jsonOrNull(branding),
        metadata: jsonOrNull(metadata),
        settings: JSON.stringify(settings),
        rules: JSON.stringify(rules),
        updated_at: now(),
      })
      .where('id', '=', id)
      .execute(),
  )
}

/** Removes one with all that is of it; its members stay users. */
export async function deleteOrganization(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('organizations').where('id', '=', id).execute()
}

function jsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value)
}

async function orExists(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (isUniqueViolation(error)) throw new ApiError('organization_exists', { cause: error })
    throw error
  }
}
