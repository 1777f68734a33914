/** The identity providers elsewhere at which one may sign in for an application, or to an organization. */
import { sql } from 'kysely'
import { isBuiltInClient } from '../clients/built-in.ts'
import { type Connection, connectionOf } from '../connections/connection.ts'
import { oidcOptionsOf } from '../connections/strategies/oidc.ts'
import { OIDC_STRATEGY } from '../connections/strategy-names.ts'
import type { Db } from '../db/database.ts'
import type { Place } from './offered-connections.ts'

/** A provider. `domains` lead to it; without a button, they are the only way. */
export type OfferedProvider = {
  connection: Connection
  label: string
  hasButton: boolean
  domains: readonly string[]
}

/**
 * What is open to the application; in an organization what that one has enabled. Our own portals are open to all people, but
 * do not show everybody who the customers are: there, outside an organization, an address leads to the provider.
 */
export async function offeredProviders(db: Db, { clientId, organizationId }: Place): Promise<OfferedProvider[]> {
  const isOurs = isBuiltInClient(clientId)
  const rows = await db
    .selectFrom('connections as c')
    .$if(organizationId !== undefined, (query) =>
      query
        .innerJoin('organization_connections as oc', 'oc.connection_id', 'c.id')
        .where('oc.organization_id', '=', organizationId ?? '')
        .where('oc.is_enabled', '=', true)
        .select('oc.show_as_button'),
    )
    .$if(organizationId === undefined && !isOurs, (query) =>
      query.where(
        sql<boolean>`exists (select from connection_clients cc where cc.connection_id = c.id and cc.client_id = ${clientId})`,
      ),
    )
    .selectAll('c')
    .where('c.strategy', '=', OIDC_STRATEGY)
    .orderBy('c.created_at')
    .orderBy('c.id')
    .execute()
  return rows.map((row) => {
    const connection = connectionOf(row)
    const wantsButton = organizationId === undefined ? connection.settings.show_as_button : row.show_as_button
    return {
      connection,
      label: connection.displayName ?? connection.name,
      hasButton: wantsButton !== false && !(isOurs && organizationId === undefined),
      domains: oidcOptionsOf(connection).domain_aliases ?? [],
    }
  })
}

/** The one to which an address leads. */
export function providerOfAddress(
  providers: readonly OfferedProvider[],
  identifier: string,
): OfferedProvider | undefined {
  const domain = identifier.slice(identifier.lastIndexOf('@') + 1).toLowerCase()
  return identifier.includes('@') ? providers.find(({ domains }) => domains.includes(domain)) : undefined
}
