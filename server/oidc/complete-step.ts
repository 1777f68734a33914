/** How a step of a waiting request ends. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { personActor, personOrClient } from '../authorization/actor.ts'
import { type Tx, transact } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { requestInfoOf, withoutBody } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { recordEvent } from '../logs/record.ts'
import { failedCheck } from '../sign-in/checks.ts'
import { recordSignIn } from '../sign-in/record-sign-in.ts'
import { addConsent } from './consent-store.ts'
import { newOidcRequest, oidcRequest, type ProvedUser, withinOidcRequest } from './context.ts'
import { findInteraction, type Interaction } from './interaction.ts'
import { providerOf } from './provider.ts'
import { audienceOf } from './resources.ts'
import { deleteSessionOf } from './session-store.ts'
import type { Transaction } from './transaction.ts'

/** How a step ended. */
export type StepResult =
  /** `generation` as `authenticate` answers it: a password that is changed meanwhile ends this sign-in. */
  | { kind: 'signed-in'; userId: string; generation: number; by: 'password' | 'link' }
  | { kind: 'requirement-met' }
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
      interaction.result = await resultOf(tx, request, interaction, result)
      await interaction.persist()
      return interaction.returnTo
    })
  })
  return reply.redirect(address, 303)
}

/** TABLE: which step each result ends; a form of another step, sent late, ends none. */
const STEPS = { 'signed-in': 'login', 'requirement-met': 'requirement', consented: 'consent' } as const

async function resultOf(
  tx: Tx,
  request: FastifyRequest,
  interaction: Interaction,
  result: StepResult,
): Promise<Record<string, unknown>> {
  const { lastSubmission, session } = interaction
  const clientId = String(interaction.params.client_id)
  if (result.kind === 'aborted') {
    await recordRefusal(tx, request, interaction, result.description)
    return { error: result.error, error_description: result.description }
  }
  if (result.kind === 'signed-in') {
    const { userId, generation, by } = result
    await leaveOther(tx, interaction, userId)
    await recordProof(tx, request, { userId, clientId, by })
    return {
      login: { accountId: userId, remember: true, amr: [by === 'password' ? 'pwd' : 'mail'] },
      proved: { userId, generation },
    }
  }
  if (!session) throw new ApiError('transaction_gone')
  if (result.kind === 'requirement-met') {
    await recordProof(tx, request, { userId: session.accountId, clientId, by: 'password' })
    return { ...lastSubmission, ...proofOf(session.accountId), requirement: {} }
  }
  await keepConsent(tx, interaction, session.accountId, clientId)
  return { ...lastSubmission, ...proofOf(session.accountId), consent: {} }
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

/** Signed in, unless something has to be done first: then only the proof is noted, and the sign-in afterwards. */
async function recordProof(
  tx: Tx,
  request: FastifyRequest,
  { userId, clientId, by }: { userId: string; clientId: string; by: 'password' | 'link' },
): Promise<void> {
  const info = withoutBody(requestInfoOf(request))
  if ((await failedCheck(tx, { userId, clientId })) === undefined) {
    await recordSignIn(tx, { userId, clientId, by, request: info })
    return
  }
  await recordEvent(tx, { type: 'scv', actor: personActor(userId, clientId), userId, clientId, request: info })
}

async function recordRefusal(
  tx: Tx,
  request: FastifyRequest,
  interaction: Interaction,
  description: string,
): Promise<void> {
  const clientId = String(interaction.params.client_id)
  const userId = interaction.session?.accountId
  const info = withoutBody(requestInfoOf(request))
  await recordEvent(tx, {
    type: 'f',
    actor: personOrClient(userId, clientId),
    ...(userId === undefined ? {} : { userId }),
    clientId,
    description,
    request: info,
  })
}

/** What was asked for is what the page showed: it is in the record, not in the form. */
async function keepConsent(tx: Tx, interaction: Interaction, userId: string, clientId: string): Promise<void> {
  const { missingOIDCScope = [], missingResourceScopes = {} } = interaction.prompt.details
  await addConsent(tx, { userId, clientId, audience: '', scope: missingOIDCScope })
  for (const [resource, names] of Object.entries(missingResourceScopes)) {
    const scope = names.filter((name) => !missingOIDCScope.includes(name))
    await addConsent(tx, { userId, clientId, audience: audienceOf(resource) ?? resource, scope })
  }
}
