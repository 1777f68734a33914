/** The texts of this portal with those that portals share. */
import type { AskedKey, Say, Texts } from '../../shared/language.ts'
import { sharedDe } from '../../shared/texts/de.ts'
import { type SharedKey, sharedEn } from '../../shared/texts/en.ts'
import { useSay as useAnySay } from '../../shared/use-language.ts'
import { de } from './de.ts'
import { type AccountKey, en } from './en.ts'

/** A key of any of them, as it is asked for. */
export type TextKey = AskedKey<AccountKey | SharedKey>

/** All of them. */
export const texts: Texts<AccountKey | SharedKey> = { en: { ...sharedEn, ...en }, de: { ...sharedDe, ...de } }

/** What says them. */
export const useSay: () => Say<AccountKey | SharedKey> = useAnySay<AccountKey>

/** Whether there is a text for a key that the API names, or that is made of what it names. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key)
}
