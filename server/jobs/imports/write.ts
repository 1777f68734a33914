/** SQL that carries out the plan for a batch: new users by COPY into every table that knows them, changes by one statement. */
import { sql } from 'kysely'
import type pg from 'pg'
import type { Actor } from '../../authorization/actor.ts'
import { now } from '../../base/clock.ts'
import type { Secrets } from '../../base/secrets.ts'
import type { Connection } from '../../connections/connection.ts'
import { type CopyValue, copyInto } from '../../db/copy.ts'
import type { Tx } from '../../db/database.ts'
import { copySearchRows } from '../../db/search-tables.ts'
import { type EventRow, eventRow } from '../../logs/record.ts'
import { eventsJson } from '../../logs/record-batch.ts'
import { difference } from '../../users/update.ts'
import type { User } from '../../users/user.ts'
import { CHANGE_USERS, columnsOf, identifiersOf, type UserChangeRow } from '../../users/write.ts'
import type { FailedRow, ImportedFactor } from './import-row.ts'
import type { Insert, Key, Plan, Update } from './plan.ts'

/** Where a plan is carried out, and in whose name. */
export type WriteFor = {
  client: pg.Client
  secrets: Secrets
  actor: Actor
  connection: Connection
  jobId: string
  /** Whether passwords have to be changed at the first sign-in. */
  temporary: boolean
}

const USER_COLUMNS = [...Object.keys(columnsOf({})), 'user_id', 'created_at', 'updated_at']

/** Adds the new users. @throws a unique violation when somebody else was faster */
export async function insertUsers(of: WriteFor, inserts: readonly Insert[]): Promise<void> {
  const { client, connection } = of
  if (inserts.length === 0) return
  const rows = inserts.map(({ user }) => {
    const { user_id, created_at, updated_at } = user
    return { ...columnsOf(user), user_id, created_at, updated_at }
  })
  await copyInto(
    client,
    'users',
    USER_COLUMNS,
    rows.map((row) => Object.values(row)),
  )
  await copySearchRows(client, rows)
  await copyInto(
    client,
    'identities',
    ['connection_id', 'identity_id', 'user_id', 'connection_name', 'provider'],
    inserts.map(({ user, identityId }) => [connection.id, identityId, user.user_id, connection.name, 'auth0']),
  )
  await copyInto(
    client,
    'user_identifiers',
    ['connection_id', 'kind', 'value', 'user_id'],
    inserts.flatMap(({ user }) =>
      identifiersOf(user).map(({ kind, value }) => [connection.id, kind, value, user.user_id]),
    ),
  )
  await copyPasswords(of, inserts)
  await copyFactors(of, inserts)
  const events = inserts.map((insert) => eventOf(of, insert.row.row, insert.user, { after: documentOf(of, insert) }))
  await copyInto(client, 'events', EVENT_COLUMNS, events.map(eventValues))
}

async function copyPasswords({ client, connection, temporary }: WriteFor, inserts: readonly Insert[]): Promise<void> {
  const at = now()
  await copyInto(
    client,
    'passwords',
    ['connection_id', 'identity_id', 'user_id', 'hash', 'set_at', 'set_by', 'temporary'],
    inserts.flatMap(({ row, user, identityId }) =>
      row.passwordHash === undefined
        ? []
        : [[connection.id, identityId, user.user_id, row.passwordHash, at, 'import', temporary]],
    ),
  )
}

async function copyFactors({ client, secrets }: WriteFor, inserts: readonly Insert[]): Promise<void> {
  const at = now()
  await copyInto(
    client,
    'imported_factors',
    ['user_id', 'position', 'kind', 'value_encrypted', 'created_at'],
    inserts.flatMap(({ row, user: { user_id } }) =>
      row.factors.map((factor, position) => {
        const { kind, value } = factorOf(factor)
        return [user_id, position, kind, secrets.encrypt('imported_factor', `${user_id}|${position}`, value), at]
      }),
    ),
  )
}

function factorOf(factor: ImportedFactor): { kind: string; value: string } {
  if ('totp' in factor) return { kind: 'totp', value: factor.totp.secret }
  return 'phone' in factor ? { kind: 'phone', value: factor.phone.value } : { kind: 'email', value: factor.email.value }
}

