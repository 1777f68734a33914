/** Decides whether an address may try something, and counts the try before it is made. */
import { isLoopbackHost } from '../config-kinds.ts'
import type { Database, Db } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { addressBlock } from '../http/address-block.ts'
import { type BucketKey, giveTryBack, isToTell, secondsUntilTry, takeTry } from './address-tries.ts'
import { isListed, plainAddress } from './allowlist.ts'
import { readSaid, type Said } from './settings.ts'
import {
  type Bucket,
  isThrottling,
  type SaidSuspiciousIp,
  type StageName,
  type SuspiciousIp,
  withSuspiciousIpDefaults,
} from './suspicious-ip.ts'

/** What was decided. `tells` says that the log is to tell of an address that has no tries left. */
export type AddressAdmission =
  /** `giveBack` is for a try that was none, such as a sign-in that succeeded. */
  | { kind: 'admitted'; tells: boolean; giveBack: () => Promise<void> }
  | { kind: 'throttled'; tells: boolean; retryAfterSeconds: number }

const PROTECTION = 'suspicious-ip-throttling'
const UNCOUNTED: AddressAdmission = { kind: 'admitted', tells: false, giveBack: async () => {} }

/** Lets the address try, or turns it away. @param said what was said of the settings, where it has been read already */
export async function admitAddress(
  database: Database,
  stage: StageName,
  ip: string,
  said?: Said,
): Promise<AddressAdmission> {
  const { db } = database
  const settings = countingSettings(said ? said[PROTECTION] : await readSaid(db, PROTECTION), ip)
  if (!settings) return UNCOUNTED
  const key: BucketKey = { stage, block: addressBlock(ip) }
  const bucket = settings.stage[stage]
  if (await takeTry(database, key, bucket)) {
    return { kind: 'admitted', tells: false, giveBack: () => giveTryBack(database, key, bucket) }
  }
  const tells = await isToTell(db, key)
  if (!isThrottling(settings)) return { ...UNCOUNTED, tells }
  const retryAfterSeconds = Math.max(1, await secondsUntilTry(db, key, bucket))
  return { kind: 'throttled', tells, retryAfterSeconds }
}

/** Whether the address is blocked now, at any stage. */
export async function isAddressBlocked(db: Db, ip: string): Promise<boolean> {
  const settings = countingSettings(await readSaid(db, PROTECTION), ip)
  if (!settings || !isThrottling(settings)) return false
  // The keys are the table's own.
  for (const [stage, bucket] of Object.entries(settings.stage) as [StageName, Bucket][]) {
    if ((await secondsUntilTry(db, { stage, block: addressBlock(ip) }, bucket)) > 0) return true
  }
  return false
}

/**
 * The settings; undefined where tries from there are not counted. Behind a proxy that `TRUST_PROXY` does not name everybody
 * comes from this machine, so that its address is counted only where somebody has said what shall hold.
 */
function countingSettings(stored: JsonObject | undefined, ip: string): SuspiciousIp | undefined {
  // The schema of the route has let it through.
  const said = stored as SaidSuspiciousIp | undefined
  if (said === undefined && isLoopbackHost(plainAddress(ip))) return undefined
  const settings = withSuspiciousIpDefaults(said ?? {})
  const isCounting = settings.enabled && settings.shields.length > 0 && !isListed(settings.allowlist, ip)
  return isCounting ? settings : undefined
}
