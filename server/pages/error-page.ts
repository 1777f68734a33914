/** The page that says what went wrong on the way to an application, where there is no application to tell it to. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Server } from '../http/server.ts'
import { ERROR_TEXTS, type ErrorTextKey } from './error-texts.ts'
import { contactOf, referenceOf, sendNotice } from './notice.ts'
import { bareSurroundingsOf } from './surroundings.ts'

/** What went wrong. `description` is our own text; it is shown as it is. `again` is the address where one can begin anew. */
export type Problem = { error: string; description?: string | undefined; again?: string | undefined }

type Words = readonly [title: ErrorTextKey, ...paragraphs: ErrorTextKey[]]

const FAULT: Words = ['fault_title', 'fault_1']
const REQUEST: Words = ['request_title', 'request_1']
const DENIED: Words = ['denied_title', 'denied_1']

/** TABLE: what the page says, by error; about all others, that the application asked wrongly. */
const WORDS: Readonly<Record<string, Words>> = {
  transaction_gone: ['gone_title', 'gone_1', 'gone_2'],
  access_denied: DENIED,
  unauthorized: DENIED,
  server_error: FAULT,
  temporarily_unavailable: FAULT,
  internal: FAULT,
}

/** Sends it. Needs no database. */
export async function sendErrorPage(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  { error, description, again }: Problem,
): Promise<FastifyReply> {
  const surroundings = await bareSurroundingsOf(server, request)
  const texts = ERROR_TEXTS[surroundings.language]
  const [title, ...paragraphs] = Object.hasOwn(WORDS, error) ? (WORDS[error] ?? REQUEST) : REQUEST
  return await sendNotice(reply, status, surroundings, {
    title: texts[title],
    paragraphs: paragraphs.map((key) => texts[key]),
    facts: [
      description === undefined || error === 'transaction_gone'
        ? undefined
        : { name: texts.detail, value: `${error}: ${description}` },
      contactOf(surroundings),
      referenceOf(surroundings, request.id),
    ],
    links: [again === undefined ? undefined : { href: again, label: texts.again }],
    isProblem: true,
  })
}
