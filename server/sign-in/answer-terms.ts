/** What a person says on the page of terms. */
import { personActor } from '../authorization/actor.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { type Answer, addAnswers } from '../terms/acceptances.ts'
import { listAsked, type Pending } from '../terms/pending.ts'
import { lockUser } from './account-store.ts'

/** A version that he was shown. */
export type Shown = { id: string; version: number; language: string }

/** Who answers where, and what. */
export type TermsAnswer = {
  userId: string
  clientId: string
  organizationId: string | undefined
  shown: readonly Shown[]
  decision: 'accept' | 'decline'
  /** Ids of the consents that he gives, of those shown; nobody gives one by doing nothing. */
  consents: readonly string[]
  request: RequestInfo
}

/**
 * Records what he says to what he was shown. What is no more to be asked, or has a newer version by now, is left out: he is
 * asked anew where something stands open.
 * @throws ApiError transaction_gone when he was deleted a moment ago
 */
export async function answerTerms(tx: Tx, answer: TermsAnswer): Promise<void> {
  const { userId, clientId, organizationId, shown, request } = answer
  if ((await lockUser(tx, userId)) === undefined) throw new ApiError('transaction_gone')
  const asked = new Map((await listAsked(tx, { userId, clientId, organizationId })).map((one) => [one.id, one]))
  const answers = shown.flatMap(({ id, version, language }): Answer[] => {
    const terms = asked.get(id)
    if (!terms || terms.version !== version) return []
    const outcome = outcomeOf(answer, terms)
    return outcome ? [{ terms, version: terms, outcome, language }] : []
  })
  await addAnswers(tx, { actor: personActor(userId, clientId), userId, clientId, organizationId, request }, answers)
}

/** Whoever declines terms has not been heard about consents; one that he gave, and does not give anew, has ended. */
function outcomeOf(
  { decision, consents }: TermsAnswer,
  { id, required, is_given }: Pending,
): Answer['outcome'] | undefined {
  if (decision === 'decline') return required ? 'declined' : undefined
  if (required || consents.includes(id)) return 'accepted'
  return is_given ? 'withdrawn' : 'declined'
}
