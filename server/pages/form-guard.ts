/**
 * Keeps other pages from sending our forms. A form carries a token that nobody can make who has not opened the
 * page, and the browser has to say that the form stood on a page of ours.
 */
import type { FastifyRequest } from 'fastify'
import { equalInConstantTime, type Secrets } from '../base/secrets.ts'
import { ApiError } from '../http/errors.ts'

/** The token of a form, bound to the page and to what the page is about, such as a ticket. */
export function formTokenOf(secrets: Secrets, page: string, subject: string): string {
  return secrets.digest('form_token', `${page}|${subject}`)
}

/**
 * Lets our own forms pass.
 *
 * @param sent the token that came with the form, if one came
 * @throws ApiError form_refused
 */
export function guardForm(request: FastifyRequest, publicUrl: string, sent: unknown, expected: string): void {
  if (!isFromUs(request, publicUrl)) throw new ApiError('form_refused')
  if (typeof sent !== 'string' || !equalInConstantTime(sent, expected)) throw new ApiError('form_refused')
}

/** By Origin; browsers that leave it out send a Referer. Who sends neither is no browser on our page. */
function isFromUs({ headers }: FastifyRequest, publicUrl: string): boolean {
  const { origin, referer } = headers
  const own = new URL(publicUrl).origin
  if (origin !== undefined) return origin === own
  return referer !== undefined && URL.canParse(referer) && new URL(referer).origin === own
}
