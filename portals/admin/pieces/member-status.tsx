import { type State, Status } from '../../shared/components/status.tsx'
import type { Member } from '../api/types.ts'
import { type TextKey, useSay } from '../texts/texts.ts'

/** TABLE: how members stand. */
const STATES = {
  active: { state: 'ok', key: 'status.active' },
  unverified: { state: 'unverified', key: 'status.unverified' },
  blocked: { state: 'stopped', key: 'status.blocked' },
  ended: { state: 'stopped', key: 'status.ended' },
} as const satisfies Record<string, { state: State; key: TextKey }>

/** How a member stands: a shape and a word. */
export function MemberStatus({ member, isPill = false }: { member: Member; isPill?: boolean }) {
  const say = useSay()
  const { state, key } = STATES[standingOf(member)]
  return (
    <Status state={state} isPill={isPill}>
      {say(key)}
    </Status>
  )
}

/** How a member stands. */
export function standingOf({ blocked, email_verified: isVerified, membership }: Member): keyof typeof STATES {
  if (blocked) return 'blocked'
  if (membership?.ends_at && Date.parse(membership.ends_at) <= Date.now()) return 'ended'
  return isVerified === false ? 'unverified' : 'active'
}
