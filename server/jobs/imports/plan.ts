/** What becomes of the rows of a batch: who is added, who is changed, who fails. Reads, and changes nothing. */
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { OrganizationActor } from '../../authorization/visible-to.ts'
import { newHexId } from '../../base/ids.ts'
import type { Connection } from '../../connections/connection.ts'
import type { Tx } from '../../db/database.ts'
import type { JsonObject } from '../../db/tables.ts'
import { userOf } from '../../users/create.ts'
import { USER_DOCUMENT } from '../../users/document.ts'
import type { User } from '../../users/user.ts'
import { type IdentifierKind, identifiersOf, timestamp } from '../../users/write.ts'
import type { FailedRow, ImportRow, RowFault } from './import-row.ts'
import { type Changeable, changeableBy } from './member-rows.ts'

/** A user to be. */
export type Insert = { row: ImportRow; user: Omit<User, 'identities'>; identityId: string }

/** A user who is there and changes; one who stays as he is has neither `after` nor a hash. */
export type Update = {
  row: ImportRow
  before: User
  identityId: string
  after?: User
  passwordHash?: string
}

/** The plan for a batch. `keys` are the identifiers that it takes up. */
export type Plan = { inserts: Insert[]; updates: Update[]; failed: FailedRow[]; keys: Key[] }

/** What may be there once: in a connection an identifier, in the tenant a user's id. */
export type Key = { kind: IdentifierKind | 'user_id'; value: string }

/** The names of what a row takes up, so that two batches can be told to have somebody in common. */
export function keyNamesOf(row: ImportRow | FailedRow): string[] {
  if ('faults' in row) return []
  const own = row.id === undefined ? [] : [`user_id|${row.id}`]
  return [...identifiersOf(row.attributes).map(nameOf), ...own]
}

/** What a batch is planned for. `remembers`: the job keeps the identifiers of earlier batches. */
export type PlanFor = {
  jobId: string
  connection: Connection
  upsert: boolean
  remembers: boolean
  /** For whom, where it is an organization's administrator. */
  within?: OrganizationActor | undefined
}

type Candidate = { row: ImportRow; user: Omit<User, 'identities'>; identityId: string; keys: Key[] }
type Stored = { user: User; identityId: string; setBy: string | null; hash: string | null }

/** Plans it. Users who will change are locked. */
export async function planBatch(tx: Tx, of: PlanFor, rows: readonly (ImportRow | FailedRow)[]): Promise<Plan> {
  const candidates = rows.flatMap((row) => ('faults' in row ? [] : candidateOf(row)))
  const keys = candidates.flatMap((candidate) => candidate.keys)
  const owners = await findOwners(tx, of.connection.id, keys)
  const seen = of.remembers ? await findSeen(tx, of.jobId, keys) : new Set<string>()
  const known = of.upsert ? ownersOfEmails(candidates, owners) : []
  // Before the users, as whoever changes one member does.
  const changeable = of.within && known.length > 0 ? await changeableBy(tx, of.within, known) : undefined
  const found = of.upsert ? await lockStored(tx, of.connection, known) : new Map()
  const plan: Plan = { inserts: [], updates: [], failed: rows.filter((row) => 'faults' in row), keys: [] }
  for (const candidate of candidates) place(candidate, { of, owners, seen, found, changeable, plan })
  plan.failed.sort((left, right) => left.row - right.row)
  return plan
}

function candidateOf(row: ImportRow): Candidate {
  const identityId = row.id ?? newHexId()
  const user = userOf(`auth0|${identityId}`, row.attributes)
  const own: Key[] = row.id === undefined ? [] : [{ kind: 'user_id', value: user.user_id }]
  return { row, user, identityId, keys: [...identifiersOf(user), ...own] }
}

/** Who has a key: by an account that was linked to him, or himself. */
type Owner = { user_id: string; is_linked: boolean }
type Owners = ReadonlyMap<string, Owner>

type Situation = {
  of: PlanFor
  owners: Owners
  seen: Set<string>
  found: Map<string, Stored>
  changeable: Changeable | undefined
  plan: Plan
}

function place(candidate: Candidate, situation: Situation): void {
  const { of, owners, seen, found, plan } = situation
  const { row, user, identityId, keys } = candidate
  const email = keys.find(({ kind }) => kind === 'email')
  const stored = of.upsert && email ? found.get(ownerOf(owners, email) ?? '') : undefined
  // Whom an upsert finds is known by his address alone; the rest of the row's identifiers are not looked at.
  const claimed: Key[] = stored && email ? [email, { kind: 'user_id', value: stored.user.user_id }] : keys
  const fault = faultOf(claimed, stored, situation)
  if (fault) {
    plan.failed.push({ row: row.row, shown: row.shown(), faults: [fault] })
    return
  }
  if (stored) plan.updates.push(updateOf(row, stored, of.within !== undefined))
  else plan.inserts.push({ row, user, identityId })
  for (const key of claimed) seen.add(nameOf(key))
  plan.keys.push(...claimed)
}

