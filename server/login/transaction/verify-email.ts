/** Something to do first: showing that one reads mail at one's address, before the application gets to know of it. */
import type { FastifyReply } from 'fastify'
import { requestInfoOf, withoutBody } from '../../http/request-info.ts'
import { textOf } from '../../http/sent-fields.ts'
import { completeStep, type Transaction } from '../../oidc/transaction.ts'
import { fill, wordsOf } from '../../pages/texts.ts'
import { failedCheck, SIGN_IN_CHECKS, type SignInCheck } from '../../sign-in/checks.ts'
import { limitMails } from '../../sign-in/mail-limit.ts'
import { requestVerification } from '../../sign-in/request-verification.ts'
import { MAIL_TEXTS } from '../texts/mail.ts'
import { formOf, lead, show, type TransactionPage, type Visit } from './visit.ts'

const PAGE = 'verify-email'
const WAIT_SECONDS = 30

export const verifyEmailPage: TransactionPage = {
  path: `/${PAGE}`,
  isTurn: (transaction) => pageOfRequirement(transaction) === PAGE,
  get: async (visit) => await showPage(visit, 200),
  post: async (visit) => {
    const { server, request, reply, transaction, fields } = visit
    const { user, client, organization } = transaction
    const organizationId = organization?.id
    if (!user) return lead(visit, '')
    if (textOf(fields, 'send') === undefined) {
      const failed = await failedCheck(server.database.db, {
        userId: user.user_id,
        clientId: client.clientId,
        organizationId,
      })
      const check: SignInCheck | undefined = failed && SIGN_IN_CHECKS[failed]
      if (check?.page === PAGE) return await showPage(visit, 400, true)
      return await completeStep(server, request, reply, transaction, { kind: 'requirement-met' })
    }
    const [connection] = transaction.connections
    if (connection) limitMails(server, connection, user.email ?? user.user_id)
    const info = withoutBody(requestInfoOf(request))
    const to = { userId: user.user_id }
    const { clientId } = client
    await requestVerification(server, { to, clientId, organizationId, language: visit.language, request: info })
    return lead(visit, `/${PAGE}?sent=again`)
  },
}

/** The page on which what is asked of a person is done. */
export function pageOfRequirement({ step }: Transaction): string | undefined {
  if (step.name !== 'requirement') return undefined
  const check: SignInCheck = SIGN_IN_CHECKS[step.check]
  return check.page
}

async function showPage(visit: Visit, status: number, isTooEarly = false): Promise<FastifyReply> {
  const { transaction, query } = visit
  const texts = wordsOf(MAIL_TEXTS, visit.surroundings)
  return await show(visit, status, {
    template: 'verify-email',
    title: texts.verify_title,
    text: texts,
    lead: fill(texts.verify_1, { application: transaction.client.name }),
    address: transaction.user?.email ?? '',
    problem: isTooEarly ? { title: texts.verify_not_yet_title, lines: [{ text: texts.verify_not_yet }] } : undefined,
    told: textOf(query, 'sent') === 'again' ? texts.sent_again : undefined,
    form: formOf(visit, `/${PAGE}`),
    wait: WAIT_SECONDS,
  })
}
