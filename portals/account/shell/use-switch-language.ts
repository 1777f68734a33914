import { showToast } from '../../shared/components/toasts.tsx'
import type { Language } from '../../shared/language.ts'
import { switchLanguage } from '../profile.ts'
import { useSay } from '../texts/texts.ts'

/** Switches the language, and says so if the profile could not be changed as well. */
export function useSwitchLanguage(): (language: Language) => void {
  const say = useSay()
  return (language) => {
    switchLanguage(language).catch(() => showToast({ text: say('shared.not_saved'), isProblem: true }))
  }
}