function faultOf(claimed: Key[], stored: Stored | undefined, situation: Situation): RowFault | undefined {
  const { of, owners, seen, changeable } = situation
  const twice = claimed.find((key) => seen.has(nameOf(key)))
  if (twice) return { code: 'DUPLICATED_USER', message: 'The file has this user twice.', path: twice.kind }
  if (stored) {
    const refused = changeable?.(stored.user.user_id)
    if (refused === 'taken') return takenFault(claimed[0] ?? { kind: 'email', value: '' }, of.upsert)
    if (refused) return refused
    const isHere = stored.user.identities[0]?.connection === of.connection.name
    return isHere
      ? undefined
      : { code: 'CONFLICT', message: 'The user belongs to another connection first.', path: 'email' }
  }
  const taken = claimed.find((key) => owners.has(nameOf(key)))
  return taken && takenFault(taken, of.upsert)
}

/** TABLE: the codes where an upsert meets a user that it does not mean. */
const CONFLICTS: Partial<Record<Key['kind'], string>> = { email: 'CONFLICT_EMAIL', username: 'CONFLICT_USERNAME' }

function takenFault({ kind }: Key, upsert: boolean): RowFault {
  const code = upsert ? (CONFLICTS[kind] ?? 'CONFLICT') : 'DUPLICATED_USER'
  return { code, message: 'The user already exists.', path: kind }
}

/** TABLE: what an upsert may change (Auth0's). Metadata is replaced whole. */
const UPSERTED = [
  'email_verified',
  'given_name',
  'family_name',
  'name',
  'nickname',
  'picture',
  'user_metadata',
  'app_metadata',
] as const

function updateOf(row: ImportRow, { user: before, identityId, setBy, hash }: Stored, mergesMetadata: boolean): Update {
  const sent = Object.fromEntries(
    UPSERTED.flatMap((name) => (row.attributes[name] === undefined ? [] : [[name, row.attributes[name]]])),
  )
  // What is not an administrator's to see is not his to take away.
  const merged = mergesMetadata && sent.user_metadata ? { user_metadata: mergedMetadata(before, row) } : {}
  const after: User = { ...before, ...sent, ...merged }
  const isChanged = !isDeepStrictEqual(before, after)
  // A password that its holder has used, or has chosen, is his own.
  const isFree = !before.logins_count && (setBy === null || setBy === 'import')
  const newHash = isFree && row.passwordHash !== hash ? row.passwordHash : undefined
  return {
    row,
    before,
    identityId,
    ...(isChanged || newHash !== undefined ? { after: { ...after, updated_at: timestamp() } } : {}),
    ...(newHash === undefined ? {} : { passwordHash: newHash }),
  }
}

function mergedMetadata({ user_metadata }: User, { attributes }: ImportRow): JsonObject {
  const entries = Object.entries({ ...user_metadata, ...attributes.user_metadata })
  return Object.fromEntries(entries.filter(([, value]) => value !== null))
}

function nameOf({ kind, value }: Key): string {
  return `${kind}|${value}`
}

/** By name of a key: the user who has it. */
async function findOwners(tx: Tx, connectionId: string, keys: readonly Key[]): Promise<Owners> {
  const { rows } = await sql<Key & Owner>`
    select n.kind, n.value, n.user_id, n.identity_id is not null as is_linked from ${unnested(keys)}
      join user_identifiers n on n.connection_id = ${connectionId} and n.kind = k.kind and n.value = k.value
    union all
    select 'user_id', u.user_id, u.user_id, false from ${unnested(keys)} join users u on k.kind = 'user_id' and u.user_id = k.value
    `.execute(tx)
  return new Map(rows.map((row) => [nameOf(row), row]))
}

/** The user whose own the key is: what a row says of a linked account's address is not about whom it is linked to. */
function ownerOf(owners: Owners, key: Key): string | undefined {
  const owner = owners.get(nameOf(key))
  return owner?.is_linked ? undefined : owner?.user_id
}

async function findSeen(tx: Tx, jobId: string, keys: readonly Key[]): Promise<Set<string>> {
  const { rows } = await sql<Key>`select s.kind, s.value from ${unnested(keys)}
    join job_identifiers s on s.job_id = ${jobId} and s.kind = k.kind and s.value = k.value`.execute(tx)
  return new Set(rows.map(nameOf))
}

function unnested(keys: readonly Key[]) {
  return sql`unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ value }) => value)}::text[]) as k (kind, value)`
}

function ownersOfEmails(candidates: readonly Candidate[], owners: Owners): string[] {
  return candidates.flatMap(({ keys }) =>
    keys.flatMap((key) => (key.kind === 'email' ? (ownerOf(owners, key) ?? []) : [])),
  )
}

/** By id: users who may change, locked in the order in which every change of many locks them. */
async function lockStored(tx: Tx, { id }: Connection, userIds: string[]): Promise<Map<string, Stored>> {
  const { rows } = await sql<{ document: string; identity_id: string; set_by: string | null; hash: string | null }>`
    with u as materialized (
      select * from users where user_id = any(${userIds}::text[]) order by user_id for no key update)
    select ${sql.raw(USER_DOCUMENT)} as document, i.identity_id, p.set_by, p.hash from u
    join lateral (select identity_id from identities i where i.user_id = u.user_id and i.connection_id = ${id}
      order by i.position limit 1) i on true
    left join passwords p on p.connection_id = ${id} and p.identity_id = i.identity_id`.execute(tx)
  return new Map(
    rows.map(({ document, identity_id: identityId, set_by: setBy, hash }) => {
      // Written by our own statement.
      const user = JSON.parse(document) as User
      return [user.user_id, { user, identityId, setBy, hash }]
    }),
  )
}
