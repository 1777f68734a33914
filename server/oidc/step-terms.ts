/** What a step of terms comes to. */
import { requestInfoOf, withoutBody } from '../http/request-info.ts'
import { answerTerms, type TermsAnswer } from '../sign-in/answer-terms.ts'
import { deleteSessionOf } from './session-store.ts'
import { organizationOf, recordRefusal, type Step } from './step-records.ts'

/** What somebody says on the page of terms. */
export type TermsSaid = Pick<TermsAnswer, 'shown' | 'consents'>

/** Records what he says. */
export async function sayToTerms(
  step: Step,
  userId: string,
  decision: TermsAnswer['decision'],
  said: TermsSaid,
): Promise<void> {
  const { tx, request, interaction, clientId } = step
  const { organizationId } = organizationOf(interaction)
  const info = withoutBody(requestInfoOf(request))
  await answerTerms(tx, { userId, clientId, organizationId, decision, ...said, request: info })
}

/** He keeps his account, and is signed out of everything that this session opens. */
export async function declineTerms(step: Step, userId: string, said: TermsSaid): Promise<Record<string, unknown>> {
  const { tx, interaction } = step
  const description = 'The terms were not accepted.'
  await sayToTerms(step, userId, 'decline', said)
  await recordRefusal(step, description)
  if (interaction.session) await deleteSessionOf(tx, interaction.session.uid)
  interaction.session = undefined
  return { error: 'access_denied', error_description: description }
}
