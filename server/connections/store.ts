/** All SQL about connections. */
import { type Selectable, sql } from 'kysely'
import { coalesce } from '../db/coalesce.ts'
import { addToCounter } from '../db/counters.ts'
import { type Database, type Db, isUniqueViolation, type Tx } from '../db/database.ts'
import type { ConnectionsTable } from '../db/tables.ts'
import { checkpointOf, offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import type { Found, Paging } from '../http/paging.ts'
import { forgetLastLogins } from '../stats/store.ts'
import { type Connection, connectionOf } from './connection.ts'

/** The connection with this id; undefined when there is none. */
export async function findConnection(db: Db, id: string): Promise<Connection | undefined> {
  const row = await db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst()
  return row && connectionOf(row)
}

/** Those of these connections that there are, by id. */
export async function findConnections(db: Db, ids: readonly string[]): Promise<Map<string, Connection>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('connections').selectAll().where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, connectionOf(row)]))
}

/** The connection with this name, case and all; undefined when there is none. */
export async function findConnectionByName(db: Db, name: string): Promise<Connection | undefined> {
  const row = await db.selectFrom('connections').selectAll().where('name', '=', name).executeTakeFirst()
  return row && connectionOf(row)
}

/** Makes what finds connections by name, case and all. Requests that arrive together share a statement. */
export function connectionReader(database: Database): (name: string) => Promise<Connection | undefined> {
  return coalesce<string, Connection | undefined>({
    atOnce: 1,
    most: 200,
    run: async (names) => {
      const rows = await database.query<Selectable<ConnectionsTable>>(BY_NAMES, [[...new Set(names)]])
      const found = new Map(rows.map((row) => [row.name, connectionOf(row)]))
      return names.map((name) => found.get(name))
    },
  })
}

const BY_NAMES = { name: 'connections-by-names', text: 'select * from connections where name = any($1)' }

/** The database connection that was made first; undefined when there is none. */
export async function findFirstDatabase(db: Db): Promise<Connection | undefined> {
  return (await findDatabases(db, 1))[0]
}

/** The database connections, the oldest first. */
export async function findDatabases(db: Db, limit: number): Promise<Connection[]> {
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .where('strategy', '=', 'auth0')
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(connectionOf)
}

/** The connection, locked for a change; undefined when there is none. */
export async function lockConnection(tx: Tx, id: string): Promise<Connection | undefined> {
  const row = await tx.selectFrom('connections').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  return row && connectionOf(row)
}

/** What narrows a list of connections down. */
export type ConnectionFilter = { strategy?: readonly string[]; name?: string }

