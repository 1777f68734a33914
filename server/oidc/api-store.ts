/** SQL about APIs, as tokens for people need it: what they offer, and what a person may do there. */
import type { Holder } from '../authorization/administrative-scopes.ts'
import type { Db } from '../db/database.ts'
import type { TokenSettings } from './store.ts'

/** An API as tokens for people need it. */
export type Api = {
  id: string
  identifier: string
  name: string
  system_name: 'management' | 'my-account' | null
  scopes: { value: string; description?: string }[]
  settings: ApiSettings
  signing_secret_encrypted: string | null
}

/** Of an API's settings, those that shape people's tokens. */
export type ApiSettings = TokenSettings & {
  token_lifetime_for_web?: number
  allow_offline_access?: boolean
  subject_type_authorization?: { user?: { policy?: 'allow_all' | 'deny_all' | 'require_client_grant' } }
}

/** The API with this identifier; undefined when there is none. */
export async function findApi(db: Db, identifier: string): Promise<Api | undefined> {
  const row = await db
    .selectFrom('resource_servers')
    .select(['id', 'identifier', 'name', 'system_name', 'scopes', 'settings', 'signing_secret_encrypted'])
    .where('identifier', '=', identifier)
    .executeTakeFirst()
  // The schema of the routes has made sure of the settings.
  return row && { ...row, settings: row.settings as ApiSettings }
}

/** What a client may ask of people for an API; undefined when it has no grant for that. */
export async function findUserGrant(
  db: Db,
  clientId: string,
  apiId: string,
): Promise<{ scopes: ReadonlySet<string>; allowsAllScopes: boolean } | undefined> {
  const row = await db
    .selectFrom('client_grants')
    .select(['scope', 'settings'])
    .where('client_id', '=', clientId)
    .where('resource_server_id', '=', apiId)
    .where('subject_type', '=', 'user')
    .executeTakeFirst()
  return row && { scopes: new Set(row.scope), allowsAllScopes: row.settings.allow_all_scopes === true }
}

/**
 * What a user may do at an API: what was given to him directly, what his roles permit and, signed in to an organization,
 * what his roles there do.
 */
export async function listUserPermissions(
  db: Db,
  { userId, organizationId }: Holder,
  apiId: string,
): Promise<ReadonlySet<string>> {
  const direct = db
    .selectFrom('user_permissions')
    .select('permission')
    .where('user_id', '=', userId)
    .where('resource_server_id', '=', apiId)
  const rows = await db
    .selectFrom('user_roles')
    .innerJoin('role_permissions', 'role_permissions.role_id', 'user_roles.role_id')
    .select('role_permissions.permission')
    .where('user_roles.user_id', '=', userId)
    .where('role_permissions.resource_server_id', '=', apiId)
    .union(direct)
    .$if(organizationId !== undefined, (query) => query.union(heldWithin(db, userId, organizationId ?? '', apiId)))
    .execute()
  return new Set(rows.map(({ permission }) => permission))
}

function heldWithin(db: Db, userId: string, organizationId: string, apiId: string) {
  return db
    .selectFrom('membership_roles')
    .innerJoin('role_permissions', 'role_permissions.role_id', 'membership_roles.role_id')
    .select('role_permissions.permission')
    .where('membership_roles.organization_id', '=', organizationId)
    .where('membership_roles.user_id', '=', userId)
    .where('role_permissions.resource_server_id', '=', apiId)
}
