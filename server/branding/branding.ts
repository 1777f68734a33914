/**
 * How the tenant's pages look: its colours, logo, icon and font (`/branding`), one theme that says all of it in detail
 * (`themes`), and Liquid of its own around the pages of signing in (`templates/universal-login`). What of it is shown,
 * and how it stays readable, is the pages' matter.
 *
 * @see docs/decisions/0016-themes-and-templates-of-a-tenant.md
 */
import { type Static, Type } from 'typebox'

const closed = { additionalProperties: false } as const

/** An address that pages may load something from: https, and nothing in it that ends an attribute or a policy. */
export const LOADABLE = '^https://[^\\s"\'<>\\\\;,`(){}\\u0000-\\u001f]+$'

const Address = Type.Optional(
  Type.Union([
    Type.String({ format: 'strict-https-uri-or-null', maxLength: 2_048, description: 'Address, https' }),
    Type.Null(),
  ]),
)
const Color = Type.String({ format: 'html-color-or-null', description: 'Color, such as #23408e' })

/** From one color to another. */
const Gradient = Type.Object(
  {
    type: Type.Optional(Type.String({ maxLength: 50 })),
    start: Type.Optional(Color),
    end: Type.Optional(Color),
    angle_deg: Type.Optional(Type.Number({ minimum: -360, maximum: 360 })),
  },
  { additionalProperties: false, description: 'A gradient' },
)

/** Body of a change. */
export const BrandingChange = Type.Object(
  {
    colors: Type.Optional(
      Type.Union([
        Type.Object(
          {
            primary: Type.Optional(Type.Union([Color, Type.Null()])),
            page_background: Type.Optional(Type.Union([Color, Gradient, Type.Null()])),
          },
          { ...closed, minProperties: 1 },
        ),
        Type.Null(),
      ]),
    ),
    favicon_url: Address,
    logo_url: Address,
    font: Type.Optional(Type.Union([Type.Object({ url: Address }, closed), Type.Null()])),
  },
  closed,
)

const Text = Type.Optional(Type.String())

/** Branding as it is answered: what was said, and nothing else. */
export const BrandingWire = Type.Object({
  colors: Type.Optional(
    Type.Object({ primary: Text, page_background: Type.Optional(Type.Union([Type.String(), Gradient])) }),
  ),
  favicon_url: Text,
  logo_url: Text,
  font: Type.Optional(Type.Object({ url: Text })),
})
export type Branding = Static<typeof BrandingWire>

/**
 * Branding after a change: colours and font are merged one by one, so that a change of one colour keeps the other; null
 * takes away what it names.
 */
export function brandingAfter(before: Branding, change: Static<typeof BrandingChange>): Branding {
  const merged: Record<string, unknown> = { ...before }
  for (const [name, value] of Object.entries(change)) {
    const isPart = (name === 'colors' || name === 'font') && value !== null
    merged[name] = isPart ? withoutNulls({ ...before[name], ...(value as object) }) : value
  }
  // Its names are those of the two, without what is null.
  return (withoutNulls(merged) ?? {}) as Branding
}

function withoutNulls(value: object): object | null {
  const entries = Object.entries(value).filter(([, part]) => part !== null)
  return entries.length === 0 ? null : Object.fromEntries(entries)
}
