/** HTML in which every text is escaped. */
import { escapeHtml } from '../base/escape-html.ts'

/** A piece of HTML, which is not escaped again. */
export type Html = { html: string }

/** Draws a list. */
export function each<T>(items: readonly T[], draw: (item: T) => Html): Html {
  return { html: items.map((item) => draw(item).html).join('') }
}

/** Writes HTML around texts, which are escaped, and pieces of HTML. */
export function h(parts: TemplateStringsArray, ...values: (string | Html)[]): Html {
  const shown = values.map((value) => (typeof value === 'string' ? escapeHtml(value) : value.html))
  return { html: parts.map((part, at) => `${part}${shown[at] ?? ''}`).join('') }
}
