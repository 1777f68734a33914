/** How a step of a waiting request ends. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { personActor } from '../authorization/actor.ts'
import { type Tx, transact } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { requestInfoOf, withoutBody } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { recordEvent } from '../logs/record.ts'
import { acceptInvitation } from '../sign-in/accept-invitation.ts'
import { newOidcRequest, oidcRequest, type ProvedUser, withinOidcRequest } from './context.ts'
import { findInteraction, type Interaction, isToSignInAnew } from './interaction.ts'
import { asksToChoose, choicesOf, isChoice } from './organization.ts'
import { providerOf } from './provider.ts'
import { deleteSessionOf } from './session-store.ts'
import {
  keepConsent,
  noteVisit,
  organizationOf,
  provedBy,
  recordProof,
  recordRefusal,
  recordWaiting,
  type SignedInBy,
  type Step,
  sessionProofOf,
} from './step-records.ts'
import { declineTerms, sayToTerms, type TermsSaid } from './step-terms.ts'
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
  /** What he said to terms; without an answer he puts them off. */
  | { kind: 'terms-answered'; answer: TermsSaid | undefined }
  /** He does not accept what nobody gets in without: signed out, back to the application. */
  | { kind: 'terms-declined'; answer: TermsSaid }
  | { kind: 'consented' }
  /** Back to the application with an error, such as `access_denied`. */
  | { kind: 'aborted'; error: string; description: string }

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
  'terms-answered': 'requirement',
  'terms-declined': 'requirement',
  consented: 'consent',
} as const

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
    await recordWaiting(step, userId, lastSubmission?.login !== undefined)
    return { ...lastSubmission, ...proofOf(userId), requirement: {} }
  }
  if (result.kind === 'terms-declined') return await declineTerms(step, userId, result.answer)
  if (result.kind === 'terms-answered') {
    const { answer } = result
    if (answer) await sayToTerms(step, userId, 'accept', answer)
    await recordWaiting(step, userId, false)
    return { ...lastSubmission, ...proofOf(userId), requirement: { isPutOff: !answer } }
  }
  await keepConsent(step, userId)
  return { ...lastSubmission, ...proofOf(userId), consent: {} }
}

const METHODS = { password: 'pwd', link: 'mail', invitation: 'pwd', provider: 'fed' } as const satisfies Record<
  SignedInBy,
  string
>

async function signedIn(
  step: Step,
  { userId, generation, by }: Extract<StepResult, { kind: 'signed-in' }>,
): Promise<Record<string, unknown>> {
  await accept(step, userId)
  await leaveOther(step.tx, step.interaction, userId)
  await takeOnlyChoice(step, userId)
  await recordProof(step, { userId, by, isAsked: true })
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
  const { loginTs: ts, amr } = await sessionProofOf(tx, interaction)
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
  const login = interaction.lastSubmission?.login as { amr?: string[] } | undefined
  if (login) await recordProof(step, { userId, by: provedBy(login.amr), isAsked: true })
  else await noteVisit(step, userId)
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
