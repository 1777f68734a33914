/** The way back to the application for somebody who cannot sign in: a form that only such a page has. */

import { textOf } from '../../http/sent-fields.ts'
import { completeStep } from '../../oidc/transaction.ts'
import { SIGN_IN_CHECKS, type SignInCheckCode } from '../../sign-in/checks.ts'
import { isSigningIn, type TransactionPage } from './visit.ts'

const NOWHERE = { error: 'access_denied', description: 'No connection is open to the application.' }

export const leavePage: TransactionPage = {
  path: '/leave',
  isTurn: isSigningIn,
  post: async ({ server, request, reply, transaction, query }) => {
    const reason = textOf(query, 'for')
    const { error, description } = isCheck(reason) ? SIGN_IN_CHECKS[reason].oauth : NOWHERE
    return await completeStep(server, request, reply, transaction, { kind: 'aborted', error, description })
  },
}

function isCheck(reason: string | undefined): reason is SignInCheckCode {
  return reason !== undefined && Object.hasOwn(SIGN_IN_CHECKS, reason)
}
