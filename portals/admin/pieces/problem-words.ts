/** The words for a refusal of the Management API. */
import { ApiProblem } from '../../shared/api-client.ts'
import { causeOf } from '../../shared/components/fault.tsx'
import type { TextKey } from '../texts/texts.ts'

/** TABLE: refusals by their code. */
const BY_CODE: Readonly<Record<string, TextKey>> = {
  operation_not_supported: 'refused.above',
  insufficient_scope: 'refused.rights',
  invitation_limit: 'invitations.limit',
  too_many_mails: 'refused.mails_many',
  mail_switched_off: 'refused.mails_off',
  email_verified_already: 'refused.verified',
  terms_published: 'terms.refused_published',
  terms_retired: 'terms.refused_retired',
}
/** TABLE: and by their status. */
const BY_STATUS: Readonly<Record<number, TextKey>> = {
  403: 'refused.rights',
  404: 'refused.gone',
  409: 'refused.taken',
}

/** The key of the sentence. */
export function wordsOf(error: unknown): TextKey {
  if (!(error instanceof ApiProblem)) return 'shared.cause_fault'
  return BY_CODE[error.code] ?? BY_STATUS[error.status] ?? causeOf(error)
}
