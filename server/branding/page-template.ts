/** The Liquid around the pages of signing in, as routes take it: Auth0's two tags in it, and tried before it is kept. */
import { type Static, Type } from 'typebox'
import { newToken } from '../base/ids.ts'
import type { JsonObject } from '../db/tables.ts'
import { ApiError } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { pageSandboxOf } from '../liquid/sandbox.ts'
import { whyHidden } from './visibility.ts'

const Template = Type.String({ minLength: 1, maxLength: 102_400, description: 'HTML with Liquid' })

/** Body of a new template: the text itself, or an object with it. */
export const PageTemplate = Type.Union([Template, Type.Object({ template: Template }, { additionalProperties: false })])

/** A template as it is answered. */
export const PageTemplateWire = Type.Object({ body: Type.String() })

/** TABLE: the tags that a template has to have. */
const TAGS = ['head', 'widget'] as const

/**
 * The text of a template that can be used: it has both tags, and a try in the sandbox went well.
 * @throws ApiError invalid_body, busy
 */
export async function checkedTemplate(server: Server, body: Static<typeof PageTemplate>): Promise<string> {
  const template = typeof body === 'string' ? body : body.template
  for (const tag of TAGS) {
    if (!new RegExp(`\\{%-?\\s*auth0:${tag}\\s*-?%\\}`).test(template)) refuse(`It has no {%- auth0:${tag} -%}.`)
  }
  try {
    for (const prompt of PROMPTS) {
      const sample = { ...SAMPLE, prompt: { name: prompt, screen: { name: prompt, texts: {} } } }
      await renderPageTemplate(server, template, { head: '', widget: '' }, sample)
    }
  } catch (error) {
    // Too many try theirs just now; it says nothing of this one.
    if (error instanceof ApiError) throw error
    refuse(error instanceof Error ? error.message : 'It cannot be read.')
  }
  return template
}

/** TABLE: the prompts that a template is tried with: those that nobody gets by without. */
const PROMPTS = ['login-id', 'login-password', 'signup', 'reset-password']

/** What a try shows besides. */
const SAMPLE: JsonObject = {
  application: { id: 'id', name: 'Application', logo_url: '', metadata: {} },
  branding: { logo_url: '', colors: { primary: '#000000', page_background: '#000000' } },
  tenant: { friendly_name: 'Tenant', support_email: '', support_url: '', enabled_locales: ['en'] },
  locale: 'en',
  dir: 'ltr',
}

/** A page, with our parts in it. Whoever wrote the template cannot know by what they are found. */
export type PageParts = { head: string; widget: string }

/**
 * Renders a template around the parts of a page.
 * @throws Error in words for the tenant: broken, too large, too slow, or a part is not shown
 */
export async function renderPageTemplate(
  server: Server,
  template: string,
  parts: PageParts,
  variables: JsonObject,
): Promise<string> {
  const slots = { head: slotName(), widget: slotName() }
  const { html = '' } = await pageSandboxOf(server).render({ body: template, plain: {}, variables, slots })
  let page = html
  for (const tag of TAGS) {
    if (!page.includes(slots[tag])) throw new Error(`auth0:${tag} is not shown.`)
    const reason = whyHidden(html, slots[tag], tag === 'widget')
    if (reason !== undefined) throw new Error(`auth0:${tag} is not shown: ${reason}.`)
    // The part goes in once; a function, since `$` in a replacement means something.
    page = page.replace(slots[tag], () => parts[tag]).replaceAll(slots[tag], '')
  }
  return page
}

function slotName(): string {
  return `slot-${newToken()}`
}

function refuse(reason: string): never {
  throw new ApiError('invalid_body', {
    with: { reason: `The template cannot be used: ${reason} Nothing was changed.` },
  })
}
