import { useLanguage } from '../shared/use-language.ts'

/** What writes numbers as the reader does: 1,284 or 1.284. */
export function useNumber(): (value: number) => string {
  const format = new Intl.NumberFormat(useLanguage() === 'de' ? 'de-DE' : 'en-GB')
  return (value) => format.format(value)
}
