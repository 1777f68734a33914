/** Decides whether somebody is let try a password, and counts the try before it is made. */
import type { Database } from '../db/database.ts'
import { addressBlock } from '../http/address-block.ts'
import { isListed } from './allowlist.ts'
import { type BruteForce, isProtecting, type SaidBruteForce, SLOW, withBruteForceDefaults } from './brute-force.ts'
import type { Said } from './settings.ts'
import { type Counted, reserveTry, type Situation, TOGETHER, type Try, takeSlowTry } from './tries.ts'

/** What was decided. */
export type Admission =
  /** `counted` is undefined where nothing is; `startsSlow` says that the account goes slowly from this try on. */
  | { kind: 'admitted'; counted: Counted | undefined; tellsHolder: boolean; startsSlow: boolean }
  | { kind: 'blocked' }
  | { kind: 'throttled'; retryAfterSeconds: number }

const UNCOUNTED: Admission = { kind: 'admitted', counted: undefined, tellsHolder: false, startsSlow: false }

/** Lets somebody try, or turns him away; known and unknown accounts are treated alike. */
export async function admitTry(
  database: Database,
  attempt: Try,
  { said, situation }: { said: Said; situation: Situation },
): Promise<Admission> {
  const address = addressBlock(attempt.ip)
  // The schema of the route has let it through.
  const settings = withBruteForceDefaults((said['brute-force-protection'] ?? {}) as SaidBruteForce)
  if (!isProtecting(settings) || isListed(settings.allowlist, attempt.ip)) return UNCOUNTED
  const counted = countedBy(settings, attempt, address)
  const countsApart = counted.block !== TOGETHER
  // Before the slow try is taken, or an address that is blocked would take it from the others.
  if (countsApart && situation.failures >= counted.most) return { kind: 'blocked' }
  let startsSlow = false
  if (countsApart && situation.recentFailures >= SLOW.afterFailures && !situation.isKnownAddress) {
    const slow = await takeSlowTry(database, attempt)
    if (!slow.taken) return { kind: 'throttled', retryAfterSeconds: slow.retryAfterSeconds }
    startsSlow = slow.isFirst
  }
  if (!(await reserveTry(database, attempt, counted))) return { kind: 'blocked' }
  return { kind: 'admitted', counted, tellsHolder: settings.shields.includes('user_notification'), startsSlow }
}

function countedBy({ mode, max_attempts }: BruteForce, { subject }: Try, address: string): Counted {
  return { subject, block: mode === 'count_per_identifier' ? TOGETHER : address, most: max_attempts }
}
