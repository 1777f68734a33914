/** The language of a portal: the one chosen in this browser, else the first of the browser's that is one of ours. */
import i18next, { type FormatterModule } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { isolate } from '../../server/pages/isolate.ts'

/** TABLE: the languages there are, by the names their readers know; English first: it is used when none fits. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const

/** A language's code. */
export type Language = keyof typeof LANGUAGES

/** The texts of a portal in every language. */
export type Texts<Key extends string> = Readonly<Record<Language, Readonly<Record<Key, string>>>>

/** A key as it is asked for: the forms of a number are chosen by `count`. */
export type AskedKey<Key extends string> = Key extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : Key

/** Says a text of a table, with its braces filled. */
export type Say<Key extends string> = (key: AskedKey<Key>, values?: Readonly<Record<string, string | number>>) => string

/** TABLE: how languages write numbers. */
const NUMBERS: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' }

/** Writes the numbers within texts as their readers do: 1,284 or 1.284. */
const formatter: FormatterModule = {
  type: 'formatter',
  init: () => {},
  add: () => {},
  addCached: () => {},
  format: (value) => (typeof value === 'number' ? value.toLocaleString(NUMBERS[presentLanguage()]) : value),
}

const CHOSEN = 'tenantry-language'

/** Starts the texts of a portal. */
export function startLanguage(tables: Texts<string>): void {
  i18next
    .use(initReactI18next)
    .use(formatter)
    .init({
      lng: chosenLanguage() ?? languageAmong(navigator.languages) ?? 'en',
      fallbackLng: 'en',
      resources: { en: { translation: tables.en }, de: { translation: tables.de } },
      // Keys are flat and have dots in them; React escapes what it shows, but for the direction in which it is written.
      keySeparator: false,
      nsSeparator: false,
      interpolation: { escape: (value) => isolate(String(value)), prefix: '{', suffix: '}', alwaysFormat: true },
      initAsync: false,
    })
  markPage()
  i18next.on('languageChanged', markPage)
}

/** Adds the texts of pages that come later than the portal itself. */
export function addTexts(tables: Texts<string>): void {
  for (const [language, table] of Object.entries(tables)) i18next.addResourceBundle(language, 'translation', table)
}

/** The language that the portal is in. */
export function presentLanguage(): Language {
  return languageAmong([i18next.language]) ?? 'en'
}

/** The one that was chosen in this browser, if any. */
export function chosenLanguage(): Language | undefined {
  return languageAmong([localStorage.getItem(CHOSEN) ?? ''])
}

/** Changes it at once, and for the next time. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(CHOSEN, language)
  void i18next.changeLanguage(language)
}

/** The first that is a language of ours, regions left aside. */
export function languageAmong(tags: readonly string[]): Language | undefined {
  return tags.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag): tag is Language => Object.hasOwn(LANGUAGES, tag))
}

function markPage(): void {
  document.documentElement.lang = presentLanguage()
}
