import { checkAddresses } from '../clients/addresses.ts'
import { type Route, route } from '../http/define-route.ts'
import { pickFields } from '../http/fields.ts'
import { FieldsQuery } from '../http/paging.ts'
import { TenantSettingsUpdate, TenantSettingsWire } from './settings.ts'
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
    handler: async ({ tx, body, audit }) => {
      checkAddresses({ allowed_logout_urls: body.allowed_logout_urls ?? [] })
      const { before, after } = await updateTenantSettings(tx, body)
      audit.target = { kind: 'tenant', id: 'settings' }
      audit.before = before
      return after
    },
  }),
]
