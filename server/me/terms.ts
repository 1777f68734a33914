/** Terms and consents as a person finds them in his account: what is asked of him, and what he has said to it. */
import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import type { TermsText } from '../db/tables-terms.ts'
import { ApiError } from '../http/errors.ts'
import { lockUser } from '../sign-in/account-store.ts'
import { type Answerer, addAnswers } from '../terms/acceptances.ts'
import { type Outcome, textFor } from '../terms/terms.ts'

const Organization = Type.Optional(Type.Object({ id: Type.String(), name: Type.String() }))

/** Terms or a consent, by the version in effect. */
export const OwnTerms = Type.Object({
  id: Type.String(),
  name: Type.String(),
  required: Type.Boolean({ description: 'False for a consent' }),
  organization: Organization,
  version: Type.Integer({ description: 'The one in effect' }),
  language: Type.String({ description: 'Of title, summary and body' }),
  title: Type.String(),
  summary: Type.Optional(Type.String()),
  body: Type.String(),
  effective_at: Type.String(),
  deadline_at: Type.String({ description: 'From when on one does not get in without it' }),
  status: Type.Enum(['pending', 'accepted', 'declined', 'withdrawn']),
  answered_version: Type.Optional(Type.Integer({ description: 'The version to which something was said last' })),
  answer: Type.Optional(Type.Enum(['accepted', 'declined', 'withdrawn'], { description: 'What was said to it' })),
  answered_at: Type.Optional(Type.String()),
})

type Row = {
  id: string
  name: string
  required: boolean
  organization_id: string | null
  organization_name: string | null
  version: number
  texts: Record<string, TermsText>
  effective_at: Date
  deadline_at: Date
  outcome: Outcome | null
  answered_version: number | null
  answered_at: Date | null
}

/** Everything of the operator's and of his organizations; of an application alone what he was asked there. */
export async function listOwnTerms(db: Db, userId: string, language: string): Promise<Static<typeof OwnTerms>[]> {
  return (await rowsOf(db, userId)).map((row) => wire(row, language))
}

async function rowsOf(db: Db, userId: string): Promise<Row[]> {
  const found = await sql<Row>`
    select t.id, t.name, t.required, t.organization_id, coalesce(o.display_name, o.name) as organization_name,
      v.version, v.texts, v.effective_at, coalesce(d.deadline_at, v.deadline_at) as deadline_at,
      a.outcome, a.version as answered_version, a.created_at as answered_at
    from terms t
    left join organizations o on o.id = t.organization_id
    cross join lateral (
      select * from term_versions n where n.terms_id = t.id and n.effective_at <= ${now()}
      order by n.version desc limit 1) v
    left join lateral (
      select * from acceptances s where s.user_id = ${userId} and s.terms_id = t.id
      order by s.created_at desc, s.id desc limit 1) a on true
    -- Whoever has accepted none of several versions is kept out by the first of their deadlines.
    cross join lateral (
      select min(o.deadline_at) as deadline_at from term_versions o
      where o.terms_id = t.id and o.version <= v.version and o.version > coalesce((
        select max(s.version) from acceptances s
        where s.user_id = ${userId} and s.terms_id = t.id and s.outcome = 'accepted'), 0)) d
    where t.retired_at is null and (t.client_id is null or a.id is not null)
      and (t.organization_id is null or exists (
        select from memberships m where m.user_id = ${userId} and m.organization_id = t.organization_id))
    order by not t.required, t.organization_id is not null, t.created_at, t.id`.execute(db)
  return found.rows
}

function wire(row: Row, wanted: string): Static<typeof OwnTerms> {
  const { id, name, required, organization_id, organization_name, version, answered_version, answered_at } = row
  const { language, text } = textFor(row.texts, wanted)
  const { title, summary, body } = text
  return {
    id,
    name,
    required,
    ...(organization_id === null ? {} : { organization: { id: organization_id, name: organization_name ?? '' } }),
    version,
    language,
    title,
    ...(summary === undefined ? {} : { summary }),
    body,
    effective_at: row.effective_at.toISOString(),
    deadline_at: row.deadline_at.toISOString(),
    status: statusOf(row),
    ...(answered_version === null || row.outcome === null ? {} : { answered_version, answer: row.outcome }),
    ...(answered_at === null ? {} : { answered_at: answered_at.toISOString() }),
  }
}

