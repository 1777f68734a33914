/** Points in time: short to read, exact on hover and focus. */
import { createContext, useContext } from 'react'
import { type Clock, dateOf, exactMoment, isZone, OWN_ZONE, shortMoment } from '../time.ts'
import { useLanguage, useSay } from '../use-language.ts'
import { Tip } from './tip.tsx'

const Zone = createContext(OWN_ZONE)

/** In which zone times are told below it. */
export const ZoneProvider = Zone.Provider

/** The reader's language, zone and words for near days. */
export function useClock(): Clock {
  const say = useSay()
  const zone = useContext(Zone)
  return {
    language: useLanguage(),
    zone: isZone(zone) ? zone : OWN_ZONE,
    today: say('shared.today'),
    yesterday: say('shared.yesterday'),
  }
}

/** A point in time. @param isDay whether the day alone is shown */
export function Moment({ at, isDay = false }: { at: string; isDay?: boolean }) {
  const clock = useClock()
  return (
    <Tip note={exactMoment(at, clock)}>
      <time dateTime={at}>{isDay ? dateOf(at, clock) : shortMoment(at, clock)}</time>
    </Tip>
  )
}
