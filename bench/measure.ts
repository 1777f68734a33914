/** Measures one case: rounds in which both servers have a turn, so that whatever else the machine does meets both. */
import type { Asker, Case } from './cases.ts'
import { drive } from './drive.ts'
import { databaseProcessorTime, processorTime } from './processor-time.ts'
import type { RunningServer } from './servers.ts'
import { median, percentile, ratio } from './statistics.ts'

/** Both servers, and one process of the database that they share. */
export type Field = { ours: RunningServer; raw: RunningServer; asker: Asker; backend: number }

/** One server's figures. Processor time is per request, in milliseconds; undefined where nobody says. */
export type Figures = {
  perSecond: number | undefined
  p50Ms: number | undefined
  p99Ms: number | undefined
  serverMs: number | undefined
  databaseMs: number | undefined
}

/** What came of a case: medians over the rounds, and the medians of each round's own ratios. */
export type Result = {
  name: Case['name'] | 'mail' | 'import' | 'export'
  title: string
  connections: number
  ours: Figures
  raw: Figures
  /** Our throughput as a part of the bare server's; more is better. */
  throughputRatio: number | undefined
  /** Our processor time as a part of the bare server's; less is better. */
  processorRatio: number | undefined
  aim: number | undefined
}

/** How it is measured. */
export type Schedule = { rounds: number; seconds: number }

/** What each side does in its turn, for so many seconds. */
export type Turns = Record<'ours' | 'raw', (seconds: number) => Promise<Figures>>

/** What comes of the rounds of two sides. */
export type Comparison = Pick<Result, 'ours' | 'raw' | 'throughputRatio' | 'processorRatio'>

/** Measures it. Answers of ours are counted in `answered`, also those before the first round. */
export async function measure(
  field: Field,
  kind: Case,
  { connections, ...schedule }: Schedule & { connections: number },
  answered: (count: number) => void,
): Promise<Result> {
  const turnOf = (server: RunningServer, count: (answers: number) => void) => (seconds: number) =>
    takeTurn(field, server, kind, { connections, seconds }, count)
  const comparison = await compare({ ours: turnOf(field.ours, answered), raw: turnOf(field.raw, () => {}) }, schedule)
  return { name: kind.name, title: kind.title, connections, aim: kind.aims[connections], ...comparison }
}

/** Lets both sides take turns, after a short one each that does not count. */
export async function compare(turnOf: Turns, { rounds, seconds }: Schedule): Promise<Comparison> {
  const warmUp = Math.min(1, seconds)
  await turnOf.raw(warmUp)
  await turnOf.ours(warmUp)
  const ours: Figures[] = []
  const raw: Figures[] = []
  for (let round = 0; round < rounds; round += 1) {
    // Who begins changes, so that a trend of the machine favours nobody.
    if (round % 2 === 0) ours.push(await turnOf.ours(seconds))
    raw.push(await turnOf.raw(seconds))
    if (round % 2 === 1) ours.push(await turnOf.ours(seconds))
  }
  const ratios = (figure: (figures: Figures) => number | undefined) =>
    median(ours.map((figures, round) => ratio(figure(figures), figure(raw[round] ?? figures))))
  return {
    ours: medians(ours),
    raw: medians(raw),
    throughputRatio: ratios(({ perSecond }) => perSecond),
    processorRatio: ratios(processorMs),
  }
}

/** Processor time of server and database together. */
export function processorMs({ serverMs, databaseMs }: Figures): number | undefined {
  return serverMs === undefined || databaseMs === undefined ? undefined : serverMs + databaseMs
}

async function takeTurn(
  { ours, asker, backend }: Field,
  server: RunningServer,
  kind: Case,
  { connections, seconds }: { connections: number; seconds: number },
  answered: (count: number) => void,
): Promise<Figures> {
  // The bare server asks nobody who he is, so it is not made to read a token either.
  const token = server === ours ? asker.token : undefined
  const spent = meter(server.pid, backend)
  const outcome = await drive({ port: server.port, asker: { ...asker, token }, kind, connections, seconds })
  answered(outcome.answers)
  return {
    perSecond: outcome.answers / outcome.seconds,
    p50Ms: percentile(outcome.latencies, 0.5),
    p99Ms: percentile(outcome.latencies, 0.99),
    ...spent(outcome.answers),
  }
}

/** Reads the processor time from now on. What it returns tells how much of it went into each of so many answers. */
export function meter(pid: number, backend: number): (answers: number) => Pick<Figures, 'serverMs' | 'databaseMs'> {
  const read = () => [processorTime(pid), databaseProcessorTime(backend)] as const
  const before = read()
  return (answers) => {
    const after = read()
    const spent = (index: 0 | 1) => {
      const [from, to] = [before[index], after[index]]
      return from === undefined || to === undefined ? undefined : (to - from) / answers
    }
    return { serverMs: spent(0), databaseMs: spent(1) }
  }
}

function medians(rounds: readonly Figures[]): Figures {
  const of = (name: keyof Figures) => median(rounds.map((figures) => figures[name]))
  return {
    perSecond: of('perSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    serverMs: of('serverMs'),
    databaseMs: of('databaseMs'),
  }
}
