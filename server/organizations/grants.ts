/** Which client grants an organization is associated with: how they are told of, and the SQL about them. */
import { type Static, Type } from 'typebox'
import { now } from '../base/clock.ts'
import type { ClientGrant, GrantSettings } from '../client-grants/client-grant.ts'
import { findClientGrant } from '../client-grants/store.ts'
import { type Db, isUniqueViolation, type Tx } from '../db/database.ts'
import { offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'

/** A client grant of an organization on the wire. */
export const OrganizationGrantReply = Type.Object({
  id: Type.String(),
  client_id: Type.String(),
  audience: Type.String(),
  scope: Type.Array(Type.String()),
  organization_usage: Type.Optional(Type.String()),
  allow_any_organization: Type.Optional(Type.Boolean()),
})

type Grant = Pick<ClientGrant, 'id' | 'client_id' | 'audience' | 'scope' | 'settings'>

/** Makes the answer. */
export function organizationGrantWire(grant: Grant): Static<typeof OrganizationGrantReply> {
  const { id, client_id, audience, scope, settings } = grant
  const { organization_usage, allow_any_organization } = settings
  return {
    id,
    client_id,
    audience,
    scope,
    ...(organization_usage === undefined ? {} : { organization_usage }),
    ...(allow_any_organization === undefined ? {} : { allow_any_organization }),
  }
}

/** What narrows a list of them down. */
export type GrantFilter = { audience?: string; client_id?: string; grant_ids?: string[] }

/** The grants that an organization is associated with, the first one first. */
export async function listOrganizationGrants(
  db: Db,
  organizationId: string,
  { audience, client_id, grant_ids }: GrantFilter,
  paging: Paging,
): Promise<Found<Grant>> {
  const matching = db
    .selectFrom('organization_client_grants as og')
    .innerJoin('client_grants as g', 'g.id', 'og.grant_id')
    .innerJoin('resource_servers as a', 'a.id', 'g.resource_server_id')
    .where('og.organization_id', '=', organizationId)
    .$if(audience !== undefined, (query) => query.where('a.identifier', '=', audience ?? ''))
    .$if(client_id !== undefined, (query) => query.where('g.client_id', '=', client_id ?? ''))
    .$if(grant_ids !== undefined, (query) => query.where((eb) => eb('g.id', '=', eb.fn.any(eb.val(grant_ids ?? [])))))
  const rows = await matching
    .select(['g.id', 'g.client_id', 'a.identifier as audience', 'g.scope', 'g.settings'])
    .orderBy('og.created_at')
    .orderBy('g.id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  // Nothing is stored that the schemas of the routes have not let through.
  const grants = rows.map((row) => ({ ...row, settings: row.settings as GrantSettings }))
  return await withTotal(grants, matching, paging)
}

/** Associates a grant with an organization. @throws ApiError inexistent_client_grant, organization_client_grant_exists */
export async function associateGrant(tx: Tx, organizationId: string, grantId: string): Promise<Grant> {
  const grant = await findClientGrant(tx, grantId)
  if (!grant) throw new ApiError('inexistent_client_grant')
  try {
    await tx
      .insertInto('organization_client_grants')
      .values({ organization_id: organizationId, grant_id: grantId, created_at: now() })
      .execute()
  } catch (error) {
    if (isUniqueViolation(error)) throw new ApiError('organization_client_grant_exists', { cause: error })
    throw error
  }
  return grant
}

/** Ends the association. @throws ApiError inexistent_client_grant where there was none */
export async function dissociateGrant(tx: Tx, organizationId: string, grantId: string): Promise<void> {
  const { numDeletedRows } = await tx
    .deleteFrom('organization_client_grants')
    .where('organization_id', '=', organizationId)
    .where('grant_id', '=', grantId)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new ApiError('inexistent_client_grant')
}
