/**
 * The tables beside `users` by which searches find what changes often: `user_activity`, `search_user_metadata` and
 * `search_app_metadata` (docs/decisions/0018). The truth is the row of the user; these repeat a part of it, and whoever
 * writes that part writes them in the same transaction. Users who never had metadata have no row in the latter two.
 */
import type pg from 'pg'
import { copyInto } from './copy.ts'
import { runHot, type Tx } from './database.ts'

const MOMENTS = ['updated_at', 'last_login', 'logins_count', 'last_ip'] as const
const METADATA = ['user_metadata', 'app_metadata'] as const

/** The columns that searches find in `user_activity`. */
export const ACTIVITY: ReadonlySet<string> = new Set(MOMENTS)

/** Writes columns of `user_activity`. @param source a query with these columns and `user_id` */
export function activitySql(source: string, columns: readonly (typeof MOMENTS)[number][] = MOMENTS): string {
  const sets = columns.map((name) => `${name} = excluded.${name}`)
  return `insert into user_activity as a (user_id, ${columns.join(', ')}) ${source}
    on conflict (user_id) do update set ${sets.join(', ')}
    where (${columns.map((name) => `a.${name}`)}) is distinct from (${columns.map((name) => `excluded.${name}`)})`
}

/** Writes the table of one kind of metadata. @param source a query of `user_id` and the value */
export function metadataSql(name: (typeof METADATA)[number], source: string): string {
  return `insert into search_${name} as s (user_id, ${name}) ${source}
    on conflict (user_id) do update set ${name} = excluded.${name} where s.${name} is distinct from excluded.${name}`
}

function statements(condition: string): string[] {
  return [
    activitySql(`select user_id, ${MOMENTS.join(', ')} from users where ${condition}`),
    // Whoever has none may have had some, so that his row has to change.
    ...METADATA.map((name) =>
      metadataSql(
        name,
        `select u.user_id, u.${name} from users u left join search_${name} o on o.user_id = u.user_id
         where ${condition.replaceAll('user_id', 'u.user_id')} and (u.${name} is not null or o.user_id is not null)`,
      ),
    ),
  ]
}

/** Fills them with all users. */
export const INDEX_ALL_USERS: readonly string[] = statements('true')

const [FIRST, SECOND, LAST] = statements('user_id = any((select $1::text[])::text[])')
/** Brings what they say of the users of `$1` up to date with the rows of these users. */
export const INDEX_USERS = {
  name: 'users-index',
  text: `with activity as (${FIRST}), user_values as (${SECOND}) ${LAST}`,
}

/** What they say of a user who is made by COPY; metadata as text. */
export type NewSearchRow = {
  user_id: string
  updated_at: string
  user_metadata: string | null
  app_metadata: string | null
}

/** Adds users who have just been made and have not signed in yet: faster than reading their rows again. */
export async function copySearchRows(client: pg.Client, rows: readonly NewSearchRow[]): Promise<void> {
  const activities = rows.map(({ user_id, updated_at }) => [user_id, updated_at])
  await copyInto(client, 'user_activity', ['user_id', 'updated_at'], activities)
  for (const name of METADATA) {
    const values = rows.flatMap((row) => (row[name] === null ? [] : [[row.user_id, row[name]]]))
    await copyInto(client, `search_${name}`, ['user_id', name], values)
  }
}

/** Brings them up to date for these users, after their rows were inserted or changed. */
export async function indexUsers(tx: Tx, userIds: readonly string[]): Promise<void> {
  await runHot(tx, INDEX_USERS, [[...userIds]])
}
