/** How fields and their values are put into words. */

import { languageName } from '../../../shared/choices.ts'
import { TENANT } from '../../../shared/page-facts.ts'
import { timeIn } from '../../../shared/time.ts'
import { useLanguage } from '../../../shared/use-language.ts'
import type { Field } from '../../api.ts'
import { textOf } from '../../profile.ts'
import { isTextKey, useSay } from '../../texts/texts.ts'

/** What says them. */
export function useFieldWords() {
  const say = useSay()
  const language = useLanguage()
  return {
    /** A field's name; of one that these texts do not know, what the API calls it. */
    labelOf: ({ label, name }: Field): string => (isTextKey(label) ? say(label) : wordsOf(name)),
    /** A field's value, in words. */
    shownOf: (field: Pick<Field, 'type' | 'value'>): string => {
      const text = textOf(field)
      if (text === '') return ''
      if (field.type === 'locale') return languageName(text)
      if (field.type !== 'zoneinfo') return text
      const time = timeIn(text, language)
      return time ? `${text}, ${time}` : text
    },
    /** Where a value comes from that cannot be changed here. */
    sourceOf: ({ editable, source, source_name: name }: Field): string | undefined => {
      if (editable) return undefined
      if (source === 'provider' && name) return say('source.provider', { name })
      return source === 'app_metadata' ? say('source.tenant', { tenant: TENANT }) : say('source.fixed')
    },
  }
}

/** `job_title` is "Job title". */
function wordsOf(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
