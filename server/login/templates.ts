/** Sends the pages of this folder that have fields. */
import { join } from 'node:path'
import { pageSender } from '../pages/render.ts'

/** Sends one of them. */
export const sendFormPage = pageSender(join(import.meta.dirname, 'pages'), [
  'identifier',
  'sign-in-password',
  'sign-up',
  'check-mail',
  'new-password',
  'consent',
  'verify-email',
  'choose-organization',
  'terms',
])

/** What went wrong with a form, above it: a title, and sentences that may lead to a field. */
export type FormProblem = { title: string; lines: { text: string; href?: string }[] }
