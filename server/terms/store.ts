/** SQL about terms and their versions. Every statement carries whose terms the actor may see. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import { isUniqueViolation } from '../db/database.ts'
import { offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'
import type { Terms, TermsVersion } from './terms.ts'

/** The terms that an actor may see: all, or those of his organization. `t` is the table's name. */
export function termsVisibleTo(actor: Actor): Expression<SqlBool> {
  const organizationId = organizationOf(actor)
  return organizationId === undefined ? sql<SqlBool>`true` : sql<SqlBool>`t.organization_id = ${organizationId}`
}

function visible(db: Db, actor: Actor) {
  return db.selectFrom('terms as t').where(termsVisibleTo(actor))
}

const TITLES = sql<Record<string, string> | null>`(
  select jsonb_object_agg(text.key, text.value->'title') from jsonb_each(v.texts) as text)`

/** Those that fit, with their latest versions. */
async function withLatest(matching: ReturnType<typeof visible>): Promise<Terms[]> {
  const rows = await matching
    .leftJoin('term_versions as v', (join) =>
      join
        .onRef('v.terms_id', '=', 't.id')
        .on(sql`v.version`, '=', sql`(select max(n.version) from term_versions n where n.terms_id = t.id)`),
    )
    .selectAll('t')
    .select(['v.version', 'v.effective_at', 'v.deadline_at', TITLES.as('titles')])
    .execute()
  return rows.map(({ version, titles, effective_at, deadline_at, ...terms }) => ({
    ...terms,
    latest_version: version ?? 0,
    latest: titles && effective_at && deadline_at ? { titles, effective_at, deadline_at } : null,
  }))
}

/** Those that fit, the oldest first. @param whose an organization's; the operator's own; without it, all */
export async function listTerms(
  db: Db,
  actor: Actor,
  whose: { organizationId?: string | undefined; retired?: boolean | undefined },
  paging: Paging,
): Promise<Found<Terms>> {
  const { organizationId, retired } = whose
  const matching = visible(db, actor)
    .$if(organizationId !== undefined, (query) => query.where('t.organization_id', '=', organizationId ?? ''))
    .$if(retired !== undefined, (query) => query.where('t.retired_at', retired ? 'is not' : 'is', null))
  const page = matching.orderBy('t.created_at').orderBy('t.id').offset(offsetOf(paging)).limit(paging.limit)
  const rows = await withLatest(page)
  return await withTotal(rows, matching, paging)
}

/** @throws ApiError inexistent_terms */
export async function requireTerms(db: Db, actor: Actor, id: string): Promise<Terms> {
  const [row] = await withLatest(visible(db, actor).where('t.id', '=', id))
  if (!row) throw new ApiError('inexistent_terms')
  return row
}

/** The same, locked for a change. @throws ApiError inexistent_terms */
export async function lockTerms(tx: Tx, actor: Actor, id: string): Promise<Terms> {
  await visible(tx, actor).select('t.id').where('t.id', '=', id).forUpdate().execute()
  return await requireTerms(tx, actor, id)
}

/** Keeps everybody else from adding to those of an organization, or to the operator's, until the transaction ends. */
export async function lockOwner(tx: Tx, organizationId: string | null): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`terms ${organizationId ?? ''}`}, 0))`.execute(tx)
}

/** How many of an organization, or of the operator, are not retired. Whoever counts in order to add one holds `lockOwner`. */
export async function countInUse(db: Db, organizationId: string | null): Promise<number> {
  const { count } = await db
    .selectFrom('terms')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organization_id', organizationId === null ? 'is' : '=', organizationId)
    .where('retired_at', 'is', null)
    .executeTakeFirstOrThrow()
  return count
}

/** Stores new ones. @throws ApiError terms_exist */
export async function insertTerms(tx: Tx, { latest_version: _, latest: _none, ...row }: Terms): Promise<void> {
  await orExists(row.name, tx.insertInto('terms').values(row).execute())
}

/** Stores a change. @throws ApiError terms_exist */
export async function saveTerms(tx: Tx, { id, name, retired_at, updated_at }: Terms): Promise<void> {
  await orExists(name, tx.updateTable('terms').set({ name, retired_at, updated_at }).where('id', '=', id).execute())
}

export async function deleteTerms(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('terms').where('id', '=', id).execute()
}

/** The versions of terms that the caller has found, the newest first. */
export async function listVersions(db: Db, termsId: string, paging: Paging): Promise<Found<TermsVersion>> {
  const matching = db.selectFrom('term_versions').where('terms_id', '=', termsId)
  const rows = await matching
    .selectAll()
    .orderBy('version', 'desc')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  return await withTotal(rows, matching, paging)
}

/** @throws ApiError inexistent_terms_version */
export async function requireVersion(db: Db, termsId: string, version: number): Promise<TermsVersion> {
  const row = await db
    .selectFrom('term_versions')
    .selectAll()
    .where('terms_id', '=', termsId)
    .where('version', '=', version)
    .executeTakeFirst()
  if (!row) throw new ApiError('inexistent_terms_version')
  return row
}

/** The newest version in effect; undefined while there is none. */
export async function findCurrentVersion(db: Db, termsId: string): Promise<TermsVersion | undefined> {
  return await db
    .selectFrom('term_versions')
    .selectAll()
    .where('terms_id', '=', termsId)
    .where('effective_at', '<=', now())
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export async function insertVersion(tx: Tx, { texts, ...row }: TermsVersion): Promise<void> {
  await tx
    .insertInto('term_versions')
    .values({ ...row, texts: JSON.stringify(texts) })
    .execute()
}

async function orExists(name: string, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (isUniqueViolation(error)) throw new ApiError('terms_exist', { with: { name }, cause: error })
    throw error
  }
}
