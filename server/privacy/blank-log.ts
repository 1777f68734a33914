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

/** Whose entries: by his ids, by the addresses that he had, and in the organizations in which he was. */
export type Erased = { ids: readonly string[]; addresses: readonly string[]; organizations: readonly string[] }

/** Blanks them, and answers how many there were. */
export async function blankLog(tx: Tx, { ids, addresses, organizations }: Erased): Promise<number> {
  const typed = [...addresses]
  const conditions = [
    sql<SqlBool>`user_id = any(${[...ids]}::text[])`,
    sql<SqlBool>`actor_id = any(${[...ids]}::text[]) and actor_kind = 'user' and actor_id is distinct from user_id`,
    sql<SqlBool>`type = any(${[...AT_THE_DOOR]}::text[]) and user_id is null
      and lower(person->>'user_name') = any(${typed}::text[])`,
    // An invitation to several names others as well: what they are called goes from this entry too.
    sql<SqlBool>`organization_id = any(${[...organizations]}::text[]) and operation = any(${INVITATIONS}::text[])
      and ${isNamedBy(typed)}`,
    // What the Management API refused, such as a second account with his address.
    sql<SqlBool>`type = 'fapi' and user_id is null and ${isNamedBy(typed)}`,
  ]
  let blanked = 0
  for (const condition of conditions) blanked += await blankPerson(tx, condition)
  return blanked
}

/** Whether one of the addresses stands there as a whole: within a longer one it is somebody else's. */
function isNamedBy(addresses: readonly string[]) {
  return sql<SqlBool>`exists (select from unnest(${[...addresses]}::text[]) address
    where strpos(lower(person::text), to_json(address)::text) > 0)`
}
