/** TABLE: the steps of a walk; one that stands here twice is taken twice as often. */

import { followLink, followLinkFor, giveLink } from './link-steps.ts'
import {
  acceptInvitation,
  addMember,
  chooseOrganization,
  invite,
  removeMember,
  revoke,
  shutOut,
} from './organization-steps.ts'
import { block, changeAddress, expire, remove, setPassword } from './outside-steps.ts'
import {
  authorize,
  changeForced,
  consent,
  forgot,
  identify,
  leave,
  lookAround,
  resume,
  signUp,
  tryPassword,
  verifyEmail,
} from './page-steps.ts'
import { exchangeCode, logout, refresh, silently } from './token-steps.ts'
import type { Step, Walk } from './walk.ts'

/** Prepares a step; undefined where there is nothing yet to take it with. */
export type Prepare = (walk: Walk) => Step | undefined

export const STEPS: readonly Prepare[] = [
  ...[authorize, authorize, authorize],
  ...[identify, identify, identify, identify],
  ...[tryPassword, tryPassword, tryPassword, tryPassword, tryPassword],
  ...[resume, resume],
  ...[giveLink, giveLink],
  ...[followLink, followLink, followLink, followLink],
  ...[exchangeCode, exchangeCode, exchangeCode],
  ...[refresh, refresh],
  ...[consent, consent],
  ...[changeForced, changeForced],
  ...[lookAround, verifyEmail, signUp, forgot, leave, silently, logout],
  ...[block, block, block, setPassword, changeAddress, expire],
  ...[invite, invite, acceptInvitation, chooseOrganization],
  ...[addMember, removeMember, shutOut, revoke],
  remove,
]

/** What a person would do next whom nobody disturbs. */
export function goOn(walk: Walk): Step | undefined {
  const code = walk.codes.at(-1)
  if (code && [...walk.before.values()].some(({ artifacts }) => code.hash in artifacts)) return exchangeCode(walk, true)
  const transaction = walk.transactions.at(-1)
  if (!transaction || code?.verifier === transaction.asked.verifier) return authorize(walk)
  return NEXT[transaction.page]?.(walk, true) ?? authorize(walk)
}

/** TABLE: what is done on each page. */
const NEXT: Record<string, (walk: Walk, isStraight: boolean) => Step | undefined> = {
  '': identify,
  '/signup': signUp,
  '/forgot': identify,
  '/check-mail': tryPassword,
  '/password': tryPassword,
  '/verify-email': (walk, isStraight) =>
    walk.random.happens(0.6) ? followLinkFor(walk) : verifyEmail(walk, isStraight),
  '/change-password': changeForced,
  '/consent': consent,
  '/invitation': acceptInvitation,
  '/organization': chooseOrganization,
}
