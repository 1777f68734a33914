/** Exact totals kept beside the rows they count, so that no list ever scans a table to say how long it is. */
import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'

const SLOTS = 16

/**
 * Adds to a total, in the transaction that adds or removes the rows. Writers spread over slots; the row is locked
 * until the commit, so this comes last in a transaction.
 */
export async function addToCounter(tx: Tx, scope: string, name: string, amount: number): Promise<void> {
  const slot = randomInt(SLOTS)
  await sql`
    insert into counters (scope, name, slot, value) values (${scope}, ${name}, ${slot}, ${amount})
    on conflict (scope, name, slot) do update set value = counters.value + excluded.value`.execute(tx)
}

/** The total; 0 for a name that never counted anything. */
export async function readCounter(db: Db, scope: string, name: string): Promise<number> {
  const row = await db
    .selectFrom('counters')
    .select((eb) => eb.fn.sum<string>('value').as('total'))
    .where('scope', '=', scope)
    .where('name', '=', name)
    .executeTakeFirst()
  return Number(row?.total ?? 0)
}
