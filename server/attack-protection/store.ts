/** SQL about the settings of attack protection and about the blocks that it has put on accounts. */
import { sql } from 'kysely'
import { secondsFromNow } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import {
  BLOCK_SECONDS,
  type BruteForce,
  isProtecting,
  type SaidBruteForce,
  withBruteForceDefaults,
} from './brute-force.ts'
import { readSaid } from './settings.ts'
import { TOGETHER } from './tries.ts'

/** The settings, defaults included. */
async function readBruteForce(db: Db): Promise<BruteForce> {
  // The schema of the route has let it through.
  return withBruteForceDefaults(((await readSaid(db, 'brute-force-protection')) ?? {}) as SaidBruteForce)
}

/** Whose blocks: a user's, or those of whatever is typed, whether anybody has it or not. */
export type BlocksOf = { userId: string } | { identifier: string }

/** A block as the Management API shows it; one for all addresses has none. */
export type Block = { identifier: string; ip?: string; connection?: string }

/** The blocks, the oldest first. @param onlyObeyed leaves out what is not obeyed, since protection is off */
export async function listBlocks(db: Db, of: BlocksOf, { onlyObeyed }: { onlyObeyed: boolean }): Promise<Block[]> {
  const settings = await readBruteForce(db)
  if (onlyObeyed && !isProtecting(settings)) return []
  const isTogether = settings.mode === 'count_per_identifier'
  const { rows } = await sql<{ identifier: string; last_ip: string; connection: string | null }>`
    select identifier, last_ip, connection from login_failures
    where ${whose(of)} and blocked_at is not null
      and failures >= ${settings.max_attempts} and last_failed_at > ${secondsFromNow(-BLOCK_SECONDS)}
      and (address_block = ${TOGETHER}) = ${isTogether}
      and not (${onlyObeyed} and exists (select from connections c
        where c.name = login_failures.connection and c.options->>'brute_force_protection' = 'false'))
    order by blocked_at, address_block`.execute(db)
  return rows.map(({ identifier, last_ip, connection }) => ({
    identifier,
    ...(isTogether ? {} : { ip: last_ip }),
    ...(connection === null ? {} : { connection }),
  }))
}

/** Lifts the blocks and forgets the vain tries, from everywhere. */
export async function clearBlocks(tx: Tx, of: BlocksOf): Promise<void> {
  await sql`update login_failures set failures = 0, blocked_at = null where ${whose(of)}`.execute(tx)
}

/** The same for a user who has proved otherwise who he is. A block by an administrator stays. */
export async function clearFailures(tx: Tx, userId: string): Promise<void> {
  await clearBlocks(tx, { userId })
}

function whose(of: BlocksOf) {
  if ('userId' in of) return sql`user_id = ${of.userId}`
  return sql`(identifier = ${of.identifier} or user_id in (select user_id from user_identifiers where value = ${of.identifier}))`
}