function documentOf({ connection }: WriteFor, { user, identityId }: Insert): User {
  const identity = { connection: connection.name, user_id: identityId, provider: 'auth0', isSocial: false }
  return { ...user, identities: [identity] }
}

/** Changes the users that are there. */
export async function changeUsers(of: WriteFor, updates: readonly Update[]): Promise<void> {
  const changed = updates.flatMap((update) => (update.after ? [{ ...update, after: update.after }] : []))
  if (changed.length === 0) return
  const rows: UserChangeRow[] = changed.map(({ after, passwordHash }) => ({
    ...columnsOf(after),
    user_id: after.user_id,
    updated_at: after.updated_at,
    edited: [],
    // A new password ends what the old one has opened.
    ends_tokens: passwordHash !== undefined,
  }))
  const events = changed.map(({ row, before, after }) =>
    eventOf(of, row.row, after, { before: difference(before, after), after: difference(after, before) }),
  )
  await of.client.query(CHANGE_USERS.text, [JSON.stringify(rows), eventsJson(events)])
  await changePasswords(of, changed)
}

async function changePasswords({ client, connection, temporary }: WriteFor, updates: readonly Update[]): Promise<void> {
  const rows = updates.flatMap(({ before, identityId, passwordHash }) =>
    passwordHash === undefined ? [] : [{ identity_id: identityId, user_id: before.user_id, hash: passwordHash }],
  )
  if (rows.length === 0) return
  await client.query(
    `insert into passwords (connection_id, identity_id, user_id, hash, set_at, set_by, temporary)
    select $2, x.identity_id, x.user_id, x.hash, $3, 'import', $4
    from json_to_recordset($1::json) as x(identity_id text, user_id text, hash text)
    on conflict (connection_id, identity_id) do update set hash = excluded.hash, set_at = excluded.set_at, set_by = 'import',
      temporary = excluded.temporary`,
    [JSON.stringify(rows), connection.id, now(), temporary],
  )
}

type Changes = { before?: unknown; after: unknown }

function eventOf({ actor, connection, jobId }: WriteFor, row: number, user: Partial<User>, changes: Changes): EventRow {
  const userId = user.user_id ?? ''
  return eventRow({
    type: 'sui',
    actor,
    description: 'User imported',
    userId,
    userName: user.name ?? userId,
    target: { kind: 'user', id: userId },
    connection,
    details: { job_id: jobId, row },
    ...changes,
  })
}

// As `eventRow` writes them.
const EVENT_COLUMNS = Object.keys(eventRow({ type: 'sui', actor: { kind: 'system', name: 'import' } }))

function eventValues(event: EventRow): CopyValue[] {
  // Plain values: `eventRow` has made text of what is JSON.
  return Object.values(event) as CopyValue[]
}

/**
 * Notes what became of rows: of those that failed, or of all. Of somebody new a trial knows only the id that the file has.
 */
export async function saveRows(
  { client, jobId }: WriteFor,
  plan: Plan,
  { keepsAll, isTrial }: { keepsAll: boolean; isTrial: boolean },
): Promise<void> {
  const columns = ['job_id', '"row"', 'outcome', 'user_id', 'document', 'errors']
  const failed = plan.failed.map(({ row, shown, faults }: FailedRow) => {
    return [jobId, row, 'failed', null, JSON.stringify(shown), JSON.stringify(faults)]
  })
  const others: CopyValue[][] = !keepsAll
    ? []
    : [
        ...plan.inserts.map(({ row, user }) => [
          jobId,
          row.row,
          'inserted',
          isTrial && row.id === undefined ? null : user.user_id,
          null,
          null,
        ]),
        ...plan.updates.map(({ row, before, after }) => [
          jobId,
          row.row,
          after ? 'updated' : 'unchanged',
          before.user_id,
          null,
          null,
        ]),
      ]
  await copyInto(client, 'job_rows', columns, [...failed, ...others])
}

/** Remembers which identifiers the file has had. */
export async function saveKeys(tx: Tx, jobId: string, keys: readonly Key[]): Promise<void> {
  if (keys.length === 0) return
  await sql`insert into job_identifiers (job_id, kind, value)
    select ${jobId}, k.kind, k.value
    from unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ value }) => value)}::text[]) as k (kind, value)
    on conflict do nothing`.execute(tx)
}
