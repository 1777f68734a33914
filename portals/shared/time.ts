/** Points in time as people read them: "Today 09:36", and the exact one with its zone. */
import { dayOf } from './days.ts'
import type { Language } from './language.ts'

/** English dates have the day first: "3 March 2025". */
const TAGS: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' }

/** In which language and time zone times are told. */
export type Clock = { language: Language; zone: string; today: string; yesterday: string }

/** The zone of this browser. */
export const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone

/** Short: "Today 09:36", "21 Nov 19:33", and a date alone in other years. */
export function shortMoment(iso: string, clock: Clock): string {
  const moment = new Date(iso)
  const day = dayOf(moment, clock.zone)
  const time = format(moment, clock, { hour: '2-digit', minute: '2-digit' })
  const now = Date.now()
  if (day === dayOf(new Date(now), clock.zone)) return `${clock.today} ${time}`
  if (day === dayOf(new Date(now - 86_400_000), clock.zone)) return `${clock.yesterday} ${time}`
  if (day.slice(0, 4) !== dayOf(new Date(now), clock.zone).slice(0, 4)) return dateOf(iso, clock)
  return `${format(moment, clock, { day: 'numeric', month: 'short' })} ${time}`
}

/** A day: "3 March 2025". */
export function dateOf(iso: string, clock: Clock): string {
  return format(new Date(iso), clock, { day: 'numeric', month: 'long', year: 'numeric' })
}

/** To the second, with the zone. */
export function exactMoment(iso: string, clock: Clock): string {
  return format(new Date(iso), clock, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'long',
  })
}

/** The time of day now in a zone; undefined when there is no such zone. */
export function timeIn(zone: string, language: Language): string | undefined {
  if (!isZone(zone)) return undefined
  return new Intl.DateTimeFormat(TAGS[language], { hour: '2-digit', minute: '2-digit', timeZone: zone }).format()
}

/** Whether the browser knows the zone. */
export function isZone(zone: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

function format(moment: Date, { language, zone }: Clock, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(TAGS[language], { ...options, timeZone: zone, hourCycle: 'h23' }).format(moment)
}

/** A day as a heading: "Tuesday, 24 November"; with the year, unless it is this one. */
export function dayHeading(iso: string, clock: Clock): string {
  const moment = new Date(iso)
  const isThisYear = dayOf(moment, clock.zone).slice(0, 4) === dayOf(new Date(), clock.zone).slice(0, 4)
  const year = isThisYear ? {} : { year: 'numeric' as const }
  return format(moment, clock, { weekday: 'long', day: 'numeric', month: 'long', ...year })
}

/** To the second: "06:48:12". */
export function clockTime(iso: string, clock: Clock): string {
  return format(new Date(iso), clock, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
}

/** A day of a year, short: "24 Nov". @param day `2026-11-24` */
export function shortDay(day: string, language: Language): string {
  const moment = new Date(`${day}T12:00:00Z`)
  return new Intl.DateTimeFormat(TAGS[language], { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(moment)
}

/** A day in full: "Friday, 13 November". @param day `2026-11-24` */
export function longDay(day: string, language: Language): string {
  const options = { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat(TAGS[language], options).format(new Date(`${day}T12:00:00Z`))
}
