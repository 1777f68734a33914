/** `tenantry doctor`: looks at everything a server needs and says of each what is wrong and what to do. Changes nothing. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Config, readConfig } from '../config.ts'
import { CHECKS, type Check, type Finding } from './doctor-checks.ts'
import { openPostgres, withDatabase } from './open-tenant.ts'
import type { Result } from './terminal.ts'

const MARKS = { fine: '✔', doubtful: '!', wrong: '✖' } as const
const LIMIT_MS = 15_000

/** Runs every check. It fails when one of them found something wrong; what is only doubtful is no failure. */
export async function examine(): Promise<Result> {
  const findings: (Finding & { check: string })[] = []
  const note = async <Seen>(grounds: Seen, checks: readonly Check<Seen>[]) => {
    for (const check of checks) findings.push(...(await run(check, grounds)))
  }
  const config = readConfig()
  await note({ config }, CHECKS.before)
  const postgres = await reach(config)
  if ('finding' in postgres) findings.push({ check: 'database', ...postgres.finding })
  else {
    await withDatabase(postgres, async (database) => {
      await note({ config, database }, CHECKS.within)
      // Whatever else is looked at stands in tables, which may not be there.
      if (findings.every(({ check, state }) => check !== 'database' || state !== 'wrong')) {
        await note({ config, database }, CHECKS.ofTenant)
      }
    })
  }
  const isFailure = findings.some(({ state }) => state === 'wrong')
  const lines = findings.map(({ check, state, text }) => `${MARKS[state]} ${check}: ${text}`)
  return { words: lines.join('\n'), facts: { is_well: !isFailure, findings }, isFailure }
}

async function reach(config: Config) {
  try {
    return await openPostgres(config)
  } catch (error) {
    return { finding: wrong(error) }
  }
}

async function run<Seen>({ name, look }: Check<Seen>, grounds: Seen): Promise<(Finding & { check: string })[]> {
  const late = { state: 'wrong', text: `no answer within ${LIMIT_MS / 1000} seconds` } as const
  const waited = new AbortController()
  try {
    const found = await Promise.race([look(grounds), sleep(LIMIT_MS, late, { signal: waited.signal })])
    return [found].flat().map((finding) => ({ check: name, ...finding }))
  } catch (error) {
    return [{ check: name, ...wrong(error) }]
  } finally {
    waited.abort()
  }
}

function wrong(error: unknown): Finding {
  return { state: 'wrong', text: error instanceof Error ? error.message : String(error) }
}
