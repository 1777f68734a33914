/** TABLE: what can have happened to an account: its picture, and the filter under which it is found. */
import {
  Ban,
  Building2,
  CircleCheck,
  Download,
  FileCheck,
  FileX,
  Link2,
  LockKeyhole,
  LockKeyholeOpen,
  LogIn,
  LogOut,
  type LucideIcon,
  Mail,
  ShieldCheck,
  TriangleAlert,
  Unlink2,
  UserRound,
  UserRoundCheck,
  UserRoundX,
} from 'lucide-react'

/** A filter. */
export type Group = 'sign_ins' | 'account' | 'access'

type Kind = { group: Group; icon: LucideIcon; isWarning?: true }

export const KINDS: Readonly<Record<string, Kind>> = {
  signed_in: { group: 'sign_ins', icon: LogIn },
  sign_in_failed: { group: 'sign_ins', icon: TriangleAlert, isWarning: true },
  sign_in_closed: { group: 'sign_ins', icon: LockKeyhole, isWarning: true },
  sign_in_reopened: { group: 'sign_ins', icon: LockKeyholeOpen },
  session_ended: { group: 'sign_ins', icon: LogOut },
  signed_up: { group: 'account', icon: UserRound },
  password_changed: { group: 'account', icon: LockKeyhole },
  password_reset_requested: { group: 'account', icon: Mail },
  email_changed: { group: 'account', icon: Mail },
  email_confirmed: { group: 'account', icon: CircleCheck },
  confirmation_requested: { group: 'account', icon: Mail },
  username_changed: { group: 'account', icon: UserRound },
  phone_changed: { group: 'account', icon: UserRound },
  profile_changed: { group: 'account', icon: UserRound },
  terms_accepted: { group: 'account', icon: FileCheck },
  terms_declined: { group: 'account', icon: FileX },
  terms_withdrawn: { group: 'account', icon: FileX },
  data_copied: { group: 'account', icon: Download },
  deletion_requested: { group: 'account', icon: UserRoundX, isWarning: true },
  deletion_cancelled: { group: 'account', icon: UserRoundCheck },
  account_linked: { group: 'account', icon: Link2 },
  account_unlinked: { group: 'account', icon: Unlink2 },
  blocked: { group: 'access', icon: Ban, isWarning: true },
  unblocked: { group: 'access', icon: CircleCheck },
  consent_given: { group: 'access', icon: ShieldCheck },
  consent_withdrawn: { group: 'access', icon: Ban },
  organization_joined: { group: 'access', icon: Building2 },
  organization_left: { group: 'access', icon: Building2 },
  rights_changed: { group: 'access', icon: ShieldCheck },
}

/** The filters, in their order. */
export const GROUPS: readonly Group[] = ['sign_ins', 'account', 'access']

/** The kinds of a filter; none for all. */
export function kindsOf(group: Group | undefined): string[] {
  return group === undefined ? [] : Object.keys(KINDS).filter((kind) => KINDS[kind]?.group === group)
}
