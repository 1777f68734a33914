/** SQL that reads users. Documents come as JSON text, written by PostgreSQL (document.ts). */
import { sql } from 'kysely'
import type { Actor } from '../authorization/actor.ts'
import {
  STANDING_SQL,
  type StandingRow,
  standingAmong,
  standingParameters,
  type TokenClaims,
} from '../authorization/standing.ts'
import { actsForOrganization, seesWholeTenant, usersVisibleTo } from '../authorization/visible-to.ts'
import { coalesce } from '../db/coalesce.ts'
import { type Database, type Db, runHot, type Statement } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { documentArray, USER_DOCUMENT } from './document.ts'
import { readMember, readMembersByEmail } from './members/search.ts'
import type { User } from './user.ts'

/** Reads the document of one user for a caller; undefined when there is none, or none that he may see. */
export type UserReader = (token: TokenClaims & { actor: Actor }, userId: string) => Promise<string | undefined>

type Wanted = { token: TokenClaims; userId: string }

// Documents and standing in one statement: one round trip for all that a read needs to know. The ids stand in a
// sub-select so that the planner does not see how many there are: it would plan anew for every batch.
const READ_SQL = `select 'document' as kind, u.user_id as id, ${USER_DOCUMENT} as value
  from users u where u.user_id = any((select $4::text[])::text[]) union all ${STANDING_SQL}`

/**
 * Makes the reader. Requests of callers who see the whole tenant share statements; the others carry their
 * condition in a statement of their own.
 * @throws ApiError invalid_token, from the reader, when the token no longer counts
 */
export function userReader(database: Database): UserReader {
  const shared = coalesce<Wanted, string | undefined>({
    // One, which costs the least; another one only beside one that takes long.
    atOnce: 4,
    patience: { eager: 1, ms: 5 },
    most: 200,
    run: (wanted) => readMany(database, wanted),
  })
  return async (token, userId) => {
    if (seesWholeTenant(token.actor)) return await shared({ token, userId })
    const [found] = await readMany(database, [{ token, userId }])
    if (found instanceof Error) throw found
    if (found === undefined) return undefined
    return actsForOrganization(token.actor)
      ? await readMember(database.db, token.actor, userId)
      : await readVisible(database.db, token.actor, userId)
  }
}

async function readMany(database: Database, wanted: Wanted[]): Promise<(string | undefined | Error)[]> {
  const userIds = [...new Set(wanted.map(({ userId }) => userId))]
  const rows = await database.query<StandingRow>({ name: 'user-read', text: READ_SQL }, [
    ...standingParameters(wanted.map(({ token }) => token)),
    userIds,
  ])
  const documents = new Map(rows.flatMap((row) => (row.kind === 'document' ? [[row.id, row.value]] : [])))
  const stands = standingAmong(rows)
  return wanted.map(({ token, userId }) => (stands(token) ? documents.get(userId) : new ApiError('invalid_token')))
}

const READ_ONE: Statement = {
  name: 'user-read-one',
  text: `select ${USER_DOCUMENT} as document from users u where u.user_id = $1`,
}

async function readVisible(db: Db, actor: Actor, userId: string): Promise<string | undefined> {
  if (seesWholeTenant(actor)) {
    const [found] = await runHot<{ document: string }>(db, READ_ONE, [userId])
    return found?.document
  }
  const row = await db
    .selectFrom('users as u')
    .select(sql<string>`${sql.raw(USER_DOCUMENT)}`.as('document'))
    .where('u.user_id', '=', userId)
    .where(usersVisibleTo(actor, 'u'))
    .executeTakeFirst()
  return row?.document
}

/** One user, parsed, for use within the server; undefined when there is none that the actor may see. */
export async function findUser(db: Db, actor: Actor, userId: string): Promise<User | undefined> {
  const document = await readVisible(db, actor, userId)
  // Written by our own statement.
  return document === undefined ? undefined : (JSON.parse(document) as User)
}

/** The same for many, by id. */
export async function findUsers(db: Db, actor: Actor, userIds: readonly string[]): Promise<Map<string, User>> {
  const rows = await db
    .selectFrom('users as u')
    .select(['u.user_id', sql<string>`${sql.raw(USER_DOCUMENT)}`.as('document')])
    .where(sql<boolean>`u.user_id = any(${[...userIds]}::text[])`)
    .where(usersVisibleTo(actor, 'u'))
    .execute()
  // As above.
  return new Map(rows.map(({ user_id, document }) => [user_id, JSON.parse(document) as User]))
}

/** The users with exactly this stored address, as a JSON array. */
export async function readUsersByEmail(db: Db, actor: Actor, email: string): Promise<string> {
  if (actsForOrganization(actor)) return await readMembersByEmail(db, actor, email)
  const row = await db
    .selectFrom('users as u')
    .select(sql<string>`${sql.raw(documentArray(USER_DOCUMENT, 'u.created_at, u.user_id'))}`.as('users'))
    .where(sql<boolean>`u.email collate "C" = ${email}`)
    .where(usersVisibleTo(actor, 'u'))
    .executeTakeFirstOrThrow()
  return row.users
}
