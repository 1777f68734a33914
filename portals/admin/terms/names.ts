/** Names of terms, short ones and titles. */

/** What the API takes as a short name. */
export const SHORT_NAME = /^[a-z0-9][a-z0-9_-]{0,49}$/

/** As the server chooses (server/terms/terms.ts): the reader's language, then English, then the first by the alphabet. */
export function languageAmong(texts: Readonly<Record<string, unknown>>, language: string): string | undefined {
  return [language, 'en', ...Object.keys(texts).toSorted()].find((one) => Object.hasOwn(texts, one))
}

/** TABLE: letters that German writes with two. */
const TWO = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', æ: 'ae', ø: 'o', ł: 'l' } as const

/** A short name from a title; empty where no letter of it can be kept. */
export function shortNameOf(title: string): string {
  return Object.entries(TWO)
    .reduce((text, [letter, two]) => text.replaceAll(letter, two), title.toLowerCase())
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 50)
    .replace(/-+$/, '')
}
