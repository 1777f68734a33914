/** The log of somebody who is erased: entries stay, what is personal in them goes. */
import { type SqlBool, sql } from 'kysely'
import type { Tx } from '../db/database.ts'
import type { EventType } from '../logs/event-types.ts'
import { blankPerson } from '../logs/seals/blank-person.ts'

/** TABLE: what is recorded of a typed address before anybody knows whose it is; such an entry names no user. */
const AT_THE_DOOR: readonly EventType[] = ['fu', 'fp', 'fs', 'scpr', 'fcpr', 'svr', 'limit_wc', 'limit_mu', 'pwd_leak']
/** The acts that name somebody by his address who was no member yet. */
const INVITATIONS = [
  ...['post_invitations', 'post_invitations_batch', 'post_invitation_resend'],
  ...['delete_invitations_by_invitation_id'],
]

/** Whose entries: by his id, by the addresses that he had, and in the organizations in which he was. */
export type Erased = { userId: string; addresses: readonly string[]; organizations: readonly string[] }

/** Blanks them, and answers how many there were. */
export async function blankLog(tx: Tx, { userId, addresses, organizations }: Erased): Promise<number> {
  const typed = [...addresses]
  const conditions = [
    sql<SqlBool>`user_id = ${userId}`,
    sql<SqlBool>`actor_id = ${userId} and actor_kind = 'user' and actor_id is distinct from user_id`,
    sql<SqlBool>`type = any(${[...AT_THE_DOOR]}::text[]) and user_id is null
      and lower(person->>'user_name') = any(${typed}::text[])`,
    // An invitation to several names others as well: what they are called goes from this entry too.
    sql<SqlBool>`organization_id = any(${[...organizations]}::text[]) and operation = any(${INVITATIONS}::text[])
      and exists (select from unnest(${typed}::text[]) address where strpos(lower(person::text), address) > 0)`,
  ]
  let blanked = 0
  for (const condition of conditions) blanked += await blankPerson(tx, condition)
  return blanked
}
