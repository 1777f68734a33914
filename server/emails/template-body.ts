/** Bodies of the routes about templates. */
import { type Static, Type } from 'typebox'
import { ApiError } from '../http/errors.ts'
import { type AnyTemplateName, EMAIL_TEMPLATES, type TemplateSettings } from './templates.ts'

// Object.keys forgets the keys' type; they come from the table.
const NAMES = Object.keys(EMAIL_TEMPLATES) as AnyTemplateName[]
const closed = { additionalProperties: false } as const

function textOrNull(maxLength: number, description: string) {
  return Type.Union([Type.String({ maxLength, description }), Type.Null()])
}

const FIELDS = {
  body: textOrNull(200_000, 'HTML with Liquid'),
  from: textOrNull(500, 'Sender, Liquid'),
  subject: textOrNull(1_000, 'Subject, Liquid'),
  syntax: textOrNull(20, 'Syntax of the template: liquid'),
  enabled: Type.Union([Type.Boolean(), Type.Null()]),
}
const FURTHER = {
  resultUrl: Type.Optional(textOrNull(2_048, 'Where to go after the link')),
  urlLifetimeInSeconds: Type.Optional(
    Type.Union([
      Type.Number({ minimum: 0, maximum: 31_557_600, description: 'Seconds that the link is good' }),
      Type.Null(),
    ]),
  ),
  includeEmailInRedirect: Type.Optional(Type.Boolean()),
}

/** Body of a new template. */
export const NewTemplate = Type.Object({ template: Type.Enum(NAMES), ...FIELDS, ...FURTHER }, closed)

/** Body of a change, and the answer. */
export const TemplateChange = Type.Partial(NewTemplate, closed)

/** Whether there is such a template. */
export function isKnownTemplate(name: string): name is AnyTemplateName {
  return Object.hasOwn(EMAIL_TEMPLATES, name)
}

/**
 * A template after a change.
 * @throws ApiError invalid_body for Liquid that cannot be read, another syntax, and another template than the path's
 */
export async function templateAfter(
  template: AnyTemplateName,
  before: TemplateSettings | undefined,
  body: Static<typeof TemplateChange>,
): Promise<TemplateSettings> {
  if (body.template !== undefined && body.template !== template) refuse(`The path names ${template}.`)
  if (body.syntax && body.syntax !== 'liquid') refuse('The only syntax is liquid.')
  for (const name of ['body', 'subject', 'from', 'resultUrl'] as const) await refuseBroken(name, body[name])
  return { ...EMPTY, ...before, ...body, template }
}

const EMPTY = { body: null, from: null, subject: null, syntax: 'liquid', enabled: null }

async function refuseBroken(name: string, text: string | null | undefined): Promise<void> {
  if (!text) return
  // Loaded here, since a start is waited for.
  const { reasonOf, tenantLiquid } = await import('../liquid/liquid.ts')
  try {
    // It is read here and never run here.
    tenantLiquid().html.parse(text)
  } catch (error) {
    refuse(`The Liquid of ${name} cannot be read: ${reasonOf(error)}.`)
  }
}

function refuse(reason: string): never {
  throw new ApiError('invalid_body', { with: { reason: `${reason} Nothing was changed.` } })
}
