/** What terms are called, and in which language. */
import { LANGUAGES } from '../../shared/language.ts'
import { useLanguage } from '../../shared/use-language.ts'
import type { Terms } from '../api/types.ts'
import { languageAmong } from './names.ts'

/** What names terms: the title of the newest version, or their short name while there is none. */
export function useTitle(): (terms: Pick<Terms, 'name' | 'latest'>) => string {
  const language = useLanguage()
  return ({ name, latest }) => {
    const titles = latest?.titles ?? {}
    return titles[languageAmong(titles, language) ?? ''] ?? name
  }
}

/** The name of a language: its own of those that the portal speaks, the reader's word for any other. */
export function useLanguageName(): (code: string) => string {
  const language = useLanguage()
  const names = new Intl.DisplayNames([language], { type: 'language' })
  return (code) => new Map<string, string>(Object.entries(LANGUAGES)).get(code) ?? names.of(code) ?? code
}
