/** The way back to the application for somebody who cannot sign in: a form that only such a page has. */

import { textOf } from '../../http/sent-fields.ts'
import { completeStep } from '../../oidc/transaction.ts'
import { INVITATION_REFUSALS } from '../../sign-in/accept-invitation.ts'
import { refusalOf, SIGN_IN_CHECKS, type SignInCheckCode } from '../../sign-in/checks.ts'
import type { TransactionPage, Visit } from './visit.ts'

const DENIED = 'access_denied'

/** TABLE: why somebody leaves, where no check of the sign-in stands against him. */
const REASONS: Readonly<Record<string, string>> = {
  nowhere: 'No connection is open to the application.',
  'no-organization': 'The user has no organization to sign in to.',
  'other-account': INVITATION_REFUSALS.other_account,
  invitation: INVITATION_REFUSALS.gone,
}

export const leavePage: TransactionPage = {
  path: '/leave',
  // What can be done on the other pages is undone by none of them.
  isTurn: ({ step }) => ['login', 'discovery', 'organization'].includes(step.name),
  post: async (visit) => {
    const { server, request, reply, transaction } = visit
    return await completeStep(server, request, reply, transaction, { kind: 'aborted', ...refusal(visit) })
  },
}

/** An account is named by its id, which stands in the form of whoever has proved that it is his. */
function refusal({ query, transaction }: Visit): { error: string; description: string } {
  const reason = textOf(query, 'for')
  if (isCheck(reason)) {
    const userId = textOf(query, 'user_id') ?? transaction.user?.user_id ?? ''
    return refusalOf(reason, { userId: userId.slice(0, 200), organizationId: transaction.organization?.id })
  }
  return { error: DENIED, description: REASONS[reason ?? ''] ?? REASONS.nowhere ?? '' }
}

function isCheck(reason: string | undefined): reason is SignInCheckCode {
  return reason !== undefined && Object.hasOwn(SIGN_IN_CHECKS, reason)
}
