/** How much processor time programs have used, as Linux counts it in /proc. Elsewhere nobody says. */
import { readdirSync, readFileSync } from 'node:fs'

const MS_PER_TICK = 10

type Stat = { parent: number; own: number; children: number }

/** Milliseconds that a process has used; undefined where nobody says. */
export function processorTime(pid: number): number | undefined {
  return readStat(pid)?.own
}

/**
 * Milliseconds that PostgreSQL has used, all of its processes; undefined where nobody says.
 * @param backend the process of one connection
 */
export function databaseProcessorTime(backend: number): number | undefined {
  const postmaster = readStat(backend)?.parent
  if (postmaster === undefined || !isPostgres(postmaster)) return undefined
  const stats = readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined
    if (!stat) return []
    // Processes that have ended stand with their parent.
    if (Number(name) === postmaster) return [stat.own + stat.children]
    return stat.parent === postmaster ? [stat.own] : []
  })
  return stats.reduce((sum, each) => sum + each, 0)
}

/** The memory of a process in MiB, its part of what it shares included; undefined where nobody says. */
export function memoryOf(pid: number): number | undefined {
  const [, kilobytes] = /^Pss: +(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`)) ?? []
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024
}

/** The most memory that a process ever had at once, in MiB; undefined where nobody says. */
export function mostMemoryOf(pid: number): number | undefined {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`)) ?? []
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024
}

// proc(5): after the name, in parentheses, which may hold anything, come state, parent, and from the 12th on the times.
function readStat(pid: number): Stat | undefined {
  const text = readOrEmpty(`/proc/${pid}/stat`)
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = (index: number) => Number(fields[index]) * MS_PER_TICK
  if (fields.length < 15) return undefined
  return { parent: Number(fields[1]), own: ticks(11) + ticks(12), children: ticks(13) + ticks(14) }
}

// DATABASE_URL may lead to another machine, whose process ids mean something else here.
function isPostgres(pid: number): boolean {
  return readOrEmpty(`/proc/${pid}/comm`).startsWith('postgres')
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // The process has ended, or there is no /proc.
  }
}
