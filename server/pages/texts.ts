/** The languages of the pages, and the texts that stand around every page. Each folder has tables of its own. */

/** TABLE: the languages there are, by the names their readers know; English first: it is used when none fits. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const

/** A language's code. */
export type Language = keyof typeof LANGUAGES

/** The texts about one matter in every language. `{name}` is filled in. German is formal. */
export type Topic<Key extends string> = Readonly<Record<Language, Texts<Key>>>

/** The texts about one matter in one language. */
export type Texts<Key extends string> = Readonly<Record<Key, string>>

/** Writes a table of texts; a text that one language lacks is a type error. */
export function topic<const Key extends string>(texts: Topic<Key>): Topic<Key> {
  return texts
}

/** The text with its braces filled. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
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
