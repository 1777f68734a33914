/**
 * Which applications are open to somebody. All are, until one is closed to him: by the tenant everywhere, by an organization
 * for sign-ins to it. He cannot sign in to it then, nor refresh a token, while others work; signed tokens that he has are
 * good until they expire.
 */
import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import { isBuiltInClient } from '../clients/built-in.ts'
import type { Db, Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { refuseMembers } from '../organizations/protection.ts'
import { revokeRefreshTokens } from '../refresh-tokens/revoke.ts'
import { requireUser } from '../users/require-user.ts'

/** An application, and whether it is closed to him. */
export const ApplicationAccess = Type.Object({
  client_id: Type.String(),
  name: Type.String(),
  closed: Type.Boolean(),
  closed_at: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  organization_id: Type.Optional(
    Type.String({ description: 'Which closed it for sign-ins to it; none for the tenant' }),
  ),
})

type Access = Static<typeof ApplicationAccess>

type Row = {
  client_id: string
  name: string
  closed_at: Date | null
  reason: string | null
  organization_id: string | null
}

/** What members of an organization use, as a condition on `c`: what is associated with it, and what takes organizations. */
const isOfOrganization = (organizationId: string) => sql<boolean>`
  (c.settings->>'organization_usage' in ('allow', 'require') or exists (select from organization_clients oc
    where oc.organization_id = ${organizationId} and oc.client_id = c.client_id))`

/**
 * For an organization: every application that its members use, and whether it has closed it to him. For whoever acts for the
 * tenant: those that are closed to him, by whomever.
 */
export async function listAccess(db: Db, actor: Actor, userId: string): Promise<Static<typeof ApplicationAccess>[]> {
  await requireUser(db, actor, userId)
  const organizationId = organizationOf(actor)
  const found =
    organizationId === undefined
      ? await sql<Row>`
          select b.client_id, c.name, b.closed_at, b.reason, b.organization_id
          from closed_applications b join clients c on c.client_id = b.client_id
          where b.user_id = ${userId} order by c.name, b.client_id, b.organization_id nulls first`.execute(db)
      : await sql<Row>`
          select c.client_id, c.name, b.closed_at, b.reason, b.organization_id
          from clients c left join closed_applications b
            on b.client_id = c.client_id and b.user_id = ${userId} and b.organization_id = ${organizationId}
          where not c.is_global and ${isOfOrganization(organizationId)} order by c.name, c.client_id limit 1000`.execute(
          db,
        )
  return found.rows.filter(({ client_id }) => !isBuiltInClient(client_id)).map(wire)
}

function wire({ client_id, name, closed_at, reason, organization_id }: Row): Static<typeof ApplicationAccess> {
  if (closed_at === null) return { client_id, name, closed: false }
  return {
    client_id,
    name,
    closed: true,
    closed_at: closed_at.toISOString(),
    ...(reason === null ? {} : { reason }),
    ...(organization_id === null ? {} : { organization_id }),
  }
}

/** Which application to close to whom, or to open. */
export type AccessChange = { userId: string; clientId: string; closed: boolean; reason: string | undefined }

/**
 * Closes or opens it, and answers how it was and how it is; said twice, it stays as it is.
 * @throws ApiError inexistent_user; inexistent_client, also for one that is none of the organization's; own_membership,
 *   member_above
 */
export async function changeAccess(
  tx: Tx,
  actor: Actor,
  { userId, clientId, closed, reason }: AccessChange,
  request: RequestInfo,
): Promise<{ before: Access; after: Access }> {
  const organization_id = organizationOf(actor) ?? null
  await requireUser(tx, actor, userId)
  const client = await findClientFor(tx, organization_id, clientId)
  await refuseMembers(tx, actor, [userId])
  const open = { client_id: clientId, name: client.name, closed: false }
  const known = await tx
    .selectFrom('closed_applications')
    .select(['closed_at', 'reason'])
    .where('user_id', '=', userId)
    .where('client_id', '=', clientId)
    .where('organization_id', 'is not distinct from', organization_id)
    .forUpdate()
    .executeTakeFirst()
  const before = known ? wire({ client_id: clientId, name: client.name, organization_id, ...known }) : open
  if (!closed) {
    await tx
      .deleteFrom('closed_applications')
      .where('user_id', '=', userId)
      .where('client_id', '=', clientId)
      .where('organization_id', 'is not distinct from', organization_id)
      .execute()
    return { before, after: open }
  }
  const row = { user_id: userId, client_id: clientId, organization_id, reason: reason ?? null, closed_at: now() }
  const stored = await tx
    .insertInto('closed_applications')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'client_id', 'organization_id']).doUpdateSet({ reason: row.reason }),
    )
    .returning(['closed_at', 'reason'])
    .executeTakeFirstOrThrow()
  await endGiven(tx, actor, { userId, clientId, organizationId: organization_id }, request)
  return { before, after: wire({ client_id: clientId, name: client.name, organization_id, ...stored }) }
}

async function findClientFor(tx: Tx, organizationId: string | null, clientId: string): Promise<{ name: string }> {
  const client = await tx
    .selectFrom('clients as c')
    .select('c.name')
    .where('c.client_id', '=', clientId)
    .where('c.is_global', '=', false)
    .$if(organizationId !== null, (query) => query.where(isOfOrganization(organizationId ?? '')))
    .forKeyShare()
    .executeTakeFirst()
  if (!client || isBuiltInClient(clientId)) throw new ApiError('inexistent_client')
  return client
}

/** Codes and opaque tokens go; refresh tokens of other organizations stay, and are refused where they may not be used. */
async function endGiven(
  tx: Tx,
  actor: Actor,
  { userId, clientId, organizationId }: { userId: string; clientId: string; organizationId: string | null },
  request: RequestInfo,
): Promise<void> {
  await tx
    .deleteFrom('oidc_artifacts')
    .where('user_id', '=', userId)
    .where('client_id', '=', clientId)
    .where('kind', 'in', ['AuthorizationCode', 'AccessToken'])
    .$if(organizationId !== null, (query) => query.where('organization_id', '=', organizationId ?? ''))
    .execute()
  if (organizationId === null) await revokeRefreshTokens(tx, actor, { userId, clientId }, request)
}
