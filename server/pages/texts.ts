/** The languages of the pages, and the texts that stand around every page. Each folder has tables of its own. */

import { isolate } from './isolate.ts'

/** TABLE: the languages there are, by the names their readers know; English first: it is used when none fits. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const

/** A language's code. */
export type Language = keyof typeof LANGUAGES

/** The texts about one matter in every language. `{name}` is filled in. German is formal. */
export type Topic<Key extends string> = Readonly<Record<Language, Texts<Key>>>

/** The texts about one matter in one language. */
export type Texts<Key extends string> = Readonly<Record<Key, string>>

/** Where a tenant's own text for one of ours stands: `<prompt>.<screen>.<key>`, by Auth0's names. */
export type Sources<Key extends string> = Readonly<Partial<Record<Key, string>>>

const sourcesOf = new WeakMap<object, [key: string, path: readonly string[]][]>()

/** Writes a table of texts; a text that one language lacks is a type error. `sources` name those that tenants replace. */
export function topic<const Key extends string>(texts: Topic<Key>, sources?: Sources<NoInfer<Key>>): Topic<Key> {
  // Each key that is there has a path.
  const paths = Object.entries((sources ?? {}) as Record<string, string>)
  sourcesOf.set(
    texts,
    paths.map(([key, path]) => [key, path.split('.')]),
  )
  return texts
}

/** TABLE: what a tenant's text can name in `${}`, by Auth0's names: the application, whose pages they are, the account. */
const NAMES = ['clientName', 'companyName', 'email'] as const

/** What they stand for on a page, as far as it is known there. */
export type Names = Readonly<Partial<Record<(typeof NAMES)[number], string | undefined>>>

/** In which language a page is, and what the tenant says there himself. */
type Speech = {
  language: Language
  texts?: Readonly<Record<string, Record<string, Record<string, string>>>>
  names?: Names
}

/** The texts of a table for a page: the tenant's where he has some, and ours. */
export function wordsOf<Key extends string>(
  table: Topic<Key>,
  { language, texts = {}, names = {} }: Speech,
): Texts<Key> {
  const own = (sourcesOf.get(table) ?? []).flatMap(([key, [prompt = '', screen = '', name = '']]) => {
    const text = withNames(texts[prompt]?.[screen]?.[name] ?? '', names)
    return text.trim() === '' ? [] : [[key, text]]
  })
  return { ...table[language], ...Object.fromEntries(own) }
}

/** Empty where the text names what is not known on the page: ours stands there then. */
function withNames(text: string, names: Names): string {
  if (NAMES.some((name) => names[name] === undefined && text.includes(`\${${name}}`))) return ''
  const values = new Map<string, string | undefined>(Object.entries(names))
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole)
}

/** The text with its braces filled. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => isolate(String(values[name] ?? whole)))
}

/** TABLE: texts around every page. */
export const FRAME = topic({
  en: {
    error_prefix: 'Error: ',
    language: 'Language',
    help: 'Help',
    reference: 'Reference',
    contact: 'Contact',
    show: 'Show',
    hide: 'Hide',
  },
  de: {
    error_prefix: 'Fehler: ',
    language: 'Sprache',
    help: 'Hilfe',
    reference: 'Kennung',
    contact: 'Kontakt',
    show: 'Anzeigen',
    hide: 'Verbergen',
  },
})
