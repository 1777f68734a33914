/** How fields and their values are put into words. */

import { TENANT } from '../page-facts.ts'
import { dateOf, timeIn } from '../time.ts'
import { useHasText, useLanguage, useSay } from '../use-language.ts'
import { languageName } from './choices.ts'
import { type Field, textOf } from './field.ts'

/** What says them. */
export function useFieldWords() {
  const say = useSay()
  const hasText = useHasText()
  const language = useLanguage()
  return {
    /** A field's name; of one that these texts do not know, what the API calls it. */
    labelOf: ({ label, name }: Field): string => (hasText(label) ? say(label) : wordsOf(name)),
    /** A field's value, in words. */
    shownOf: (field: Pick<Field, 'type' | 'value' | 'choices'>): string => {
      const text = textOf(field)
      if (text === '') return ''
      if (field.type === 'choice') return field.choices?.find(({ value }) => value === text)?.label ?? text
      // A day of the calendar is the same in every zone.
      if (field.type === 'date') return dateOf(text, { language, zone: 'UTC', today: '', yesterday: '' })
      if (field.type === 'locale') return languageName(text)
      if (field.type !== 'zoneinfo') return text
      const time = timeIn(text, language)
      return time ? `${text}, ${time}` : text
    },
    /** Where a value comes from that cannot be changed here. */
    sourceOf: ({ editable, source, source_name: name, note }: Field): string | undefined => {
      if (editable) return undefined
      if (note !== undefined) return note || undefined
      if (source === 'provider' && name) return say('shared.source_provider', { name })
      return source === 'app_metadata' ? say('shared.source_tenant', { tenant: TENANT }) : say('shared.source_fixed')
    },
  }
}

/** `job_title` is "Job title". */
function wordsOf(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
