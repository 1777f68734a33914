/** How a step of a waiting request ends. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { personActor, personOrClient } from '../authorization/actor.ts'
import { type Tx, transact } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { requestInfoOf, withoutBody } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { recordEvent } from '../logs/record.ts'
import { acceptInvitation } from '../sign-in/accept-invitation.ts'
import { noteMembershipSignIn } from '../sign-in/join-organization.ts'
import { organizationTold } from '../sign-in/organization-told.ts'
import { recordSignIn } from '../sign-in/record-sign-in.ts'
import { addConsent } from './consent-store.ts'
import { newOidcRequest, oidcRequest, type ProvedUser, withinOidcRequest } from './context.ts'
import { findInteraction, type Interaction, isToSignInAnew } from './interaction.ts'
import { checkSignIn } from './membership.ts'
import { asksToChoose, choicesOf, isChoice } from './organization.ts'
import { providerOf } from './provider.ts'
import { audienceOf } from './resources.ts'
import { deleteSessionOf, findSessionByUid } from './session-store.ts'
import type { Transaction } from './transaction.ts'

/** How a step ended. */
export type StepResult =
  /** `generation` as `authenticate` answers it: a password that is changed meanwhile ends this sign-in. */
  | { kind: 'signed-in'; userId: string; generation: number; by: SignedInBy }
  /** Whoever is signed in already accepts the invitation. */
  | { kind: 'accepted' }
  | { kind: 'organization-found'; organizationId: string; identifier: string | undefined }
  | { kind: 'organization-chosen'; organizationId: string }
  | { kind: 'requirement-met' }
  | { kind: 'consented' }
  /** Back to the application with an error, such as `access_denied`. */
  | { kind: 'aborted'; error: string; description: string }

type SignedInBy = 'password' | 'link' | 'invitation'

/** Ends the step and sends the browser on (303): to the application, or to the next page. */
export async function completeStep(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  transaction: Transaction,
  result: StepResult,
): Promise<FastifyReply> {
  const provider = await providerOf(server)
  const address = await transact(server.database.db, async (tx) => {
    return await withinOidcRequest(newOidcRequest(server, request, tx), async () => {
      const interaction = await findInteraction(provider, request, transaction.id)
      if (result.kind !== 'aborted' && interaction.prompt.name !== STEPS[result.kind]) {
        throw new ApiError('transaction_gone')
      }
      const clientId = String(interaction.params.client_id)
      interaction.result = await resultOf({ tx, request, interaction, clientId }, result)
      await interaction.persist()
      return interaction.returnTo
    })
  })
  return reply.redirect(address, 303)
}

/** TABLE: which step each result ends; a form of another step, sent late, ends none. */
const STEPS = {
  'signed-in': 'login',
  accepted: 'login',
  'organization-found': 'discovery',
  'organization-chosen': 'organization',
  'requirement-met': 'requirement',
  consented: 'consent',
} as const

type Step = { tx: Tx; request: FastifyRequest; interaction: Interaction; clientId: string }

async function resultOf(step: Step, result: StepResult): Promise<Record<string, unknown>> {
  const { interaction } = step
  const { lastSubmission, session, params } = interaction
  if (result.kind === 'aborted') {
    await recordRefusal(step, result.description)
    return { error: result.error, error_description: result.description }
  }
  if (result.kind === 'organization-found') {
    params.organization = result.organizationId
    return { identifier: result.identifier }
  }
  if (result.kind === 'signed-in') return await signedIn(step, result)
  if (!session) throw new ApiError('transaction_gone')
  const { accountId: userId } = session
  if (result.kind === 'accepted') return await accepted(step, userId)
  if (result.kind === 'organization-chosen') {
    await choose(step, userId, result.organizationId)
    return { ...lastSubmission, ...proofOf(userId), organization: {} }
  }
  if (result.kind === 'requirement-met') {
    await recordProof(step, { userId, by: 'password' })
    return { ...lastSubmission, ...proofOf(userId), requirement: {} }
  }
  await keepConsent(step, userId)
  return { ...lastSubmission, ...proofOf(userId), consent: {} }
}

const METHODS = { password: 'pwd', link: 'mail', invitation: 'pwd' } as const satisfies Record<SignedInBy, string>

async function signedIn(
  step: Step,
  { userId, generation, by }: Extract<StepResult, { kind: 'signed-in' }>,
): Promise<Record<string, unknown>> {
  await accept(step, userId)
  await leaveOther(step.tx, step.interaction, userId)
  await takeOnlyChoice(step, userId)
  await recordProof(step, { userId, by })
  // A form that is sent twice finds what was typed until the request goes on, and is to prove it once more.
  const typed = step.interaction.result?.identifier ?? step.interaction.result?.typed
  return { login: { accountId: userId, remember: true, amr: [METHODS[by]] }, proved: { userId, generation }, typed }
}

