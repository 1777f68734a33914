/** A version that is being written, what is wrong with it as far as can be told here, and what of it is sent. */
import { beginOfDay, dayIn, dayOf, isDay } from '../../shared/days.ts'
import type { TermsText, TermsVersion } from '../api/types.ts'

/** The parts of a text. */
export const PARTS = ['title', 'summary', 'body'] as const

/** One of them. */
export type Part = (typeof PARTS)[number]

/** A text, each part as it was typed. */
export type TextDraft = Readonly<Record<Part, string>>

/** A moment: at once, or the beginning of a day, which is kept while the other is looked at. */
export type When = { kind: 'now' | 'day'; day: string }

/** The version; texts by language. */
export type Draft = { texts: Readonly<Record<string, TextDraft>>; effective: When; deadline: When }

/** TABLE: what the API takes at most (server/terms/terms.ts). */
const MOST: Readonly<Record<Part, number>> = { title: 200, summary: 2_000, body: 100_000 }

const NOW: When = { kind: 'now', day: '' }

/** With what a draft begins: the title of a first version, the reader's language, and those that are always offered. */
type Beginning = { title: string; language: string; languages: readonly string[]; zone: string }

/** The newest version once more, but for what was new in it. */
export function draftOf(newest: TermsVersion | undefined, { title, language, languages, zone }: Beginning): Draft {
  const codes = new Set([...languages, ...Object.keys(newest?.texts ?? {})])
  const texts = [...codes].map((code): [string, TextDraft] => {
    const known = newest?.texts[code]
    const first = newest === undefined && code === language ? title : ''
    return [code, { title: known?.title ?? first, summary: '', body: known?.body ?? '' }]
  })
  const announced = newest !== undefined && Date.parse(newest.effective_at) > Date.now()
  const effective: When = announced ? { kind: 'day', day: dayIn(newest.effective_at, zone) } : NOW
  return { texts: Object.fromEntries(texts), effective, deadline: NOW }
}

/** Whether anything of a text was written. */
export function isFilled(text: TextDraft | undefined): boolean {
  return text !== undefined && PARTS.some((part) => text[part].trim() !== '')
}

/** Where a fault is: at a part of a text, or at a moment. */
export type Place = { language: string; part: Part } | 'effective' | 'deadline'

type FaultKey =
  | `shared.fault_${'required' | 'too_long' | 'date' | 'refused'}`
  | `terms.fault_${'no_text' | 'past' | 'announced' | 'before_effect'}`

/** A fault, and what the words of its cure are filled with. */
export type Fault = { place: Place; key: FaultKey; values?: Readonly<Record<string, string | number>> }

/** @param language of the text that is looked at @param dayName as days are told */
export function faultsOf(draft: Draft, { newest, zone, language, required, dayName }: Circumstances): Fault[] {
  return [...textFaults(draft, language), ...momentFaults(draft, { newest, zone, dayName, required })]
}

type Circumstances = {
  newest: TermsVersion | undefined
  zone: string
  language: string
  required: boolean
  dayName: (iso: string) => string
}

function textFaults({ texts }: Draft, language: string): Fault[] {
  const filled = Object.entries(texts).filter(([, text]) => isFilled(text))
  if (filled.length === 0) return [{ place: { language, part: 'title' }, key: 'terms.fault_no_text' }]
  return filled.flatMap(([code, text]) =>
    PARTS.flatMap((part): Fault[] => {
      const place = { language: code, part }
      if (part !== 'summary' && text[part].trim() === '') return [{ place, key: 'shared.fault_required' }]
      if ([...text[part].trim()].length <= MOST[part]) return []
      return [{ place, key: 'shared.fault_too_long', values: { count: MOST[part] } }]
    }),
  )
}

function momentFaults(
  { effective, deadline }: Draft,
  { newest, zone, dayName, required }: Omit<Circumstances, 'language'>,
): Fault[] {
  const today = dayOf(new Date(), zone)
  const day = effective.kind === 'now' ? today : effective.day
  if (!isDay(day)) return [{ place: 'effective', key: 'shared.fault_date' }]
  if (day < today) return [{ place: 'effective', key: 'terms.fault_past' }]
  if (newest && day < dayIn(newest.effective_at, zone)) {
    const values = { version: newest.version, day: dayName(newest.effective_at) }
    return [{ place: 'effective', key: 'terms.fault_announced', values }]
  }
  if (!required || deadline.kind === 'now') return []
  if (!isDay(deadline.day)) return [{ place: 'deadline', key: 'shared.fault_date' }]
  return deadline.day < day ? [{ place: 'deadline', key: 'terms.fault_before_effect' }] : []
}

/** From when on it is asked for; undefined for at once. On the day of the version before, not before that. */
export function effectiveAt({ effective }: Draft, newest: TermsVersion | undefined, zone: string): string | undefined {
  if (effective.kind === 'now' || !isDay(effective.day)) return undefined
  const begin = beginOfDay(effective.day, zone)
  const isSameDay = newest !== undefined && dayIn(newest.effective_at, zone) === effective.day
  return isSameDay && newest.effective_at > begin ? newest.effective_at : begin
}

/** The texts that were written. */
export function writtenTexts({ texts }: Draft): Record<string, TermsText> {
  const written = Object.entries(texts).filter(([, text]) => isFilled(text))
  return Object.fromEntries(
    written.map(([code, { title, summary, body }]) => [
      code,
      { title: title.trim(), ...(summary.trim() ? { summary: summary.trim() } : {}), body: body.trim() },
    ]),
  )
}

/** What is sent. */
export function versionOf(draft: Draft, newest: TermsVersion | undefined, zone: string, required: boolean): object {
  const effective_at = effectiveAt(draft, newest, zone)
  const { deadline } = draft
  return {
    texts: writtenTexts(draft),
    ...(effective_at === undefined ? {} : { effective_at }),
    ...(required && deadline.kind === 'day' ? { deadline_at: beginOfDay(deadline.day, zone) } : {}),
  }
}

/** The place that a refusal names, as the API words it: "on property texts.de.title (…)". */
export function refusedPlace(message: string): Place | undefined {
  const [, language, name = ''] = /on property (?:texts\.([\w-]+)\.)?(\w+)/.exec(message) ?? []
  const part = PARTS.find((one) => one === name)
  if (language && part) return { language, part }
  if (name === 'effective_at') return 'effective'
  return name === 'deadline_at' ? 'deadline' : undefined
}

/** The id of the field at a place. */
export function idOf(place: Place): string {
  return typeof place === 'object' ? `terms-${place.part}-${place.language}` : `terms-${place}`
}

/** The language of the text that the field with an id belongs to. */
export function languageOf(id: string): string | undefined {
  return /^terms-(?:title|summary|body)-(.+)$/.exec(id)?.[1]
}
