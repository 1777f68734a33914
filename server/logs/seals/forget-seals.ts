/**
 * What retention forgets stays in the chain as one link a day: which batches there were, how many entries, and a proof,
 * which takes the encryption key, that they were forgotten by us and not removed by somebody else.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { now } from '../../base/clock.ts'
import type { Secrets } from '../../base/secrets.ts'
import type { Tx } from '../../db/database.ts'
import { type Forgotten, proofOf } from './seal.ts'
import { awaitTurn, findBatch, insertBatches } from './store.ts'

/** Ids from the first to before the second, without what lies in any of the parts. */
export type ForgottenDays = { from: string; to: string; outside?: readonly { from: string; to: string }[] }

/** Batches in a row. */
type Run = Pick<Forgotten, 'administrative' | 'number' | 'through' | 'entries' | 'first_id' | 'last_id'>

/** Puts one link in the place of the batches of these days, wherever they follow one another. Nothing is sealed until then. */
export async function forgetBatches(
  tx: Tx,
  secrets: Secrets,
  administrative: boolean,
  days: ForgottenDays,
): Promise<void> {
  await awaitTurn(tx)
  const condition = conditionOf(administrative, days)
  const { rows: runs } = await sql<Run>`
    select administrative, min(number) as number, max(number) as through, sum(entries)::bigint as entries,
      min(first_id) as first_id, max(last_id) as last_id
    from (select *, number - row_number() over (order by number) as run
      from event_seal_batches where ${condition}) due
    group by administrative, run order by 2`.execute(tx)
  for (const run of runs) await forgetRun(tx, secrets, run)
}

async function forgetRun(tx: Tx, secrets: Secrets, run: Run): Promise<void> {
  const { administrative, number, through } = run
  const before = number === 1 ? undefined : await findBatch(tx, administrative, number - 1)
  const last = await findBatch(tx, administrative, through)
  if (!last) throw new Error('A batch that was there a moment ago is gone.')
  const { hash } = last
  const proof = proofOf(secrets, { ...run, before: before?.hash ?? Buffer.alloc(0), hash })
  await tx
    .deleteFrom('event_seal_batches')
    .where('administrative', '=', administrative)
    .where('number', '>=', number)
    .where('number', '<=', through)
    .execute()
  await insertBatches(tx, [{ ...run, sealed_at: now(), root: null, hash, proof }])
}

function conditionOf(administrative: boolean, { from, to, outside = [] }: ForgottenDays): RawBuilder<SqlBool> {
  return sql<SqlBool>`administrative = ${administrative} and proof is null and first_id >= ${from} and first_id < ${to}
    and not exists (select from unnest(${outside.map((part) => part.from)}::text[], ${outside.map((part) => part.to)}::text[])
      as part (begins, ends) where first_id >= begins and first_id < ends)`
}
