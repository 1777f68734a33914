/** What the steps of a waiting request leave in the log and in the rows of the person. */
import type { FastifyRequest } from 'fastify'
import { personActor, personOrClient } from '../authorization/actor.ts'
import type { Tx } from '../db/database.ts'
import { requestInfoOf, withoutBody } from '../http/request-info.ts'
import { recordEvent } from '../logs/record.ts'
import { noteMembershipSignIn } from '../sign-in/join-organization.ts'
import { organizationTold } from '../sign-in/organization-told.ts'
import { recordSignIn } from '../sign-in/record-sign-in.ts'
import { addConsent } from './consent-store.ts'
import type { Interaction } from './interaction.ts'
import { checkSignIn } from './membership.ts'
import { asksToChoose } from './organization.ts'
import { audienceOf } from './resources.ts'
import { findSessionByUid } from './session-store.ts'

/** A step that ends. */
export type Step = { tx: Tx; request: FastifyRequest; interaction: Interaction; clientId: string }

/** How he proved who he is, and whether what can wait is asked before he is signed in (checks.ts). */
type Proof = { userId: string; by: SignedInBy; isAsked: boolean }

/** By what somebody signed in. */
export type SignedInBy = 'password' | 'link' | 'invitation' | 'provider'

/**
 * Signed in, unless something has to be done first, or an organization to be chosen: then only the proof is noted, and the
 * sign-in afterwards.
 */
export async function recordProof(
  { tx, request, interaction, clientId }: Step,
  { userId, by, isAsked }: Proof,
): Promise<void> {
  const info = withoutBody(requestInfoOf(request))
  const { organizationId } = organizationOf(interaction)
  const isToChoose = organizationId === undefined && (await asksToChoose(clientId, userId))
  if (!isToChoose && (await checkSignIn({ userId, clientId, organizationId, isAsked })) === undefined) {
    await recordSignIn(tx, { userId, clientId, organizationId, by, request: info })
    return
  }
  const actor = personActor(userId, clientId)
  const told = await organizationTold(tx, organizationId, userId)
  await recordEvent(tx, { type: 'scv', actor, userId, clientId, ...told, request: info })
}

/** A session begins with the request after the one that records the sign-in. */
const LAG_MS = 60_000

/**
 * The sign-in that waited for something to be done first. Whoever was signed in before, and had it recorded then, comes to the
 * application as one of whom nothing is asked.
 */
export async function recordWaiting(step: Step, userId: string, isAsked: boolean): Promise<void> {
  const { tx, request, interaction, clientId } = step
  const { result, lastSubmission } = interaction
  // The form was sent twice.
  if (result?.requirement) return
  const { loginTs = 0, amr } = await sessionProofOf(tx, interaction)
  const row = await tx.selectFrom('users').select('last_login').where('user_id', '=', userId).executeTakeFirst()
  const isRecorded = (row?.last_login?.getTime() ?? 0) > loginTs * 1_000 - LAG_MS
  if (lastSubmission?.login || !isRecorded) {
    await recordProof(step, { userId, by: provedBy(amr), isAsked })
    return
  }
  // Choosing the organization has recorded it.
  if (lastSubmission?.organization) return
  const { organizationId } = organizationOf(interaction)
  if ((await checkSignIn({ userId, clientId, organizationId })) !== undefined) return
  await noteVisit(step, userId)
  if (organizationId !== undefined) return
  const actor = personActor(userId, clientId)
  await recordEvent(tx, { type: 'ssa', actor, userId, clientId, request: withoutBody(requestInfoOf(request)) })
}

/** By what somebody has signed in, as the session keeps it. */
export function provedBy(amr: readonly string[] = []): SignedInBy {
  if (amr.includes('fed')) return 'provider'
  return amr.includes('mail') ? 'link' : 'password'
}

/** When and by what the session of a request was signed in, as oidc-provider keeps it. */
export async function sessionProofOf(tx: Tx, { session }: Interaction): Promise<{ loginTs?: number; amr?: string[] }> {
  return ((await findSessionByUid(tx, session?.uid ?? '')) ?? {}) as { loginTs?: number; amr?: string[] }
}

export async function noteVisit({ tx, interaction, request, clientId }: Step, userId: string): Promise<void> {
  const { organization: organizationId } = interaction.params
  if (typeof organizationId !== 'string') return
  await noteMembershipSignIn(tx, { userId, organizationId, ip: request.ip })
  const info = withoutBody(requestInfoOf(request))
  await recordEvent(tx, {
    type: 's',
    actor: personActor(userId, clientId),
    userId,
    clientId,
    organizationId,
    request: info,
  })
}

export async function recordRefusal({ tx, request, interaction, clientId }: Step, description: string): Promise<void> {
  const userId = interaction.session?.accountId
  const info = withoutBody(requestInfoOf(request))
  await recordEvent(tx, {
    type: 'f',
    actor: personOrClient(userId, clientId),
    ...(userId === undefined ? {} : { userId }),
    clientId,
    ...(await organizationTold(tx, organizationOf(interaction).organizationId, userId)),
    description,
    request: info,
  })
}

export function organizationOf({ params }: Interaction): { organizationId?: string } {
  return typeof params.organization === 'string' ? { organizationId: params.organization } : {}
}

/** What was asked for is what the page showed: it is in the record, not in the form. */
export async function keepConsent({ tx, request, interaction, clientId }: Step, userId: string): Promise<void> {
  const { missingOIDCScope = [], missingResourceScopes = {} } = interaction.prompt.details
  await addConsent(tx, { userId, clientId, audience: '', scope: missingOIDCScope })
  for (const [resource, names] of Object.entries(missingResourceScopes)) {
    const scope = names.filter((name) => !missingOIDCScope.includes(name))
    await addConsent(tx, { userId, clientId, audience: audienceOf(resource) ?? resource, scope })
  }
  await recordEvent(tx, {
    type: 'consent_given',
    actor: personActor(userId, clientId),
    userId,
    clientId,
    ...organizationOf(interaction),
    request: withoutBody(requestInfoOf(request)),
  })
}
