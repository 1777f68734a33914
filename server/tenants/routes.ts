import { checkAddresses } from '../clients/addresses.ts'
import { isDirectory } from '../connections/store.ts'
import type { Tx } from '../db/database.ts'
import { isManagementAudience } from '../http/audiences.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { pickFields } from '../http/fields.ts'
import { FieldsQuery } from '../http/paging.ts'
import type { Server } from '../http/server.ts'
import { findApi } from '../oidc/api-store.ts'
import { type TenantSettings, TenantSettingsUpdate, TenantSettingsWire } from './settings.ts'
import { readTenantSettings } from './store.ts'
import { updateTenantSettings } from './update.ts'

/** What of the settings does something; the others are there for tools that carry them from tenant to tenant. */
const IN_EFFECT =
  'All settings are kept and given back. In effect are the lifetimes of lasting sessions, name and support addresses, ' +
  'default audience and directory, logout addresses, the address of the error page, the languages of mails and ' +
  '`enable_public_signup_user_exists_error`; token quotas, security headers, pages in HTML and the rest are not.'

/** `/api/v2/tenants/settings`. */
export const tenantRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/tenants/settings',
    operationId: 'tenant_settings_route',
    summary: 'Get tenant settings',
    scope: ['read:tenant_settings'],
    withinOrganization: 'refused',
    query: FieldsQuery,
    reply: { 200: TenantSettingsWire },
    handler: async ({ db, query }) => pickFields(await readTenantSettings(db), query),
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/tenants/settings',
    operationId: 'patch_settings',
    summary: 'Update tenant settings',
    scope: ['update:tenant_settings'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: TenantSettingsUpdate,
    reply: { 200: TenantSettingsWire },
    partly: IN_EFFECT,
    handler: async ({ server, tx, body, audit }) => {
      checkAddresses({ allowed_logout_urls: body.allowed_logout_urls ?? [] })
      const { before, after } = await updateTenantSettings(tx, body)
      await refuseUnknown(server, tx, before, after)
      audit.target = { kind: 'tenant', id: 'settings' }
      audit.before = before
      return after
    },
  }),
]

/**
 * A default that leads nowhere would be found out by those who sign in. One that stays as it was is let through: tools send
 * back what they have read, and a realm may be taken from its connection.
 *
 * @throws ApiError invalid_body
 */
async function refuseUnknown({ config }: Server, tx: Tx, before: TenantSettings, after: TenantSettings): Promise<void> {
  const { default_directory: directory, default_audience: audience } = after
  if (directory !== '' && directory !== before.default_directory && !(await isDirectory(tx, directory))) {
    throw refuse(`default_directory is no connection: ${directory}. Create the connection first.`)
  }
  if (audience === '' || audience === before.default_audience || isManagementAudience(config, audience)) return
  if ((await findApi(tx, audience)) === undefined) {
    throw refuse(`default_audience is no API's identifier: ${audience}. Create the API first.`)
  }
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason } })
}
