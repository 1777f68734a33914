/** A password that somebody chooses is held against the list of breached ones. */
import { type Breach, findBreach } from '../attack-protection/breached-password.ts'
import type { Server } from '../http/server.ts'
import type { EventType } from '../logs/event-types.ts'
import { type Event, recordEvent } from '../logs/record.ts'
import { breachedRefusal, type PasswordRefusal } from '../passwords/policy.ts'

/** TABLE: what the log says, by when the password was sent. */
const STAGES = {
  'pre-user-registration': 'signup_pwd_leak',
  'pre-change-password': 'reset_pwd_leak',
} as const satisfies Record<string, EventType>

/** Why a breached password is not taken; null for one that is. Either way the log tells of it. */
export async function refuseBreached(
  server: Server,
  stage: keyof typeof STAGES,
  password: string,
  event: Omit<Event, 'type'>,
): Promise<PasswordRefusal | null> {
  const breach: Breach | undefined = await findBreach(server, stage, password)
  if (!breach) return null
  await recordEvent(server.database.db, { ...event, type: STAGES[stage] })
  return breach.refuses ? breachedRefusal() : null
}
