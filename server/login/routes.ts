/**
 * The pages under /u: what a person sees who signs in, or comes with a link. Rendered here, whole without JavaScript;
 * every form carries a token and has to come from a page of ours (`pages/form-guard.ts`). Opening a page changes nothing.
 */
import type { FastifyInstance } from 'fastify'
import { addressBlock } from '../http/address-block.ts'
import { ApiError } from '../http/errors.ts'
import { applyRateLimit } from '../http/rate-limit-headers.ts'
import type { Server } from '../http/server.ts'
import { mountAssets } from '../pages/assets.ts'
import { switchLanguage } from '../pages/language.ts'
import { emailVerificationRoutes } from './links/email-verification.ts'
import { resetPasswordRoutes } from './links/reset-password.ts'
import { signInLinkRoutes } from './links/sign-in.ts'
import { unblockRoutes } from './links/unblock.ts'
import { problemHandler, type Subject } from './problems.ts'
import { requestResetRoutes } from './request-reset.ts'
import { signOutRoutes } from './sign-out.ts'
import { signedOutRoutes } from './signed-out.ts'
import { transactionRoutes } from './transaction/routes.ts'

/** TABLE: the pages, by what an error on them is about. */
const PAGES: Record<Subject, ((app: FastifyInstance, server: Server) => void)[]> = {
  transaction: [transactionRoutes],
  link: [resetPasswordRoutes, emailVerificationRoutes, signInLinkRoutes, unblockRoutes],
  page: [requestResetRoutes, signOutRoutes, signedOutRoutes, noPageRoute],
}

/** Where there is none: people come there by an address that they mistyped or that was cut. */
function noPageRoute(app: FastifyInstance): void {
  app.get('/u/*', async () => {
    throw new ApiError('not_found')
  })
}

/** Mounts them. */
export function loginRoutes(app: FastifyInstance, server: Server): void {
  mountAssets(app)
  // The keys are the table's own.
  for (const [subject, mounts] of Object.entries(PAGES) as [Subject, (typeof PAGES)[Subject]][]) {
    app.register(async (pages) => {
      pages.setErrorHandler(problemHandler(server, subject))
      pages.addHook('onRequest', async (request, reply) => {
        applyRateLimit(server.rateLimiter, `page|${addressBlock(request.ip)}`, reply)
        if (switchLanguage(server.config, request, reply)) return reply
      })
      for (const mount of mounts) mount(pages, server)
    })
  }
}
