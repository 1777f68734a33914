/** Texts and language for components, which are drawn again when the language changes. */
import { useTranslation } from 'react-i18next'
import { type AskedKey, type Language, languageAmong, type Say } from './language.ts'
import type { SharedKey } from './texts/en.ts'

/** What says texts; a portal names its own keys beside the shared ones. */
export function useSay<Key extends string = never>(): Say<Key | SharedKey> {
  const { t } = useTranslation()
  // i18next types keys by one global table; ours are checked by `Say`.
  return t as unknown as Say<Key | SharedKey>
}

/** The language that the portal is in. */
export function useLanguage(): Language {
  const { i18n } = useTranslation()
  return languageAmong([i18n.language]) ?? 'en'
}

/** Whether there is a text for a key that an API names. */
export function useHasText<Key extends string = never>(): (key: string) => key is AskedKey<Key | SharedKey> {
  const { i18n } = useTranslation()
  return (key): key is AskedKey<Key | SharedKey> => i18n.exists(key)
}
