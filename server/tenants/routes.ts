import { checkAddresses } from '../clients/addresses.ts'
import { type Route, route } from '../http/define-route.ts'
import { pickFields } from '../http/fields.ts'
import { FieldsQuery } from '../http/paging.ts'
import { TenantSettingsUpdate, TenantSettingsWire } from './settings.ts'
import { readTenantSettings } from './store.ts'
import { updateTenantSettings } from './update.ts'

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
    partly: 'Token quotas and custom security headers are refused.',
    handler: async ({ tx, body, audit }) => {
      checkAddresses({ allowed_logout_urls: body.allowed_logout_urls ?? [] })
      const { before, after } = await updateTenantSettings(tx, body)
      audit.target = { kind: 'tenant', id: 'settings' }
      audit.before = before
      return after
    },
  }),
]
