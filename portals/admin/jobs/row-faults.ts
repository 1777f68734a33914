/** Why a row of a file was not taken, in the reader's language. What there is no text for stays in the server's words. */
import type { JobRow } from '../api/types.ts'
import type { jobsEn } from '../texts/jobs.ts'

/** What is wrong with a row, as the API says it. */
type RowFault = NonNullable<JobRow['errors']>[number]

/** The keys of the texts. */
export type FaultKey = Extract<keyof typeof jobsEn, `jobs.fault_${string}`> | 'refused.above'

/** TABLE: texts by the code, and by the beginning of the sentence where a code has several. The first that fits is it. */
const TEXTS: readonly { code: string; says?: RegExp; key: FaultKey }[] = [
  { code: 'DUPLICATED_USER', says: /^The file has/, key: 'jobs.fault_twice' },
  { code: 'DUPLICATED_USER', key: 'jobs.fault_exists' },
  { code: 'CONFLICT_EMAIL', key: 'jobs.fault_not_yours' },
  { code: 'CONFLICT_USERNAME', key: 'jobs.fault_not_yours' },
  { code: 'CONFLICT', says: /^The user already exists/, key: 'jobs.fault_not_yours' },
  { code: 'CONFLICT', says: /^You cannot change your own/, key: 'jobs.fault_own' },
  { code: 'CONFLICT', says: /^This person has rights/, key: 'refused.above' },
  { code: 'OBJECT_REQUIRED', says: /^Missing required/, key: 'jobs.fault_missing' },
  { code: 'OBJECT_REQUIRED', says: /^Cannot set username/, key: 'jobs.fault_no_username' },
  { code: 'NOT_PASSED', says: /^Only an operator/, key: 'jobs.fault_operator' },
  { code: 'NOT_PASSED', says: /^Additional properties/, key: 'jobs.fault_unknown' },
  { code: 'INVALID_TYPE', key: 'jobs.fault_form' },
  { code: 'FORMAT', key: 'jobs.fault_form' },
  { code: 'PATTERN', key: 'jobs.fault_form' },
  { code: 'ENUM_MISMATCH', key: 'jobs.fault_form' },
  { code: 'MAX_LENGTH', key: 'jobs.fault_long' },
  { code: 'MIN_LENGTH', key: 'jobs.fault_short' },
]

/** Faults of a row, one after the other: the column, if one is to blame, and what is wrong there. */
export function faultsOf(
  { errors = [] }: JobRow,
  say: (key: FaultKey) => string,
): { text: string; isTheirs: boolean }[] {
  return errors.map((fault) => {
    const key = faultKey(fault)
    // As the column of a table is called.
    const [, unknown] = /^Additional properties not allowed: (.+)/.exec(fault.message) ?? []
    const column = unknown ?? fault.path?.replace(/^user_metadata\./, '')
    const text = key ? say(key) : fault.message
    return { text: column ? `${column}: ${text}` : text, isTheirs: key === undefined }
  })
}

/** The key of the text; undefined where there is none. */
function faultKey({ code, message }: RowFault): FaultKey | undefined {
  return TEXTS.find((row) => row.code === code && (row.says?.test(message) ?? true))?.key
}
