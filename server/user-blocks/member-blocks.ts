/** The blocks of a member as the administrators of an organization see them. */
import { sql } from 'kysely'
import { type Block, listBlocks } from '../attack-protection/store.ts'
import type { OrganizationActor } from '../authorization/visible-to.ts'
import type { Db } from '../db/database.ts'

/**
 * The blocks, the oldest first, without the names of connections that are not open to the organization: another may be
 * another customer's. Of an account that is the person's own the addresses from which he comes are left out as well.
 */
export async function listMemberBlocks(
  db: Db,
  { organizationId }: OrganizationActor,
  userId: string,
  options: { onlyObeyed: boolean },
): Promise<Block[]> {
  const blocks = await listBlocks(db, { userId }, options)
  if (blocks.length === 0) return []
  const { rows } = await sql<{ is_managed: boolean; connections: string[] }>`
    select coalesce(u.managing_organization_id = ${organizationId}, false) as is_managed,
      array(select c.name from connections c join organization_connections oc on oc.connection_id = c.id
        where oc.organization_id = ${organizationId} and oc.is_enabled) as connections
    from users u where u.user_id = ${userId}`.execute(db)
  const [{ is_managed: isManaged, connections } = { is_managed: false, connections: [] }] = rows
  return blocks.map(({ identifier, ip, connection }) => ({
    identifier,
    ...(ip !== undefined && isManaged ? { ip } : {}),
    ...(connection !== undefined && connections.includes(connection) ? { connection } : {}),
  }))
}
