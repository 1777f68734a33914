/** TABLE: the pages of a sign-in, under `/u/login/<id>`. */
import type { FastifyInstance } from 'fastify'
import type { Server } from '../../http/server.ts'
import { changePasswordPage } from './change-password.ts'
import { checkMailPage } from './check-mail.ts'
import { consentPage } from './consent.ts'
import { forgotPage } from './forgot.ts'
import { identifierPage } from './identifier.ts'
import { invitationPage } from './invitation.ts'
import { leavePage } from './leave.ts'
import { organizationPage } from './organization.ts'
import { passwordPage } from './password.ts'
import { providerBackPage, providerCallback, providerPage } from './provider.ts'
import { signUpPage } from './sign-up.ts'
import { termsPage } from './terms.ts'
import { verifyEmailPage } from './verify-email.ts'
import { mountPage, type TransactionPage } from './visit.ts'

const PAGES: readonly TransactionPage[] = [
  organizationPage,
  invitationPage,
  identifierPage,
  passwordPage,
  providerPage,
  providerBackPage,
  leavePage,
  signUpPage,
  checkMailPage,
  forgotPage,
  verifyEmailPage,
  changePasswordPage,
  termsPage,
  consentPage,
]

/** Mounts them. */
export function transactionRoutes(app: FastifyInstance, server: Server): void {
  for (const page of PAGES) mountPage(app, server, page)
  providerCallback(app)
}
