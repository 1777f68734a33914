/** The flags of a run, such as `npm run bench -- --rounds 3 --only read,update`. */
import { parseArgs } from 'node:util'
import { CASES, type Case } from './cases.ts'

/** What to measure, and how long. */
export type Options = {
  rounds: number
  /** Length of one side's turn. */
  seconds: number
  users: number
  /** Numbers of connections; every case is measured with each. */
  connections: number[]
  cases: Case[]
  /** Whether starts and idle memory are measured too. */
  measuresStart: boolean
  /** Whether reads are measured while many sign in. */
  measuresStorm: boolean
  /** Whether mails are measured, from the request to the mail server. */
  measuresMail: boolean
  /** Whether users are exported and imported in bulk. */
  measuresExport: boolean
  measuresImport: boolean
  /** Whether a large organization's administrator is measured against a small one's. */
  measuresMembers: boolean
  json: boolean
  /** Folder for a CPU profile of the server. */
  profile: string | undefined
}

/** What is measured besides the cases. */
const OTHERS = ['storm', 'mail', 'members', 'export', 'import', 'start'] as const

const USAGE = `Usage: npm run bench -- [flags]
  --rounds 5           rounds, each with a turn of the server and one of the bare server
  --seconds 2          length of a turn
  --users 100000       users in the database
  --connections 16,64  how many connections ask at once
  --only ${[...CASES.map(({ name }) => name), ...OTHERS].join(',')}
  --json               print the figures as JSON
  --profile folder     write a CPU profile of the server there`

/** Thrown for flags that cannot be read; the message says what there is. */
export class UsageError extends Error {}

/** @throws UsageError */
export function readOptions(args: string[]): Options {
  const values = parse(args)
  const only = values.only?.split(',')
  const cases = CASES.filter(({ name }) => only?.includes(name) ?? true)
  const others = OTHERS.filter((name) => only?.includes(name) ?? true)
  if (only && cases.length + others.length !== only.length) throw new UsageError(USAGE)
  return {
    rounds: positive(values.rounds),
    seconds: positive(values.seconds),
    users: Math.max(50, positive(values.users)),
    connections: values.connections.split(',').map(positive),
    cases,
    measuresStorm: others.includes('storm'),
    measuresMail: others.includes('mail'),
    measuresExport: others.includes('export'),
    measuresImport: others.includes('import'),
    measuresMembers: others.includes('members'),
    measuresStart: others.includes('start'),
    json: values.json,
    profile: values.profile,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '2' },
        users: { type: 'string', default: '100000' },
        connections: { type: 'string', default: '16,64' },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        profile: { type: 'string' },
      },
    }).values
  } catch (cause) {
    throw new UsageError(USAGE, { cause })
  }
}

function positive(text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new UsageError(USAGE)
  return number
}
