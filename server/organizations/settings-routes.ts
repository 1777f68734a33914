import { type Route, route } from '../http/define-route.ts'
import { OrganizationId } from './organization.ts'
import { OrganizationSettingsReply, OrganizationSettingsUpdate, settingsWire } from './settings.ts'
import { updateOrganizationSettings } from './settings-change.ts'
import { requireOrganization } from './store.ts'

/** `/api/v2/organizations/{id}/settings`, which Auth0 does not have. */
export const organizationSettingsRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/settings',
    operationId: 'get_organization_settings',
    summary: 'Get the settings of an organization',
    ours: true,
    scope: ['read:organizations'],
    withinOrganization: 'organization',
    params: OrganizationId,
    reply: { 200: OrganizationSettingsReply },
    handler: async ({ db, params }) => settingsWire(await requireOrganization(db, params.id)),
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/organizations/:id/settings',
    operationId: 'patch_organization_settings',
    summary: 'Update the settings of an organization',
    ours: true,
    scope: ['update:organizations'],
    withinOrganization: 'organization',
    event: 'sapi',
    params: OrganizationId,
    body: OrganizationSettingsUpdate,
    reply: { 200: OrganizationSettingsReply },
    handler: async ({ tx, actor, params, body, audit }) => {
      const { before, after } = await updateOrganizationSettings(tx, actor, params.id, body)
      Object.assign(audit, {
        target: { kind: 'organization', id: params.id },
        organizationId: params.id,
        before: settingsWire(before),
      })
      return settingsWire(after)
    },
  }),
]