/** Connections in the order in which they were made. */
export async function listConnections(db: Db, filter: ConnectionFilter, paging: Paging): Promise<Found<Connection>> {
  const { strategy, name } = filter
  const matching = db
    .selectFrom('connections')
    .$if(strategy !== undefined, (query) => query.where('strategy', 'in', strategy ?? []))
    .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
  const { total } = await matching.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const after = checkpointOf(paging)
  const rows = await matching
    .selectAll()
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) > (${after?.time}::timestamptz, ${after?.id})`),
    )
    .orderBy('created_at')
    .orderBy('id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  return { rows: rows.map(connectionOf), total }
}

/**
 * Lets nobody else make connections or give realms until the transaction ends, so that two cannot take one name.
 * Reading, and making users in them, goes on.
 */
export async function lockConnectionNames(tx: Tx): Promise<void> {
  await sql`lock table connections in share row exclusive mode`.execute(tx)
}

/** Whether another connection has one of these realms. */
export async function areRealmsTaken(tx: Tx, realms: readonly string[], id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('connections')
    .select('id')
    .where('id', '<>', id)
    .where(sql<boolean>`realms && ${[...realms]}::text[]`)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether a connection has this name, or this realm. */
export async function isDirectory(db: Db, named: string): Promise<boolean> {
  const row = await db
    .selectFrom('connections')
    .select('id')
    .where(sql<boolean>`(name = ${named} or realms && ${[named]}::text[])`)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Stores a new connection. @throws ApiError connection_exists */
export async function insertConnection(tx: Tx, connection: Connection): Promise<void> {
  const { id, name, strategy, createdAt } = connection
  try {
    await tx
      .insertInto('connections')
      .values({ id, name, strategy, created_at: createdAt, ...changeableColumns(connection) })
      .execute()
  } catch (error) {
    if (isUniqueViolation(error)) throw new ApiError('connection_exists', { cause: error })
    throw error
  }
}

/** Stores a changed connection. */
export async function saveConnection(tx: Tx, connection: Connection): Promise<void> {
  await tx.updateTable('connections').set(changeableColumns(connection)).where('id', '=', connection.id).execute()
}

function changeableColumns({ displayName, options, settings, realms, metadata }: Connection) {
  return {
    display_name: displayName ?? null,
    options: JSON.stringify(options),
    settings: JSON.stringify(settings),
    realms,
    metadata: metadata === undefined ? null : JSON.stringify(metadata),
  }
}

/**
 * Removes a locked connection with all identities in it, and the users who have no other identity. Somebody who
 * has one elsewhere stays, with the rest.
 *
 * @returns how many users are gone
 */
export async function deleteConnection(tx: Tx, id: string): Promise<number> {
  const days = await tx
    .with('gone', (db) =>
      db
        .deleteFrom('users')
        .where((eb) =>
          eb('user_id', 'in', eb.selectFrom('identities').select('identities.user_id').where('connection_id', '=', id)),
        )
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('identities as other')
                .select('other.user_id')
                .whereRef('other.user_id', '=', 'users.user_id')
                .where('other.connection_id', '<>', id),
            ),
          ),
        )
        .returning('last_login'),
    )
    .selectFrom('gone')
    .select([
      sql<string | null>`to_char(last_login at time zone 'UTC', 'YYYYMMDD')`.as('day'),
      sql<number>`count(*)`.as('count'),
    ])
    .groupBy('day')
    .execute()
  await tx.deleteFrom('connections').where('id', '=', id).execute()
  const gone = days.reduce((sum, { count }) => sum + count, 0)
  if (gone > 0) await addToCounter(tx, 'tenant', 'users', -gone)
  await forgetLastLogins(tx, days)
  return gone
}

/**
 * Who has this e-mail address in the connection, and whether he has another identity. `linkedIdentityId` is the one with
 * the address, where that was linked to him.
 */
export async function findUserByEmail(
  tx: Tx,
  connectionId: string,
  foldedEmail: string,
): Promise<{ userId: string; linkedIdentityId: string | undefined; hasOtherIdentity: boolean } | undefined> {
  const row = await tx
    .selectFrom('user_identifiers')
    .innerJoin('users', 'users.user_id', 'user_identifiers.user_id')
    .select(['users.user_id', 'user_identifiers.identity_id'])
    .select(
      sql<boolean>`exists (select from identities i where i.user_id = users.user_id
        and (i.connection_id <> ${connectionId} or (user_identifiers.identity_id is null and i.profile_data is not null)
          or i.identity_id <> user_identifiers.identity_id))`.as('has_other_identity'),
    )
    .where('user_identifiers.connection_id', '=', connectionId)
    .where('kind', '=', 'email')
    .where('value', '=', foldedEmail)
    .forUpdate('users')
    .executeTakeFirst()
  return (
    row && {
      userId: row.user_id,
      linkedIdentityId: row.identity_id ?? undefined,
      hasOtherIdentity: row.has_other_identity,
    }
  )
}

/** Takes a user's own or a linked identity in one connection away; he keeps the others. */
export async function deleteIdentity(
  tx: Tx,
  connectionId: string,
  userId: string,
  linkedIdentityId: string | undefined,
): Promise<void> {
  const isLinked = linkedIdentityId !== undefined
  await tx
    .deleteFrom('user_identifiers')
    .where('connection_id', '=', connectionId)
    .where('user_id', '=', userId)
    .where('identity_id', 'is not distinct from', linkedIdentityId ?? null)
    .execute()
  await tx
    .deleteFrom('identities')
    .where('connection_id', '=', connectionId)
    .where('user_id', '=', userId)
    .$if(isLinked, (query) => query.where('identity_id', '=', linkedIdentityId ?? ''))
    .$if(!isLinked, (query) => query.where('profile_data', 'is', null))
    .execute()
}
