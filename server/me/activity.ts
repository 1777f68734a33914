/** What happened to a person's account, as he is told: nothing of how it works inside, and of others only what they are. */
import { type Static, Type } from 'typebox'
import { userAgentFamilies } from '../logs/user-agent.ts'
import { ACTIVITY_KINDS } from './activity-kinds.ts'
import type { ActivityRow } from './activity-store.ts'

/** TABLE: who acted, in general words. */
const ACTORS = ['you', 'administrator', 'application', 'server', 'somebody'] as const

const text = (description: string) => Type.Optional(Type.String({ description }))

/** An entry on the wire; what is not known is left out. */
export const Activity = Type.Object({
  at: Type.String(),
  kind: Type.Unsafe<ActivityRow['kind']>({ type: 'string', enum: Object.keys(ACTIVITY_KINDS) }),
  by: Type.Unsafe<(typeof ACTORS)[number]>({
    type: 'string',
    enum: [...ACTORS],
    description: 'Who did it; somebody where nobody had proved who he is',
  }),
  client_name: text('Application through which it was done'),
  organization_name: text('Organization that it concerns'),
  ip: text('Address from which it was done, unless somebody else did it'),
  browser: text('Browser, by its name'),
  system: text('System of the device, by its name'),
})

/** The wire form. */
export function activityOf(row: ActivityRow, userId: string): Static<typeof Activity> {
  const by = actorOf(row, userId)
  // From where an administrator acts, and with what, is his own affair.
  const isOwn = by === 'you' || by === 'somebody'
  return {
    at: row.date.toISOString(),
    kind: row.kind,
    by,
    ...(isOwn && row.client_name !== null ? { client_name: row.client_name } : {}),
    ...(row.organization_name === null ? {} : { organization_name: row.organization_name }),
    ...(isOwn && row.ip !== null ? { ip: row.ip } : {}),
    ...(isOwn && row.user_agent !== null ? userAgentFamilies(row.user_agent) : {}),
  }
}

function actorOf(row: ActivityRow, userId: string): (typeof ACTORS)[number] {
  if (row.actor_kind === 'user') return row.actor_id === userId ? 'you' : 'administrator'
  if (row.actor_kind !== 'client') return 'server'
  // At the door, the application is all that is known of whoever asks.
  return row.through_api ? 'application' : 'somebody'
}
