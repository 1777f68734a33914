/** How much longer a read takes while many people sign in: both at once, against the same reads alone. */
import type { Case } from './cases.ts'
import { drive, type Outcome } from './drive.ts'
import type { Field, Schedule } from './measure.ts'
import { median, percentile, ratio } from './statistics.ts'

/** Medians over the rounds and of each round's own ratio. */
export type Storm = {
  quietP99Ms: number | undefined
  stormP99Ms: number | undefined
  /** How many times as long as while it is quiet; less is better. */
  p99Ratio: number | undefined
  quietReadsPerSecond: number | undefined
  stormReadsPerSecond: number | undefined
  signInsPerSecond: number | undefined
}

const READERS = 16
const SIGNING_IN = 64

/** Measures it. */
export async function measureStorm(
  { ours, asker }: Field,
  { read, signIn }: { read: Case; signIn: Case },
  { rounds, seconds }: Schedule,
): Promise<Storm> {
  const load = (kind: Case, connections: number, token: string | undefined, length: number) =>
    drive({ port: ours.port, asker: { ...asker, token }, kind, connections, seconds: length })
  const quiet = (length: number) => load(read, READERS, asker.token, length)
  async function storm(length: number): Promise<{ reads: Outcome; signIns: Outcome }> {
    const [reads, signIns] = await Promise.all([quiet(length), load(signIn, SIGNING_IN, undefined, length)])
    return { reads, signIns }
  }
  const warmUp = Math.min(1, seconds)
  await quiet(warmUp)
  await storm(warmUp)
  const alone: Outcome[] = []
  const both: { reads: Outcome; signIns: Outcome }[] = []
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) alone.push(await quiet(seconds))
    both.push(await storm(seconds))
    if (round % 2 === 1) alone.push(await quiet(seconds))
  }
  const quietP99 = alone.map(({ latencies }) => percentile(latencies, 0.99))
  const stormP99 = both.map(({ reads }) => percentile(reads.latencies, 0.99))
  return {
    quietP99Ms: median(quietP99),
    stormP99Ms: median(stormP99),
    p99Ratio: median(stormP99.map((ms, round) => ratio(ms, quietP99[round]))),
    quietReadsPerSecond: median(alone.map(perSecond)),
    stormReadsPerSecond: median(both.map(({ reads }) => perSecond(reads))),
    signInsPerSecond: median(both.map(({ signIns }) => perSecond(signIns))),
  }
}

function perSecond({ answers, seconds }: Outcome): number {
  return answers / seconds
}
