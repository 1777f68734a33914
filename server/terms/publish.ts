/** Making terms, publishing versions of them, and retiring them. */
import type { Static } from 'typebox'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { blocksOf } from '../pages/text-blocks.ts'
import {
  countInUse,
  deleteTerms,
  insertTerms,
  insertVersion,
  lockOwner,
  lockTerms,
  requireVersion,
  saveTerms,
} from './store.ts'
import {
  type NewTerms,
  type NewVersion,
  sealedTexts,
  type Terms,
  type TermsUpdate,
  type TermsVersion,
  titlesOf,
} from './terms.ts'

/** Auth0 knows no terms; so many texts nobody reads. */
const MOST_VERSIONS = 1_000
/** All of them can stand on one page, of which every letter was written by somebody else than him who waits for it. */
const MOST_IN_USE = { operator: 100, organization: 20 }
/** Paragraphs, headings and list items of a text: what a page takes its time for. */
const MOST_BLOCKS = 2_000

/**
 * Makes terms; an organization's administrator makes that one's. Whoever calls has made sure of the organization and
 * the application.
 * @throws ApiError terms_exist, too_many_entities
 */
export async function createTerms(tx: Tx, actor: Actor, body: Static<typeof NewTerms>): Promise<Terms> {
  const at = now()
  const terms: Terms = {
    id: newId('trm'),
    name: body.name,
    required: body.required,
    organization_id: organizationOf(actor) ?? body.organization_id ?? null,
    client_id: body.client_id ?? null,
    retired_at: null,
    created_at: at,
    updated_at: at,
    latest_version: 0,
    latest: null,
  }
  await refuseMore(tx, terms)
  await insertTerms(tx, terms)
  return terms
}

/** Makes sure that these may be in use beside those that are. */
async function refuseMore(tx: Tx, { organization_id }: Terms): Promise<void> {
  await lockOwner(tx, organization_id)
  const [most, entities] =
    organization_id === null
      ? [MOST_IN_USE.operator, 'terms and consents in use']
      : [MOST_IN_USE.organization, 'terms and consents in use an organization']
  if ((await countInUse(tx, organization_id)) < most) return
  throw new ApiError('too_many_entities', { with: { most, entities } })
}

/** @throws ApiError inexistent_terms, terms_exist, too_many_entities */
export async function changeTerms(
  tx: Tx,
  actor: Actor,
  id: string,
  { name, retired }: Static<typeof TermsUpdate>,
): Promise<{ before: Terms; after: Terms }> {
  const before = await lockTerms(tx, actor, id)
  if (retired === false && before.retired_at) await refuseMore(tx, before)
  const retired_at = retired === undefined ? before.retired_at : retired ? (before.retired_at ?? now()) : null
  const after = { ...before, name: name ?? before.name, retired_at, updated_at: now() }
  await saveTerms(tx, after)
  return { before, after }
}

/** Takes away terms that nobody has seen. @throws ApiError inexistent_terms, terms_published */
export async function removeTerms(tx: Tx, actor: Actor, id: string): Promise<Terms> {
  const terms = await lockTerms(tx, actor, id)
  if (terms.latest_version > 0) throw new ApiError('terms_published')
  await deleteTerms(tx, id)
  return terms
}

/**
 * Publishes the next version. It takes effect after the version before it, so that the newest is always the one that is
 * asked for.
 * @throws ApiError inexistent_terms, terms_retired, invalid_body, too_many_entities
 */
export async function publishVersion(
  tx: Tx,
  actor: Actor,
  id: string,
  body: Static<typeof NewVersion>,
): Promise<{ terms: Terms; version: TermsVersion }> {
  const terms = await lockTerms(tx, actor, id)
  if (terms.retired_at) throw new ApiError('terms_retired')
  if (terms.latest_version >= MOST_VERSIONS) {
    throw new ApiError('too_many_entities', { with: { most: MOST_VERSIONS, entities: 'versions of terms' } })
  }
  for (const { body: text } of Object.values(body.texts)) refuseLong(text)
  const at = now()
  const effective_at = later(at, momentOf('effective_at', body.effective_at))
  const deadline_at = later(effective_at, momentOf('deadline_at', body.deadline_at))
  const before = terms.latest_version === 0 ? undefined : await requireVersion(tx, id, terms.latest_version)
  if (before && before.effective_at > effective_at) {
    refuse('effective_at', `Must not lie before that of version ${before.version}, which is announced already`)
  }
  const version: TermsVersion = {
    terms_id: id,
    version: terms.latest_version + 1,
    texts: sealedTexts(body.texts),
    effective_at,
    deadline_at,
    published_at: at,
    published_by: actor.kind === 'user' ? actor.userId : actor.kind === 'client' ? actor.clientId : null,
  }
  await insertVersion(tx, version)
  const latest = { titles: titlesOf(version.texts), effective_at, deadline_at }
  return { terms: { ...terms, latest_version: version.version, latest }, version }
}

function refuseLong(text: string): void {
  const count = blocksOf(text).reduce((sum, block) => sum + (block.kind === 'list' ? block.items.length : 1), 0)
  if (count <= MOST_BLOCKS) return
  const entities = 'paragraphs, headings and list items in a text'
  throw new ApiError('too_many_entities', { with: { most: MOST_BLOCKS, entities } })
}

function later(at: Date, wanted: Date | undefined): Date {
  return wanted && wanted > at ? wanted : at
}

function momentOf(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const moment = new Date(text)
  // A leap second is a date-time, and none that JavaScript knows.
  if (Number.isNaN(moment.getTime())) refuse(name, 'Not a moment')
  return moment
}

function refuse(name: string, reason: string): never {
  throw new ApiError('invalid_body', {
    with: { reason: `Payload validation error: '${reason}' on property ${name} (When).` },
  })
}
