/** Devices as people know them: "Firefox on Windows". */
import { Monitor, Smartphone } from 'lucide-react'
import { useSay } from '../use-language.ts'

/** What is known of a device. */
export type Device = { browser?: string | undefined; system?: string | undefined }

const HANDHELD = /android|ios|iphone|ipad/i

/** Its picture. */
export function DeviceIcon({ system = '' }: Pick<Device, 'system'>) {
  return HANDHELD.test(system) ? <Smartphone aria-hidden /> : <Monitor aria-hidden />
}

/** What names it. */
export function useDeviceName(): (device: Device) => string {
  const say = useSay()
  return ({ browser, system }) => {
    if (browser && system) return say('shared.device', { browser, system })
    return browser ?? system ?? say('shared.unknown_browser')
  }
}
