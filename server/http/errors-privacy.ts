/** TABLE: what callers are told about accounts that are to be deleted or erased. */
import type { ErrorRow } from './error-table.ts'

export const PRIVACY_ERRORS = {
  erasure_leaves_no_administrator: {
    status: 409,
    text: 'Nobody else can give roles in {organization}. Nothing was changed. Somebody else has to get the right first.',
    errorCode: 'leaves_no_administrator',
  },
  account_not_own: {
    status: 403,
    text: 'The organization {organization} manages this account. Nothing was changed. Ask an administrator there to delete it.',
    errorCode: 'operation_not_supported',
  },
  deletion_not_offered: {
    status: 403,
    text: 'Accounts are not deleted here. Nothing was changed. Ask whoever runs this service.',
    errorCode: 'operation_not_supported',
  },
  sign_in_anew: {
    status: 403,
    text: 'This needs a sign-in of the last ten minutes. Nothing was changed. Sign in once more, then try again.',
    errorCode: 'sign_in_anew',
  },
  deletion_not_confirmed: {
    status: 400,
    text: 'This is not the e-mail address, user name or phone number of your account. Nothing was changed.',
    errorCode: 'deletion_not_confirmed',
  },
} as const satisfies Record<string, ErrorRow>
