/**
 * Whether a template shows what is put into it, as far as that can be told without a browser: it is a part of the page, no
 * element around it is hidden, and no style of the template hides the form or what is around it. What a style does
 * within a media query, by a place off the page or by a colour is not looked at.
 */
import { type OpenElement, placeOf } from './markup.ts'

/** TABLE: elements that show nothing of ours, or in which no form works. */
const CLOSED: Readonly<Record<string, (element: OpenElement) => boolean>> = {
  ...Object.fromEntries(
    'template select datalist object video audio canvas svg math form button'
      .split(' ')
      .map((name) => [name, () => true]),
  ),
  dialog: ({ attributes }) => !attributes.has('open'),
  details: ({ attributes }) => !attributes.has('open'),
}

/** TABLE: what a page of signing in is made of, for the styles that hide it. */
const FORM_ELEMENTS: readonly StyledElement[] = [
  { name: 'div', classes: ['page', 'framed'] },
  { name: 'main', classes: [] },
  { name: 'div', classes: ['card'] },
  { name: 'form', classes: [] },
  { name: 'div', classes: ['field'] },
  { name: 'input', classes: [] },
  { name: 'button', classes: ['primary'] },
]

/** TABLE: declarations that hide an element; another one of the same property shows it again. */
const HIDES: Readonly<Record<string, RegExp>> = {
  display: /^none$/,
  visibility: /^(?:hidden|collapse)$/,
  opacity: /^[0.]+%?$/,
  'content-visibility': /^hidden$/,
}

type StyledElement = { name: string; id?: string | undefined; classes: readonly string[] }

/**
 * Why what stands for a part is not shown; undefined where nothing speaks against it.
 * @param isForm whether the part has to be seen, not only to be there
 */
export function whyHidden(html: string, slot: string, isForm: boolean): string | undefined {
  const place = placeOf(html, slot)
  if ('lostIn' in place) return `it stands in ${place.lostIn}`
  const closed = place.around.find((element) => CLOSED[element.name]?.(element))
  if (closed) return `it stands in <${closed.name}>`
  if (!isForm) return undefined
  const hidden = place.around.find(({ attributes }) => attributes.has('hidden') || attributes.has('inert'))
  if (hidden) return `<${hidden.name}> around it is hidden`
  const around = place.around.map(({ name, attributes }) => ({
    name,
    id: attributes.get('id'),
    classes: (attributes.get('class') ?? '').split(/\s+/),
  }))
  const rules = rulesOf(html)
  const unseen = [...around, ...FORM_ELEMENTS].find((element) => isHiddenBy(rules, element))
  return unseen && `a style hides <${unseen.name}>`
}

type Rule = { selector: string; property: string; value: string; isImportant: boolean }

/** What the styles of the template say outside of media queries and the like, for the properties that hide. */
function rulesOf(html: string): Rule[] {
  const sheets = [...html.matchAll(/<style\b[^>]*>(.*?)<\/style>/gis)].map(([, sheet = '']) => sheet)
  const flat = sheets
    .join('\n')
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|@[^{};]*;/g, '')
  return [...flat.matchAll(/([^{}]+)\{([^{}]*)\}/g)].flatMap(([, selectors = '', declarations = '']) =>
    declarations.split(';').flatMap((declaration) => {
      const [property = '', ...rest] = declaration.split(':')
      const name = property.trim().toLowerCase()
      if (!Object.hasOwn(HIDES, name)) return []
      const value = rest.join(':').trim().toLowerCase()
      const isImportant = /!\s*important$/.test(value)
      const shown = value.replace(/\s*!\s*important$/, '')
      return selectors.split(',').map((one) => ({ selector: one.trim(), property: name, value: shown, isImportant }))
    }),
  )
}

/** As the cascade has it, for selectors of one element; others are not looked at. */
function isHiddenBy(rules: readonly Rule[], element: StyledElement): boolean {
  return Object.entries(HIDES).some(([property, hides]) => {
    let [won, weight] = ['', -1]
    for (const rule of rules) {
      if (rule.property !== property) continue
      const specificity = specificityFor(rule.selector, element)
      if (specificity === undefined) continue
      const own = specificity + (rule.isImportant ? 1_000_000 : 0)
      if (own >= weight) [won, weight] = [rule.value, own]
    }
    return hides.test(won)
  })
}

/** How specific a selector is; undefined when it does not mean the element, or means more than a name, an id and classes. */
function specificityFor(selector: string, { name, id, classes }: StyledElement): number | undefined {
  const [, tag = '', parts = ''] = /^(\*|[a-z][\w-]*)?((?:[.#][\w-]+)*)$/i.exec(selector) ?? []
  if (tag === '' && parts === '') return undefined
  if (tag !== '' && tag !== '*' && tag.toLowerCase() !== name) return undefined
  const named = parts.match(/[.#][\w-]+/g) ?? []
  if (!named.every((one) => (one.startsWith('#') ? id === one.slice(1) : classes.includes(one.slice(1)))))
    return undefined
  const ids = named.filter((one) => one.startsWith('#')).length
  return ids * 10_000 + (named.length - ids) * 100 + (tag !== '' && tag !== '*' ? 1 : 0)
}
