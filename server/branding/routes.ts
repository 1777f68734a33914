/** `/api/v2/branding`, its page template and its theme. */
import { Type } from 'typebox'
import { NO_CONTENT, type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { BrandingChange, BrandingWire, brandingAfter } from './branding.ts'
import { checkedTemplate, PageTemplate, PageTemplateWire } from './page-template.ts'
import { lockBranding, readBranding, readPageTemplate, saveBranding, savePageTemplate } from './store.ts'
import { themeRoutes } from './theme-routes.ts'

export const brandingRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/branding',
    operationId: 'get_branding',
    summary: 'Get branding settings',
    scope: ['read:branding'],
    withinOrganization: 'refused',
    reply: { 200: BrandingWire },
    handler: async ({ db }) => await readBranding(db),
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/branding',
    operationId: 'patch_branding',
    summary: 'Update branding settings',
    scope: ['update:branding'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: BrandingChange,
    reply: { 200: BrandingWire },
    partly: 'Pages show a gradient as the color that it starts with.',
    handler: async ({ tx, body, audit }) => {
      await lockBranding(tx)
      const before = await readBranding(tx)
      const after = brandingAfter(before, body)
      await saveBranding(tx, after)
      Object.assign(audit, { target: { kind: 'branding', id: 'settings' }, before })
      return after
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/branding/templates/universal-login',
    operationId: 'get_universal-login',
    summary: 'Get template for the login pages',
    scope: ['read:branding'],
    withinOrganization: 'refused',
    reply: { 200: PageTemplateWire },
    handler: async ({ db }) => {
      const body = await readPageTemplate(db)
      if (body === undefined) throw new ApiError('inexistent_page_template')
      return { body }
    },
  }),
  route({
    kind: 'change',
    method: 'PUT',
    url: '/branding/templates/universal-login',
    operationId: 'put_universal-login',
    summary: 'Set template for the login pages',
    scope: ['update:branding'],
    withinOrganization: 'refused',
    event: 'sapi',
    takesHtml: true,
    body: PageTemplate,
    // The first one is 201 with an empty object, each later one 204.
    reply: { 201: Type.Object({}) },
    partly: 'Scripts and style attributes in it do not run; style elements do, and images by https.',
    prepare: async ({ server, body }) => await checkedTemplate(server, body),
    handler: async ({ tx, prepared, audit }) => {
      await lockBranding(tx)
      const before = await readPageTemplate(tx)
      const template = String(prepared)
      await savePageTemplate(tx, template)
      Object.assign(audit, { target: { kind: 'page_template', id: 'universal-login' }, before, after: template })
      return before === undefined ? {} : NO_CONTENT
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/branding/templates/universal-login',
    operationId: 'delete_universal-login',
    summary: 'Delete template for the login pages',
    scope: ['delete:branding'],
    withinOrganization: 'refused',
    event: 'sapi',
    reply: { 204: Type.Null() },
    handler: async ({ tx, audit }) => {
      await lockBranding(tx)
      const before = await readPageTemplate(tx)
      if (before !== undefined) await savePageTemplate(tx, null)
      Object.assign(audit, { target: { kind: 'page_template', id: 'universal-login' }, before })
    },
  }),
  ...themeRoutes,
]
