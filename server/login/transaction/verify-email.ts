/** Something to do first: showing that one reads mail at one's address, before the application gets to know of it. */
import type { FastifyReply } from 'fastify'
import { type Unsendable, whyUnsendable } from '../../emails/unsendable.ts'
import { requestInfoOf, withoutBody } from '../../http/request-info.ts'
import { textOf } from '../../http/sent-fields.ts'
import { completeStep, type Transaction } from '../../oidc/transaction.ts'
import { fill, wordsOf } from '../../pages/texts.ts'
import { failedCheck, SIGN_IN_CHECKS, type SignInCheck } from '../../sign-in/checks.ts'
import { secondsUntilMail } from '../../sign-in/mail-limit.ts'
import { requestVerification } from '../../sign-in/request-verification.ts'
import type { User } from '../../users/user.ts'
import type { FormProblem } from '../templates.ts'
import { MAIL_TEXTS } from '../texts/mail.ts'
import { formOf, lead, show, type TransactionPage, type Visit } from './visit.ts'

const PAGE = 'verify-email'
const WAIT_SECONDS = 30

export const verifyEmailPage: TransactionPage = {
  path: `/${PAGE}`,
  isTurn: (transaction) => pageOfRequirement(transaction) === PAGE,
  get: async (visit) => await showPage(visit, 200, undefined),
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
      if (check?.page === PAGE) {
        const { verify_not_yet_title: title, verify_not_yet: text } = wordsOf(MAIL_TEXTS, visit.surroundings)
        return await showPage(visit, 400, { title, lines: [{ text }] })
      }
      return await completeStep(server, request, reply, transaction, { kind: 'requirement-met' })
    }
    const unsendable = await whyUnsent(visit, user)
    if (unsendable) return await tellUnsent(visit, unsendable)
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

/** Here the person has signed in, and may be told. */
async function whyUnsent({ server, transaction }: Visit, user: User): Promise<Unsendable | undefined> {
  const why = await whyUnsendable(server.database.db, 'verify_email', user.user_id)
  const [connection] = transaction.connections
  if (why || !connection) return why
  const retryAfterSeconds = secondsUntilMail(server, connection, user.email ?? user.user_id)
  return retryAfterSeconds > 0 ? { reason: 'too-many', retryAfterSeconds } : undefined
}

async function tellUnsent(visit: Visit, why: Unsendable): Promise<FastifyReply> {
  const texts = wordsOf(MAIL_TEXTS, visit.surroundings)
  const title = texts.verify_unsent_title
  if (why.reason === 'switched-off') return await showPage(visit, 400, { title, lines: [{ text: texts.verify_off }] })
  visit.reply.header('retry-after', String(why.retryAfterSeconds))
  const minutes = Math.ceil(why.retryAfterSeconds / 60)
  const text = fill(minutes === 1 ? texts.verify_many_one : texts.verify_many, { minutes })
  return await showPage(visit, 429, { title, lines: [{ text }] })
}

async function showPage(visit: Visit, status: number, problem: FormProblem | undefined): Promise<FastifyReply> {
  const { transaction, query } = visit
  const texts = wordsOf(MAIL_TEXTS, visit.surroundings)
  return await show(visit, status, {
    template: 'verify-email',
    title: texts.verify_title,
    text: texts,
    lead: fill(texts.verify_1, { application: transaction.client.name }),
    address: transaction.user?.email ?? '',
    problem,
    told: textOf(query, 'sent') === 'again' ? texts.sent_again : undefined,
    form: formOf(visit, `/${PAGE}`),
    wait: WAIT_SECONDS,
  })
}
