/** What the tests of accounts share: people with passwords and links, the queue of mails, what was recorded. */
import assert from 'node:assert/strict'
import pg from 'pg'
import type { TestServer } from '../../test/harness.ts'
import type { Connection } from '../connections/connection.ts'
import { enableClients } from '../connections/enabled-clients.ts'
import { findConnectionByName } from '../connections/store.ts'
import { transact } from '../db/database.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { hashPassword } from '../passwords/hash.ts'
import { insertPassword } from '../passwords/store.ts'
import { FIRST_CONNECTION } from '../setup.ts'
import { issueTicket } from '../tickets/issue.ts'
import type { TicketPurpose } from '../tickets/ticket.ts'
import { createUser, type NewUser } from '../users/create.ts'
import type { User } from '../users/user.ts'

/** The password of everybody. */
export const PASSWORD = 'the old grey heron'
/** A password that is good enough. */
export const NEW_PASSWORD = 'slow ferry past midnight'
/** A request as the events of these tests tell of it. */
export const REQUEST: RequestInfo = { id: 'test', method: 'post', path: '/test', query: {}, ip: '192.0.2.7' }

/** A link to be, with what tests say of it. */
export type TestLink = { address?: string | undefined; lifetimeSeconds?: number; resultUrl?: string }

/** Makes the helpers. */
export async function accounts({ db }: TestServer) {
  const connection = await findConnectionByName(db, FIRST_CONNECTION)
  assert.ok(connection)
  const passwordHash = await hashPassword(PASSWORD)
  const system = { kind: 'system', name: 'test' } as const
  const { id: connectionId } = connection
  let people = 0

  return {
    connection,
    /** The connection with other options, as a use case gets it. */
    connectionWith: (options: Connection['options']): Connection => ({ ...connection, options }),

    /** Opens the connection to an application. */
    async openTo(clientId: string): Promise<void> {
      await transact(db, (tx) => enableClients(tx, connectionId, [clientId]))
    },

    async person(profile: Partial<NewUser> = {}): Promise<User> {
      people += 1
      const email = `person-${people}@harborline.example`
      return await transact(db, (tx) => createUser(tx, system, { connection, email, passwordHash, ...profile }))
    },

    async temporaryPassword(user: User): Promise<void> {
      const key = { connectionId, identityId: user.user_id.replace('auth0|', '') }
      await db.deleteFrom('passwords').where('user_id', '=', user.user_id).execute()
      await transact(db, (tx) =>
        insertPassword(tx, {
          ...key,
          userId: user.user_id,
          hash: passwordHash,
          setBy: 'administrator',
          temporary: true,
        }),
      )
    },

    async linkFor(user: User, purpose: TicketPurpose, link: TestLink = {}): Promise<string> {
      const { lifetimeSeconds = 3_600, resultUrl } = link
      return await transact(db, (tx) =>
        issueTicket(tx, {
          purpose,
          userId: user.user_id,
          connectionId,
          identityId: user.user_id.replace('auth0|', ''),
          address: 'address' in link ? link.address : user.email,
          marksEmailVerified: true,
          lifetimeSeconds,
          details: resultUrl === undefined ? {} : { resultUrl },
        }),
      )
    },

    async session(user: User, sessionId: string): Promise<void> {
      const at = new Date(Date.now())
      const end = new Date(Date.now() + 3_600_000)
      await db
        .insertInto('sessions')
        .values({
          session_id: sessionId,
          token_hash: `hash of ${sessionId}`,
          user_id: user.user_id,
          user_generation: await generationOf(user),
          payload: '{}',
          created_at: at,
          updated_at: at,
          authenticated_at: at,
          idle_expires_at: end,
          expires_at: end,
          initial_ip: null,
          initial_user_agent: null,
          last_ip: null,
          last_user_agent: null,
        })
        .execute()
    },

    async refreshToken(user: User): Promise<void> {
      await db
        .insertInto('oidc_artifacts')
        .values({
          kind: 'RefreshToken',
          id_hash: `of ${user.user_id}`,
          payload: '{}',
          user_id: user.user_id,
          user_generation: await generationOf(user),
          client_id: null,
          session_id: null,
          grant_id: null,
          created_at: new Date(Date.now()),
          expires_at: new Date(Date.now() + 3_600_000),
          consumed_at: null,
        })
        .execute()
    },

    generationOf,

    rowOf: async ({ user_id }: User) =>
      await db.selectFrom('users').selectAll().where('user_id', '=', user_id).executeTakeFirstOrThrow(),

    passwordOf: async ({ user_id }: User) =>
      await db.selectFrom('passwords').selectAll().where('user_id', '=', user_id).executeTakeFirstOrThrow(),

    /** The mails that wait, oldest first. */
    queued: async () => await db.selectFrom('emails').selectAll().orderBy('created_at').orderBy('id').execute(),

    sessionsOf: async ({ user_id }: User) =>
      (await db.selectFrom('sessions').select('session_id').where('user_id', '=', user_id).execute()).map(
        ({ session_id }) => session_id,
      ),

    eventsOf: async (type: string) =>
      await db.selectFrom('events').selectAll().where('type', '=', type).orderBy('log_id').execute(),
  }

  async function generationOf({ user_id }: User): Promise<number> {
    const { token_generation } = await db
      .selectFrom('users')
      .select('token_generation')
      .where('user_id', '=', user_id)
      .executeTakeFirstOrThrow()
    return token_generation
  }
}

/** The statements that were sent to PostgreSQL during the work, in order, without their values. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = []
  const { query } = pg.Client.prototype
  const watched = function (this: pg.Client, ...given: unknown[]) {
    const [first] = given
    statements.push(typeof first === 'string' ? first : String((first as { text?: string }).text))
    return Reflect.apply(query, this, given)
  }
  // The driver's function has many forms; whatever it is given goes on to it.
  pg.Client.prototype.query = watched as typeof query
  try {
    await work()
  } finally {
    pg.Client.prototype.query = query
  }
  return statements
}
