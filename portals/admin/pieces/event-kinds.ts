/** TABLE: the kinds of entries of the log that an organization sees, by their codes. */
import type { LogEntry } from '../api/types.ts'

export const EVENT_KINDS = {
  'sign-in': ['s', 'f', 'fp', 'fu', 'w', 'ssa', 'fsa', 'scv', 'seacft', 'feacft', 'sepft', 'fepft', 'sertft', 'fertft'],
  'sign-out': ['slo', 'flo', 'srrt'],
  password: ['scp', 'fcp', 'scpr', 'fcpr', 'reset_pwd_leak', 'pwd_leak', 'signup_pwd_leak'],
  mail: ['sv', 'fv', 'svr', 'fvr', 'sce', 'fce', 'cls', 'fn', 'wn'],
  invitation: ['si', 'fi', 'ss', 'fs', 'organization_member_added'],
  factor: ['mfar', 'gd_start_enroll', 'gd_enrollment_complete', 'gd_unenroll', 'gd_auth_succeed', 'gd_auth_failed'],
  protection: ['limit_wc', 'limit_mu', 'limit_sul', 'ublkdu', 'gd_otp_rate_limit_exceed'],
  change: ['sapi', 'fapi', 'mgmt_api_read', 'sscim', 'sdu', 'fdu', 'scu', 'fcu', 'scpn', 'fcpn', 'sui', 'fui'],
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

/** A condition on the log: of a kind, and of a result. Undefined for all. */
export function typesQuery(kind: string | undefined, result: string | undefined): string | undefined {
  const wanted = kind && Object.hasOwn(EVENT_KINDS, kind) ? EVENT_KINDS[kind as EventKind] : undefined
  const types: readonly string[] = wanted ?? (result === 'refused' ? REFUSED : [])
  const kept = types.filter((type) => !result || isRefused(type) === (result === 'refused'))
  if (kept.length > 0) return `type:(${kept.join(' OR ')})`
  if (wanted) return 'type:none'
  return result === 'done' ? `NOT type:(${REFUSED.join(' OR ')})` : undefined
}
