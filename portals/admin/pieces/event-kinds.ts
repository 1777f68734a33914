/** TABLE: the kinds of entries of the log that an organization sees, by their codes. */
import type { LogEntry } from '../api/types.ts'

export const EVENT_KINDS = {
  'sign-in': ['s', 'f', 'fp', 'fu', 'w', 'scv', 'sepft', 'fepft'],
  'sign-out': ['slo', 'flo', 'srrt'],
  password: ['scp', 'fcp', 'scpr', 'fcpr', 'reset_pwd_leak', 'pwd_leak', 'signup_pwd_leak'],
  mail: ['sv', 'fv', 'svr', 'fvr', 'sce', 'fce', 'cls', 'fn', 'wn'],
  invitation: ['si', 'fi', 'ss', 'fs', 'organization_member_added'],
  terms: ['terms_accepted', 'terms_declined', 'terms_withdrawn'],
  factor: ['mfar', 'gd_start_enroll', 'gd_enrollment_complete', 'gd_unenroll', 'gd_auth_succeed', 'gd_auth_failed'],
  protection: ['limit_wc', 'limit_mu', 'limit_sul', 'ublkdu', 'gd_otp_rate_limit_exceed'],
  change: ['sapi', 'fapi', 'mgmt_api_read', 'sscim', 'sdu', 'fdu', 'scu', 'fcu', 'scpn', 'fcpn', 'sui', 'fui'],
  /** What happens by itself while somebody is signed in; it is shown only where it is asked for. */
  token: ['ssa', 'fsa', 'seacft', 'feacft', 'sertft', 'fertft', 'ferrt'],
} as const

/** A kind. */
export type EventKind = keyof typeof EVENT_KINDS

/** Codes of what was refused, and did not happen. */
const REFUSED = [
  ...'f fp fu fsa flo fco limit_wc limit_mu limit_sul pwd_leak fs signup_pwd_leak fi feacft feccft fepft fertft ferrt'.split(
    ' ',
  ),
  ...'fce fcp fcpr reset_pwd_leak fcu fcpn fv fvr fdu fui fapi gd_auth_failed gd_otp_rate_limit_exceed'.split(' '),
  ...'gd_recovery_failed fn'.split(' '),
]

/** Whether it was refused. */
export function isRefused(type: string): boolean {
  return REFUSED.includes(type)
}

/** Its kind; what is in no row is a change. */
export function kindOf({ type }: Pick<LogEntry, 'type'>): EventKind {
  // The entries are the table's own.
  const rows = Object.entries(EVENT_KINDS) as [EventKind, readonly string[]][]
  return rows.find(([, types]) => types.includes(type))?.[0] ?? 'change'
}

/** A condition on the log: of a kind, and of a result. Without a kind it is everything but tokens. */
export function typesQuery(kind: string | undefined, result: string | undefined): string {
  const wanted: readonly string[] | undefined =
    kind && Object.hasOwn(EVENT_KINDS, kind) ? EVENT_KINDS[kind as EventKind] : undefined
  if (wanted) {
    const types = wanted.filter((type) => !result || isRefused(type) === (result === 'refused'))
    return `type:(${types.join(' OR ') || 'none'})`
  }
  const isQuiet = (type: string) => EVENT_KINDS.token.some((one) => one === type)
  if (result === 'refused') return `type:(${REFUSED.filter((type) => !isQuiet(type)).join(' OR ')})`
  const left = result === 'done' ? [...new Set([...EVENT_KINDS.token, ...REFUSED])] : EVENT_KINDS.token
  return `NOT type:(${left.join(' OR ')})`
}
