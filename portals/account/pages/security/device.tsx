/** Devices as people know them: "Firefox on Windows". */
import { Monitor, Smartphone } from 'lucide-react'
import type { Session } from '../../api.ts'
import { useSay } from '../../texts/texts.ts'

const HANDHELD = /android|ios|iphone|ipad/i

/** Its picture. */
export function DeviceIcon({ system = '' }: Pick<Session, 'system'>) {
  return HANDHELD.test(system) ? <Smartphone aria-hidden /> : <Monitor aria-hidden />
}

/** What names it. */
export function useDeviceName(): (session: Pick<Session, 'browser' | 'system'>) => string {
  const say = useSay()
  return ({ browser, system }) => {
    if (browser && system) return say('security.device', { browser, system })
    return browser ?? system ?? say('security.unknown_browser')
  }
}
