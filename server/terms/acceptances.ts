/** The ledger: who said what to which version. Rows are added; nothing changes one. */
import { type Selectable, sql } from 'kysely'
import { type Static, Type } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { Db, Tx } from '../db/database.ts'
import { indexUsers } from '../db/search-tables.ts'
import type { AcceptancesTable } from '../db/tables-terms.ts'
import { checkpointOf, offsetOf } from '../http/checkpoint.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { recordEventList } from '../logs/record.ts'
import { termsVisibleTo } from './store.ts'
import { type Outcome, type Terms, type TermsVersion, textFor } from './terms.ts'

/** A row of the ledger on the wire. */
export const AcceptanceReply = Type.Object({
  id: Type.String(),
  user_id: Type.String(),
  terms_id: Type.String(),
  terms_name: Type.String(),
  version: Type.Integer(),
  outcome: Type.Enum(['accepted', 'declined', 'withdrawn']),
  language: Type.String({ description: 'Of the text that was shown' }),
  sha256: Type.String({ description: 'Of the text that was shown' }),
  created_at: Type.String(),
  ip: Type.Optional(Type.String()),
  user_agent: Type.Optional(Type.String()),
  client_id: Type.Optional(Type.String()),
  organization_id: Type.Optional(Type.String({ description: 'To which the sign-in was' })),
})

/** A row of it, with the name of its terms. */
export type Acceptance = Selectable<AcceptancesTable> & { terms_name: string }

/** Makes the answer. */
export function acceptanceWire({ created_at, ...row }: Acceptance): Static<typeof AcceptanceReply> {
  const { ip, user_agent, client_id, organization_id, ...rest } = row
  const known = Object.entries({ ip, user_agent, client_id, organization_id }).filter(([, value]) => value !== null)
  return { ...rest, created_at: created_at.toISOString(), ...Object.fromEntries(known) }
}

/** What somebody says to a version, in which language he was shown it. */
export type Answer = {
  terms: Pick<Terms, 'id' | 'name' | 'organization_id' | 'required'>
  version: Pick<TermsVersion, 'version' | 'texts'>
  outcome: Outcome
  language: string
}

/** Who answers, by which application and to which organization he signs in. */
export type Answerer = {
  actor: Actor
  userId: string
  clientId: string | undefined
  organizationId?: string | undefined
  request: RequestInfo
}

const EVENTS = { accepted: 'terms_accepted', declined: 'terms_declined', withdrawn: 'terms_withdrawn' } as const

/** Adds answers of a user who is locked, with their events. */
export async function addAnswers(tx: Tx, answerer: Answerer, answers: readonly Answer[]): Promise<void> {
  if (answers.length === 0) return
  const { actor, userId, clientId = null, organizationId = null, request } = answerer
  const at = now()
  const rows = answers.map(({ terms, version, outcome, language }) => ({
    id: newId('acc'),
    user_id: userId,
    terms_id: terms.id,
    version: version.version,
    outcome,
    ...shown(version, language),
    created_at: at,
    ip: request.ip,
    user_agent: request.userAgent?.slice(0, 500) ?? null,
    client_id: clientId,
    organization_id: organizationId,
  }))
  await tx.insertInto('acceptances').values(rows).execute()
  await flag(tx, userId, at, answers)
  await recordEventList(
    tx,
    answers.map(({ terms, version, outcome }) => {
      const concerned = terms.organization_id ?? organizationId
      return {
        type: EVENTS[outcome],
        actor,
        userId,
        ...(clientId === null ? {} : { clientId }),
        ...(concerned === null ? {} : { organizationId: concerned }),
        target: { kind: 'terms', id: terms.id },
        details: { terms: { name: terms.name, version: version.version } },
        request,
      }
    }),
  )
}

function shown({ texts }: Pick<TermsVersion, 'texts'>, wanted: string): { language: string; sha256: string } {
  const { language, text } = textFor(texts, wanted)
  return { language, sha256: text.sha256 }
}

/**
 * Applications read in `app_metadata.terms` what their user has accepted of the operator's: version and moment by name. An
 * organization's own are nobody else's business. Where an application keeps something else under that key, it stays.
 */
async function flag(tx: Tx, userId: string, at: Date, answers: readonly Answer[]): Promise<void> {
  const said = answers.filter(({ terms, outcome }) => terms.organization_id === null && outcome !== 'declined')
  if (said.length === 0) return
  const accepted = said.filter(({ outcome }) => outcome === 'accepted')
  const flags = Object.fromEntries(
    accepted.map(({ terms, version }) => [terms.name, { version: version.version, accepted_at: at.toISOString() }]),
  )
  const withdrawn = said.filter(({ outcome }) => outcome === 'withdrawn').map(({ terms }) => terms.name)
  await sql`
    update users set updated_at = ${at}, app_metadata = coalesce(app_metadata, '{}') || jsonb_build_object('terms',
      (coalesce(app_metadata->'terms', '{}') - ${withdrawn}::text[]) || ${JSON.stringify(flags)}::jsonb)
    where user_id = ${userId} and coalesce(jsonb_typeof(app_metadata->'terms'), 'object') = 'object'`.execute(tx)
  await indexUsers(tx, [userId])
}

/** Which rows of the ledger to list. */
export type AcceptanceFilter = {
  userId?: string
  termsId?: string
  version?: number | undefined
  outcome?: Outcome | undefined
}

/** Rows that fit, the newest first. */
export async function listAcceptances(
  db: Db,
  actor: Actor,
  { userId, termsId, version, outcome }: AcceptanceFilter,
  paging: Paging,
): Promise<Found<Acceptance>> {
  const after = checkpointOf(paging)
  const matching = db
    .selectFrom('acceptances as a')
    .innerJoin('terms as t', 't.id', 'a.terms_id')
    .where(termsVisibleTo(actor))
    .$if(userId !== undefined, (query) => query.where('a.user_id', '=', userId ?? ''))
    .$if(termsId !== undefined, (query) => query.where('a.terms_id', '=', termsId ?? ''))
    .$if(version !== undefined, (query) => query.where('a.version', '=', version ?? 0))
    .$if(outcome !== undefined, (query) => query.where('a.outcome', '=', outcome ?? 'accepted'))
  const rows = await matching
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(a.created_at, a.id) < (${after?.time}::timestamptz, ${after?.id})`),
    )
    .selectAll('a')
    .select('t.name as terms_name')
    .orderBy('a.created_at', 'desc')
    .orderBy('a.id', 'desc')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  return await withTotal(rows, matching, paging)
}
