/** Under what somebody is and was known: his ids and his addresses. */
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { fold } from '../users/user.ts'

/** His own id first, then those of the accounts that were linked to his: the log knows them by these. */
export async function idsOf(db: Db, userId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select i.provider || '|' || i.identity_id as id from identities i
    where i.user_id = ${userId} and not exists (
      select from users u where u.user_id = i.provider || '|' || i.identity_id)`.execute(db)
  return [userId, ...rows.map(({ id }) => id)]
}

/**
 * Every address: of his own identity, of those that were linked to it, and those that the log tells he had before. One
 * that is somebody else's by now is not among these.
 */
export async function addressesOf(db: Db, ids: readonly string[]): Promise<string[]> {
  const [userId] = ids
  const { rows } = await sql<{ address: string }>`
    select email_folded as address from users where user_id = ${userId} and email_folded is not null
    union select value from user_identifiers where user_id = ${userId} and kind = 'email'
    union select former.address from (
      select lower(value) as address from events e,
        unnest(array[e.person->'before'->>'email', e.person->'after'->>'email']) value
      where e.user_id = any(${[...ids]}::text[]) and value is not null) former
    where not exists (select from users u where u.email_folded = former.address and u.user_id <> ${userId})`.execute(db)
  return [...new Set(rows.map(({ address }) => fold(address)))]
}
