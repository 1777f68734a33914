/** Answers what was thrown with a page that says why nothing was done. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { prepareError } from '../http/error-handler.ts'
import type { ErrorCode } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { sendErrorPage } from '../pages/error-page.ts'
import { contactOf, referenceOf, sendNotice } from '../pages/notice.ts'
import { bareSurroundingsOf } from '../pages/surroundings.ts'
import { fill } from '../pages/texts.ts'
import { PROBLEM_TEXTS, type ProblemTextKey } from './texts/problems.ts'
import { findAgain } from './transaction/again.ts'

type Words = readonly [title: ProblemTextKey, ...paragraphs: ProblemTextKey[]]

const DEAD: Words = ['dead_title', 'dead_1', 'dead_2', 'dead_3']
const TRIES: Words = ['tries_title', 'tries_1', 'tries_2']
const TRIES_SOON: Words = ['tries_title', 'tries_1', 'tries_2_one']
const BUSY: Words = ['busy_title', 'busy_1', 'busy_2']
const FORGED: Words = ['forged_title', 'forged_1', 'forged_2']
const FAULT: Words = ['fault_title', 'fault_1']
const MISSING: Words = ['missing_title', 'missing_1']

/** TABLE: what a page says about an error, by its code. */
const WORDS: Partial<Record<ErrorCode, Words>> = {
  invalid_ticket: DEAD,
  too_many_requests: TRIES,
  busy: BUSY,
  database_unavailable: BUSY,
  form_refused: FORGED,
  payload_too_large: FORGED,
  unsupported_media_type: FORGED,
  malformed_json: FORGED,
}

/** What the pages are about that an error handler is for: other errors than those above say that there is none of them. */
export type Subject = 'link' | 'transaction' | 'page'

/** TABLE: what is said about other errors that are not ours. */
const OTHERS: Record<Subject, Words | undefined> = { link: DEAD, transaction: undefined, page: MISSING }

/** Makes the error handler of pages. */
export function problemHandler(server: Server, subject: Subject) {
  return async (thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const error = prepareError(server, thrown, request, reply)
    const { retryAfterSeconds: seconds = 1 } = error
    const known = WORDS[error.code]
    const words =
      (known === TRIES && seconds === 1 ? TRIES_SOON : known) ?? (error.status < 500 ? OTHERS[subject] : FAULT)
    if (error.code === 'transaction_gone' || words === undefined) {
      // The page needs no database, and goes without the link where there is none.
      const again = await findAgain(server, request).catch(() => undefined)
      return await sendErrorPage(server, request, reply, error.status, { error: 'transaction_gone', again })
    }
    const surroundings = await bareSurroundingsOf(server, request)
    const texts = PROBLEM_TEXTS[surroundings.language]
    const [title, ...paragraphs] = words
    return await sendNotice(reply, error.status, surroundings, {
      title: texts[title],
      paragraphs: paragraphs.map((key) => fill(texts[key], { seconds })),
      // Others are no fault, and their answers are the same for whatever reason a link is no good.
      facts: words === FAULT ? [contactOf(surroundings), referenceOf(surroundings, request.id)] : [],
      isProblem: true,
    })
  }
}
