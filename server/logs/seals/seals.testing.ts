/** For tests of the sealed log: entries of a moment, and what somebody does who can write the database. */
import { sql } from 'kysely'
import { newLogId } from '../../base/ids.ts'
import type { Db } from '../../db/database.ts'
import { recordEvent } from '../record.ts'

/** Records an entry and answers its id. Administrative or not, with something personal. */
export async function recordOne(db: Db, description: string, type: 's' | 'sapi' = 's'): Promise<string> {
  const actor = { kind: 'system', name: 'test' } as const
  await recordEvent(db, { type, actor, description, person: { ip: '203.0.113.7' }, details: { b: 1, a: [1.5, 'ü'] } })
  const { log_id } = await db
    .selectFrom('events')
    .select('log_id')
    .where('description', '=', description)
    .executeTakeFirstOrThrow()
  return log_id
}

/** An entry with a date of somebody's choice, as only the database's owner can write one. */
export async function forge(db: Db, time: number, type: 's' | 'sapi' = 's'): Promise<string> {
  const date = new Date(time)
  const log_id = `900${date.toISOString().replace(/\D/g, '')}${newLogId().slice(20)}`
  await sql`insert into events (log_id, date, type, description, actor_kind)
    values (${log_id}, ${date}, ${type}, 'forged', 'system')`.execute(db)
  return log_id
}
