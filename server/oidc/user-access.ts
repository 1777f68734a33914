/**
 * Which of an API's scopes a person can give to an application. An API may leave that to grants or refuse it; with role
 * based access control only what the person's roles permit is left. Of our own APIs, an application gets what concerns
 * the person's own account alone, whoever signs in: nobody's rights over the tenant leave through an ordinary client.
 */
import { errors } from 'oidc-provider'
import { listAdministrativeScopes } from '../authorization/administrative-scopes.ts'
import { OWN_ACCOUNT_SCOPES } from '../authorization/scopes.ts'
import { ADMIN_CLIENT } from '../clients/built-in.ts'
import type { StoredClient } from '../clients/client.ts'
import type { Db } from '../db/database.ts'
import { type Api, findUserGrant, listUserPermissions } from './api-store.ts'

/** Who asks for what. Without a user all that could be granted. */
export type AccessQuestion = {
  api: Api
  client: StoredClient
  userId: string | undefined
  organizationId: string | undefined
}

/** The scopes. @throws CustomOIDCProviderError access_denied where the API is closed to this application */
export async function grantableScopes(db: Db, { api, ...asks }: AccessQuestion): Promise<string[]> {
  const { client, userId, organizationId } = asks
  const names = api.scopes.map(({ value }) => value)
  if (api.system_name === 'management') {
    const held = await heldScopes(db, asks)
    return names.filter((name) => MANAGEMENT_OWN.has(name) || held.has(name))
  }
  if (api.system_name === 'my-account') return client.is_first_party ? names : []
  const allowed = await allowedToClient(db, api, client, names)
  if (!api.settings.enforce_policies || userId === undefined) return allowed
  const permitted = await listUserPermissions(db, { userId, organizationId }, api.id)
  return allowed.filter((name) => permitted.has(name))
}

/** Rights over others reach the admin portal alone, and there what the person holds at present: in his organization, or tenant-wide. */
async function heldScopes(
  db: Db,
  { client, userId, organizationId }: Omit<AccessQuestion, 'api'>,
): Promise<ReadonlySet<string>> {
  if (client.client_id !== ADMIN_CLIENT || userId === undefined) return new Set()
  return await listAdministrativeScopes(db, { userId, organizationId })
}

// Auth0 leaves the deletion of one's own account out.
const MANAGEMENT_OWN: ReadonlySet<string> = new Set(
  [...OWN_ACCOUNT_SCOPES].filter((name) => name !== 'delete:current_user'),
)

async function allowedToClient(db: Db, api: Api, client: StoredClient, names: string[]): Promise<string[]> {
  const policy = api.settings.subject_type_authorization?.user?.policy ?? 'allow_all'
  if (policy === 'allow_all') return names
  const grant = policy === 'deny_all' ? undefined : await findUserGrant(db, client.client_id, api.id)
  if (!grant) {
    throw new errors.CustomOIDCProviderError(
      'access_denied',
      `Client "${client.client_id}" is not authorized to access resource server "${api.identifier}".`,
    )
  }
  return grant.allowsAllScopes ? names : names.filter((name) => grant.scopes.has(name))
}
