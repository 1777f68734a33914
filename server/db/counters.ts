/** Exact totals kept beside the rows they count, so that no list ever scans a table to say how long it is. */
import { randomInt } from 'node:crypto'
import { type Db, runHot, type Statement, type Tx } from './database.ts'

const SLOTS = 16
const ADD: Statement = {
  name: 'counter-add',
  text: `insert into counters (scope, name, slot, value) values ($1, $2, $3, $4)
    on conflict (scope, name, slot) do update set value = counters.value + excluded.value`,
}

/**
 * Adds to a total, in the transaction that adds or removes the rows. Writers spread over slots; the row is locked
 * until the commit, so this comes last in a transaction.
 */
export async function addToCounter(tx: Tx, scope: string, name: string, amount: number): Promise<void> {
  await runHot(tx, ADD, [scope, name, randomInt(SLOTS), amount])
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
