/** Writes the figures down for people. */
import { type Figures, processorMs, type Result } from './measure.ts'
import type { MembersResult } from './members.ts'
import type { Options } from './options.ts'
import type { StartUp } from './start-up.ts'
import { ratio } from './statistics.ts'
import type { Storm } from './storm.ts'

/** All that a run found out. */
export type Report = {
  users: number
  rounds: number
  seconds: number
  results: Result[]
  storm: Storm | undefined
  startUp: StartUp | undefined
  members: MembersResult[]
  /** Memory of our server after the load. */
  loadedMiB: number | undefined
  /** The most it had at once, its part of what it shares included. */
  mostMiB: number | undefined
}

const AIMS = { startMs: 1_200, idleMiB: 180, stormTimes: 3, membersTimes: 1.5 }

const COLUMNS: readonly { title: string; text: (result: Result) => string }[] = [
  { title: '', text: ({ title }) => title },
  { title: 'connections', text: ({ connections }) => String(connections) },
  { title: 'of raw', text: ({ throughputRatio }) => fixed(throughputRatio, 2) },
  { title: 'aim', text: ({ aim }) => (aim === undefined ? '' : `≥ ${aim}`) },
  { title: 'requests/s', text: both(({ perSecond }) => fixed(perSecond, 0)) },
  { title: 'p50 ms', text: both(({ p50Ms }) => fixed(p50Ms, 1)) },
  { title: 'p99 ms', text: both(({ p99Ms }) => fixed(p99Ms, 1)) },
  { title: 'CPU ms, server+database', text: both(cpu) },
  { title: 'CPU of raw', text: ({ processorRatio }) => fixed(processorRatio, 2) },
]

/** The report as a table. */
export function reportText({
  users,
  rounds,
  seconds,
  results,
  storm,
  members,
  startUp,
  loadedMiB,
  mostMiB,
}: Report): string {
  const lines = [
    `${users} users, ${rounds} rounds of ${seconds} s for each side, in turn. Medians. Pairs are ours / raw.`,
    ...(results.length === 0 ? [] : ['', ...table(results)]),
  ]
  if (storm) lines.push('', ...stormLines(storm))
  if (members.length > 0) lines.push('', ...membersLines(members, users))
  if (loadedMiB !== undefined) {
    lines.push('', `Memory after the load: ${fixed(loadedMiB, 0)} MiB; at most: ${fixed(mostMiB, 0)} MiB`)
  }
  if (startUp) {
    const { startMs, idleMiB } = startUp
    lines.push('', `Ready after ${fixed(ratio(startMs, 1_000), 2)} s, warm (aim: ${AIMS.startMs / 1_000} s at most)`)
    lines.push(`Memory while idle: ${fixed(idleMiB, 0)} MiB (aim: ${AIMS.idleMiB} MiB at most)`)
  }
  return lines.join('\n')
}

function membersLines(members: readonly MembersResult[], users: number): string[] {
  return [
    `An organization of ${users} against one of 100, p50 (aim: ${AIMS.membersTimes} times at most)`,
    ...members.map(({ title, largeMs, smallMs, ratio: times }) => {
      return `  ${title.padEnd(28)} ${fixed(largeMs, 1)} / ${fixed(smallMs, 1)} ms   ${fixed(times, 2)}`
    }),
  ]
}

/** What a run is about to do. */
export function planText({ users, cases, connections, rounds, seconds }: Options): string {
  const measuring = cases.length * connections.length * (rounds * seconds + Math.min(1, seconds)) * 2
  return `Loading ${users} users, then about ${Math.ceil(measuring / 60)} min of measuring …`
}

function stormLines({ p99Ratio, quietP99Ms, stormP99Ms, ...rates }: Storm): string[] {
  const { quietReadsPerSecond, stormReadsPerSecond, signInsPerSecond } = rates
  const times = `${fixed(p99Ratio, 1)} times as long as quiet (aim: ${AIMS.stormTimes} at most)`
  return [
    `GET user during ${fixed(signInsPerSecond, 0)} sign-ins/s: p99 ${fixed(stormP99Ms, 1)} ms against ${fixed(quietP99Ms, 1)} ms, ${times}`,
    `  at ${fixed(stormReadsPerSecond, 0)} reads/s against ${fixed(quietReadsPerSecond, 0)}`,
  ]
}

function table(results: readonly Result[]): string[] {
  const rows = [COLUMNS.map(({ title }) => title), ...results.map((result) => COLUMNS.map(({ text }) => text(result)))]
  const widths = COLUMNS.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)))
  return rows.map((row) => {
    const cells = row.map((cell, index) => {
      const width = widths[index] ?? 0
      return index === 0 ? cell.padEnd(width) : cell.padStart(width)
    })
    return cells.join('   ')
  })
}

function both(text: (figures: Figures) => string): (result: Result) => string {
  return ({ ours, raw }) => `${text(ours)} / ${text(raw)}`
}

function cpu(figures: Figures): string {
  if (processorMs(figures) === undefined) return fixed(figures.serverMs, 3)
  return `${fixed(figures.serverMs, 3)}+${fixed(figures.databaseMs, 3)}`
}

function fixed(figure: number | undefined, digits: number): string {
  return figure === undefined ? '?' : figure.toFixed(digits)
}
