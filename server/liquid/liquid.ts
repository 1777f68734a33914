/**
 * The Liquid that tenants write their mails and pages in. No file is read, whatever a template asks for: partials come
 * from memory alone, where there are none.
 */
import { type Context, Liquid, Tag, type TagToken, type TopLevelToken } from 'liquidjs'

const LIMITS = { parseLimit: 500_000, renderLimit: 800, memoryLimit: 10_000_000 } as const

/** The engines: of HTML, in which every value is escaped, and of plain text. */
export function tenantLiquid(): { html: Liquid; plain: Liquid } {
  const common = { templates: {}, ownPropertyOnly: true, ...LIMITS }
  const html = new Liquid({ ...common, outputEscape: escapeOnce })
  const plain = new Liquid(common)
  html.registerTag('debug', DebugTag)
  plain.registerTag('debug', DebugTag)
  html.registerTag('auth0', SlotTag)
  return { html, plain }
}

/** What is wrong with a template, in one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return (text.split('\n')[0] ?? '').slice(0, 200)
}

/** Templates written for Auth0 escape names by themselves: what is escaped already stays as it is. */
function escapeOnce(value: unknown): string {
  const text = [value ?? ''].flat().join('')
  return text
    .replace(/&(?!(?:amp|lt|gt|quot|#39|#34);)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&#34;')
    .replaceAll("'", '&#39;')
}

/** Auth0's own tag, which shows what a template may use. */
class DebugTag extends Tag {
  override render(context: Context): string {
    return `<pre>${escapeOnce(JSON.stringify(context.getAll(), null, 2))}</pre>`
  }
}

/** What stands in a page for the parts that are ours, until they are put in; by the names of Auth0's tags. */
export type Slots = { head: string; widget: string }

/** Auth0's own tags `{%- auth0:head -%}` and `{%- auth0:widget -%}`: where a page's own parts go. Mails have none. */
class SlotTag extends Tag {
  #name: string

  constructor(token: TagToken, remainTokens: TopLevelToken[], liquid: Liquid) {
    super(token, remainTokens, liquid)
    this.#name = token.args.trim().replace(/^:\s*/, '')
    if (this.#name !== 'head' && this.#name !== 'widget') throw new Error(`tag "auth0:${this.#name}" not found`)
  }

  override render(context: Context): string {
    const { slots } = context.globals as { slots?: Slots }
    return slots?.[this.#name as keyof Slots] ?? ''
  }
}
