/** What can be chosen where a field is not free text. */

/** TABLE: languages of people, those of the portals first; a value that is not among them stays as it is. */
const LOCALES =
  'en de ar bg cs da el es et fi fr he hr hu id it ja ko lt lv nb nl pl pt pt-BR ro sk sl sr sv th tr uk vi zh-CN zh-TW'.split(
    ' ',
  )

/** A choice. */
export type Choice = { value: string; label: string }

/** Languages, each by its own name. @param present is among them whatever it is */
export function localeChoices(present: string): Choice[] {
  return withPresent(LOCALES, present).map((value) => ({ value, label: languageName(value) }))
}

/** Time zones. @param present is among them whatever it is */
export function zoneChoices(present: string): Choice[] {
  const zones = Intl.supportedValuesOf('timeZone')
  return withPresent(zones.includes('UTC') ? zones : [...zones, 'UTC'], present).map((value) => ({
    value,
    label: value,
  }))
}

/** Whether a choice is what somebody looks for who types so: "new york" finds "America/New_York", and "zür" "Europe/Zurich". */
export function isLookedFor({ value, label }: Choice, typed: string): boolean {
  return plain(`${label} ${value}`).includes(plain(typed))
}

/** Without accents, and with blanks for what stands between words. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[\s_/-]+/g, ' ')
    .trim()
    .toLowerCase()
}

/** What a language calls itself: "Norsk bokmål". */
export function languageName(tag: string): string {
  try {
    const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag
    return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1)
  } catch {
    return tag
  }
}

function withPresent(values: string[], present: string): string[] {
  return present === '' || values.includes(present) ? values : [present, ...values]
}
