/** TABLE: what callers are told about terms and consents. */
import type { ErrorRow } from './error-table.ts'

export const TERMS_ERRORS = {
  inexistent_terms: { status: 404, text: 'The terms do not exist.', errorCode: 'inexistent_terms' },
  inexistent_terms_version: {
    status: 404,
    text: 'The terms have no such version.',
    errorCode: 'inexistent_terms_version',
  },
  terms_exist: {
    status: 409,
    text: 'There are terms with the name {name} already. Nothing was changed.',
    errorCode: 'terms_conflict',
  },
  terms_published: {
    status: 409,
    text: 'A version of these terms was published, and is kept as evidence. Nothing was changed. Retire them instead (retired: true).',
    errorCode: 'terms_published',
  },
  terms_retired: {
    status: 409,
    text: 'These terms are retired. Nothing was published. Take them up again first (retired: false).',
    errorCode: 'terms_retired',
  },
  terms_changed: {
    status: 409,
    text: 'There is a newer version of these terms, or they are retired. Nothing was recorded. Read them anew.',
    errorCode: 'terms_changed',
  },
  consents_not_reminded: {
    status: 400,
    text: 'This is a consent: nobody has to give it, so nobody is reminded. Nothing was sent.',
    errorCode: 'consents_not_reminded',
  },
  required_terms: {
    status: 400,
    text: 'These terms are required: they cannot be withdrawn. Nothing was changed.',
    errorCode: 'required_terms',
  },
} as const satisfies Record<string, ErrorRow>
