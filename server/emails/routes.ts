/** `/api/v2/email-templates` and `/api/v2/emails/provider`. */
import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { pickFields } from '../http/fields.ts'
import { FieldsQuery } from '../http/paging.ts'
import {
  NewProvider,
  ProviderChange,
  ProviderReply,
  providerAfter,
  providerWire,
  type ShownProvider,
} from './provider.ts'
import {
  deleteProvider,
  findProvider,
  findTemplate,
  lockProvider,
  lockTemplate,
  saveProvider,
  saveTemplate,
} from './store.ts'
import { isKnownTemplate, NewTemplate, TemplateChange, templateAfter } from './template-body.ts'
import type { AnyTemplateName } from './templates.ts'

const TemplateParams = Type.Object({ templateName: Type.String({ maxLength: 100 }) })

/** What of a provider is missing. */
const SMTP_ALONE = 'SMTP alone, which every provider of mail speaks; the others by name are refused.'

/** @throws ApiError inexistent_email_template */
function nameOf(templateName: string): AnyTemplateName {
  if (!isKnownTemplate(templateName)) throw new ApiError('inexistent_email_template')
  return templateName
}

export const emailRoutes: readonly Route[] = [
  route({
    kind: 'change',
    method: 'POST',
    url: '/email-templates',
    operationId: 'post_email-templates',
    summary: 'Create an email template',
    scope: ['create:email_templates'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: NewTemplate,
    reply: { 200: TemplateChange },
    handler: async ({ tx, body, audit }) => {
      if (await lockTemplate(tx, body.template)) {
        throw new ApiError('email_template_exists', { with: { template: body.template } })
      }
      audit.target = { kind: 'email_template', id: body.template }
      const settings = await templateAfter(body.template, undefined, body)
      await saveTemplate(tx, settings)
      return settings
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/email-templates/:templateName',
    operationId: 'get_email-templates_by_templateName',
    summary: 'Get an email template',
    scope: ['read:email_templates'],
    withinOrganization: 'refused',
    params: TemplateParams,
    reply: { 200: TemplateChange },
    handler: async ({ db, params }) => {
      const settings = await findTemplate(db, nameOf(params.templateName))
      if (!settings) throw new ApiError('inexistent_email_template')
      return settings
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/email-templates/:templateName',
    operationId: 'patch_email-templates_by_templateName',
    summary: 'Patch an email template',
    scope: ['update:email_templates'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: TemplateParams,
    body: TemplateChange,
    reply: { 200: TemplateChange },
    handler: async ({ tx, params, body, audit }) => {
      const template = nameOf(params.templateName)
      const before = await lockTemplate(tx, template)
      if (!before) throw new ApiError('inexistent_email_template')
      const settings = await templateAfter(template, before, body)
      Object.assign(audit, { target: { kind: 'email_template', id: template }, before })
      await saveTemplate(tx, settings)
      return settings
    },
  }),
  route({
    kind: 'change',
    method: 'PUT',
    url: '/email-templates/:templateName',
    operationId: 'put_email-templates_by_templateName',
    summary: 'Update an email template',
    scope: ['update:email_templates'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: TemplateParams,
    body: NewTemplate,
    reply: { 200: TemplateChange },
    handler: async ({ tx, params, body, audit }) => {
      const template = nameOf(params.templateName)
      const before = await lockTemplate(tx, template)
      const settings = await templateAfter(template, undefined, body)
      Object.assign(audit, { target: { kind: 'email_template', id: template }, before })
      await saveTemplate(tx, settings)
      return settings
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/emails/provider',
    operationId: 'get_provider',
    summary: 'Get email provider',
    scope: ['read:email_provider'],
    withinOrganization: 'refused',
    query: FieldsQuery,
    reply: { 200: ProviderReply },
    handler: async ({ db, query }) => {
      const stored = await findProvider(db)
      if (!stored) throw new ApiError('inexistent_email_provider')
      return pick(providerWire(stored), query)
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/emails/provider',
    operationId: 'post_provider',
    summary: 'Configure email provider',
    partly: SMTP_ALONE,
    scope: ['create:email_provider'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: NewProvider,
    reply: { 201: ProviderReply },
    handler: async ({ tx, server, body, audit }) => {
      if (await lockProvider(tx)) throw new ApiError('email_provider_exists')
      audit.target = { kind: 'email_provider', id: body.name }
      await saveProvider(tx, providerAfter(server.secrets, undefined, body))
      return await shown(tx)
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/emails/provider',
    operationId: 'patch_provider',
    summary: 'Update email provider',
    partly: SMTP_ALONE,
    scope: ['update:email_provider'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: ProviderChange,
    reply: { 200: ProviderReply },
    handler: async ({ tx, server, body, audit }) => {
      const before = await lockProvider(tx)
      if (!before) throw new ApiError('inexistent_email_provider')
      Object.assign(audit, { target: { kind: 'email_provider', id: before.name }, before: providerWire(before) })
      await saveProvider(tx, providerAfter(server.secrets, before, body))
      return await shown(tx)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/emails/provider',
    operationId: 'delete_provider',
    summary: 'Delete email provider',
    scope: ['delete:email_provider'],
    withinOrganization: 'refused',
    event: 'sapi',
    reply: { 204: Type.Null() },
    handler: async ({ tx, audit }) => {
      const before = await lockProvider(tx)
      if (!before) throw new ApiError('inexistent_email_provider')
      Object.assign(audit, { target: { kind: 'email_provider', id: before.name }, before: providerWire(before) })
      await deleteProvider(tx)
      return null
    },
  }),
]

async function shown(db: Parameters<typeof findProvider>[0]): Promise<ShownProvider> {
  const stored = await findProvider(db)
  if (!stored) throw new Error('A provider that was just stored is not there.')
  return providerWire(stored)
}

/** Auth0: name and `enabled` alone, unless fields are asked for. */
function pick(provider: ShownProvider, query: { fields?: string; include_fields?: boolean }): object {
  return pickFields(provider, query.fields ? query : { fields: 'name,enabled' })
}
