import {
  CircleX,
  FileCheck,
  KeyRound,
  LogIn,
  LogOut,
  Mail,
  PencilLine,
  RefreshCw,
  ShieldAlert,
  Smartphone,
  UserPlus,
} from 'lucide-react'
import type { LogEntry } from '../api/types.ts'
import { isRefused, kindOf } from './event-kinds.ts'

/** TABLE: a picture for every kind. */
const ICONS = {
  'sign-in': LogIn,
  'sign-out': LogOut,
  password: KeyRound,
  mail: Mail,
  invitation: UserPlus,
  terms: FileCheck,
  factor: Smartphone,
  protection: ShieldAlert,
  change: PencilLine,
  token: RefreshCw,
} as const

/** The picture of an entry; of what was refused, the one of refusals. */
export function EntryIcon({ entry }: { entry: LogEntry }) {
  if (isRefused(entry.type)) return <CircleX aria-hidden data-refused />
  const Icon = ICONS[kindOf(entry)]
  return <Icon aria-hidden />
}
