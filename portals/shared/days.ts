/** Days of the calendar, `2026-11-24`, and the moments at which they begin and end in a zone. */

/** The day of a moment in a zone: `2026-11-24`. */
export function dayIn(iso: string, zone: string): string {
  return dayOf(new Date(iso), zone)
}

/** The same of a moment that was read already. */
export function dayOf(moment: Date, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(moment)
}

/** Whether a text is a day that there is: `2026-11-24`. */
export function isDay(text: string | undefined): text is string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text ?? '')) return false
  const moment = new Date(`${text}T00:00:00.000Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text ?? '')
}

/** The moment at which a day begins in a zone. */
export function beginOfDay(day: string, zone: string): string {
  return atWall(`${day}T00:00:00.000Z`, zone)
}

/** The last moment of a day in a zone. */
export function endOfDay(day: string, zone: string): string {
  return atWall(`${day}T23:59:59.999Z`, zone)
}

/** The moment at which the clocks of a zone show a time. @param wall as if it were UTC */
function atWall(wall: string, zone: string): string {
  const time = Date.parse(wall)
  // The clocks may be put forward or back between the two.
  const near = time - offsetAt(time, zone)
  return new Date(time - offsetAt(near, zone)).toISOString()
}

/** How far a zone is ahead, in milliseconds. */
function offsetAt(time: number, zone: string): number {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
    time,
  )
  return Date.parse(`${shown.replace(' ', 'T')}Z`) - Math.floor(time / 1_000) * 1_000
}
