/** Takes what is personal out of entries, and with it the salts by which it could still be guessed from its digest. */
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Tx } from '../../db/database.ts'
import { awaitTurn } from './store.ts'

/**
 * Blanks it in the entries that meet the condition, and answers how many there were. The chain stays whole. Nothing is sealed
 * until the transaction ends: an entry that is being sealed would get a salt that nobody takes away.
 * @param condition on the table `events`
 */
export async function blankPerson(tx: Tx, condition: Expression<SqlBool>): Promise<number> {
  await awaitTurn(tx)
  const { rows } = await sql<{ n: number }>`
    with blanked as (update events set person = null where ${condition} and person is not null returning log_id),
    unsalted as (update event_seals set person_salt = null where log_id in (select log_id from blanked))
    select count(*)::integer as n from blanked`.execute(tx)
  return rows[0]?.n ?? 0
}