/** The sign-in stays the one that it was: when it began, and by what. */
async function accepted(step: Step, userId: string): Promise<Record<string, unknown>> {
  const { tx, interaction, request, clientId } = step
  // The application wants a new proof.
  if (isToSignInAnew(interaction.params)) throw new ApiError('transaction_gone')
  await accept(step, userId)
  const session = await findSessionByUid(tx, interaction.session?.uid ?? '')
  // As oidc-provider keeps it.
  const { loginTs: ts, amr } = (session ?? {}) as { loginTs?: number; amr?: string[] }
  await noteVisit(step, userId)
  await recordEvent(tx, {
    type: 'ssa',
    actor: personActor(userId, clientId),
    userId,
    clientId,
    ...organizationOf(interaction),
    request: withoutBody(requestInfoOf(request)),
  })
  return { login: { accountId: userId, remember: true, ts, amr }, ...proofOf(userId) }
}

/** Accepts the invitation by which somebody came, if he came by one. */
async function accept({ tx, request, interaction, clientId }: Step, userId: string): Promise<void> {
  const { invitation: ticket, organization: organizationId } = interaction.params
  if (typeof ticket !== 'string' || typeof organizationId !== 'string') return
  const info = withoutBody(requestInfoOf(request))
  await acceptInvitation(tx, { organizationId, ticket, userId, clientId, request: info })
}

/** Whoever has one organization to choose is not asked. */
async function takeOnlyChoice({ interaction, clientId }: Step, userId: string): Promise<void> {
  const { params } = interaction
  if (typeof params.organization === 'string' || !(await asksToChoose(clientId, userId))) return
  const { choices, total } = await choicesOf(clientId, userId, 2)
  if (total === 1) params.organization = choices[0]?.id
}

/** @throws ApiError transaction_gone for what is not, or no more, among the choices */
async function choose(step: Step, userId: string, organizationId: string): Promise<void> {
  const { interaction, clientId } = step
  if (!(await isChoice(clientId, userId, organizationId))) throw new ApiError('transaction_gone')
  interaction.params.organization = organizationId
  // Signed in a moment ago, or long before: then it is no sign-in of the person's, but one of the member's.
  if (interaction.lastSubmission?.login) await recordProof(step, { userId, by: 'password' })
  else await noteVisit(step, userId)
}

async function noteVisit({ tx, interaction, request, clientId }: Step, userId: string): Promise<void> {
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

/** By the session, which was found alive: a password that he had to replace has ended the proof before. */
function proofOf(userId: string): { proved?: ProvedUser } {
  const generation = oidcRequest().generations.get(userId)
  return generation === undefined ? {} : { proved: { userId, generation } }
}

/** Somebody else was signed in in this browser: that session ends, as whoever signs in now expects. */
async function leaveOther(tx: Tx, interaction: Interaction, userId: string): Promise<void> {
  const { session } = interaction
  if (!session || session.accountId === userId) return
  await deleteSessionOf(tx, session.uid)
  interaction.session = undefined
}

/**
 * Signed in, unless something has to be done first, or an organization to be chosen: then only the proof is noted, and the
 * sign-in afterwards.
 */
async function recordProof(
  { tx, request, interaction, clientId }: Step,
  { userId, by }: { userId: string; by: SignedInBy },
): Promise<void> {
  const info = withoutBody(requestInfoOf(request))
  const { organizationId } = organizationOf(interaction)
  const isToChoose = organizationId === undefined && (await asksToChoose(clientId, userId))
  if (!isToChoose && (await checkSignIn({ userId, clientId, organizationId })) === undefined) {
    await recordSignIn(tx, { userId, clientId, organizationId, by, request: info })
    return
  }
  const actor = personActor(userId, clientId)
  const told = await organizationTold(tx, organizationId, userId)
  await recordEvent(tx, { type: 'scv', actor, userId, clientId, ...told, request: info })
}

async function recordRefusal({ tx, request, interaction, clientId }: Step, description: string): Promise<void> {
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

function organizationOf({ params }: Interaction): { organizationId?: string } {
  return typeof params.organization === 'string' ? { organizationId: params.organization } : {}
}

/** What was asked for is what the page showed: it is in the record, not in the form. */
async function keepConsent({ tx, request, interaction, clientId }: Step, userId: string): Promise<void> {
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