/** What was said to an older version is no answer to this one. */
function statusOf({ outcome, answered_version, version }: Row): Static<typeof OwnTerms>['status'] {
  return outcome === null || (answered_version ?? 0) < version ? 'pending' : outcome
}

/** What a person says to a version that he reads in his account. */
export type OwnAnswer = { id: string; version: number; accepted: boolean; language: string }

/**
 * Records it, unless it is what he said last.
 * @throws ApiError inexistent_terms, terms_changed, required_terms
 */
export async function answerOwnTerms(
  tx: Tx,
  answerer: Answerer,
  { id, version, accepted, language }: OwnAnswer,
): Promise<Static<typeof OwnTerms>> {
  const { userId } = answerer
  if ((await lockUser(tx, userId)) === undefined) throw new ApiError('invalid_token')
  const find = async () => (await rowsOf(tx, userId)).find((row) => row.id === id)
  const row = await find()
  if (!row) throw new ApiError('inexistent_terms')
  if (row.version !== version) throw new ApiError('terms_changed')
  if (row.required && !accepted) throw new ApiError('required_terms')
  const isGiven = row.outcome === 'accepted'
  const outcome = accepted ? 'accepted' : isGiven ? 'withdrawn' : 'declined'
  const status = statusOf(row)
  const isSaid = status === outcome || (!accepted && status === 'withdrawn')
  if (!isSaid) await addAnswers(tx, answerer, [{ terms: row, version: row, outcome, language }])
  return wire((await find()) ?? row, language)
}

/** What somebody has said once. */
export const OwnAcceptance = Type.Object({
  id: Type.String(),
  terms_id: Type.String(),
  organization: Organization,
  title: Type.String(),
  version: Type.Integer(),
  outcome: Type.Enum(['accepted', 'declined', 'withdrawn']),
  language: Type.String({ description: 'Of the text that was shown' }),
  sha256: Type.String({ description: 'Of the text that was shown' }),
  created_at: Type.String(),
})

/** All that he has ever said, the newest first. */
export async function listOwnAcceptances(
  db: Db,
  userId: string,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<Static<typeof OwnAcceptance>[]> {
  const found = await sql<Omit<Static<typeof OwnAcceptance>, 'created_at' | 'organization'> & LedgerRow>`
    select a.id, a.terms_id, t.organization_id, coalesce(o.display_name, o.name) as organization_name,
      coalesce(v.texts->a.language->>'title', t.name) as title, a.version, a.outcome, a.language, a.sha256, a.created_at
    from acceptances a
    join terms t on t.id = a.terms_id
    join term_versions v on v.terms_id = a.terms_id and v.version = a.version
    left join organizations o on o.id = t.organization_id
    where a.user_id = ${userId} and (${after ?? null}::text is null or (a.created_at, a.id) < (
      select l.created_at, l.id from acceptances l where l.id = ${after ?? null} and l.user_id = ${userId}))
    order by a.created_at desc, a.id desc limit ${limit}`.execute(db)
  return found.rows.map(({ organization_id, organization_name, created_at, ...row }) => ({
    ...row,
    ...(organization_id === null ? {} : { organization: { id: organization_id, name: organization_name ?? '' } }),
    created_at: created_at.toISOString(),
  }))
}

type LedgerRow = { organization_id: string | null; organization_name: string | null; created_at: Date }

/** The text of a version to which he has said something. */
export const OwnVersion = Type.Object({
  version: Type.Integer(),
  language: Type.String(),
  title: Type.String(),
  summary: Type.Optional(Type.String()),
  body: Type.String(),
  sha256: Type.String(),
  effective_at: Type.String(),
})

/** @throws ApiError inexistent_terms_version, also for one that he was never shown */
export async function requireOwnVersion(
  db: Db,
  userId: string,
  { id, version, language: wanted }: Omit<OwnAnswer, 'accepted'>,
): Promise<Static<typeof OwnVersion>> {
  const row = await db
    .selectFrom('term_versions as v')
    .select(['v.texts', 'v.effective_at'])
    .where('v.terms_id', '=', id)
    .where('v.version', '=', version)
    .where(sql<boolean>`exists (select from acceptances a
      where a.user_id = ${userId} and a.terms_id = v.terms_id and a.version = v.version)`)
    .executeTakeFirst()
  if (!row) throw new ApiError('inexistent_terms_version')
  const { language, text } = textFor(row.texts, wanted)
  return { version, language, ...text, effective_at: row.effective_at.toISOString() }
}
