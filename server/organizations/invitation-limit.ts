/**
 * How many invitations an organization's own people may send: they go to any address, in the organization's name, so
 * whoever takes over an administrator could mail the world. An operator says how many (settings.ts), and is not bound.
 */
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { secondsFromNow } from '../base/clock.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { countSent } from './invitation-store.ts'
import type { Organization } from './organization.ts'
import { INVITATIONS_PER_DAY, settingsOf } from './settings.ts'

const DAY_SECONDS = 86_400

/**
 * How many more the actor may send now, those that are sent once more among them; without end for an operator. The caller
 * has locked the organization, so that no two requests take the same place. `tooMany` is what refuses one more.
 */
export async function invitationsLeft(
  tx: Tx,
  actor: Actor,
  organization: Organization,
): Promise<{ left: number; tooMany: () => ApiError }> {
  const limit = settingsOf(organization).invitations_per_day ?? INVITATIONS_PER_DAY
  const since = secondsFromNow(-DAY_SECONDS)
  const isBound = organizationOf(actor) !== undefined
  const { count, first } = isBound ? await countSent(tx, organization.id, since) : NOTHING
  // A place is free again when the first of them is a day old.
  const waitMilliseconds = first === null ? DAY_SECONDS * 1_000 : first.getTime() - since.getTime()
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMilliseconds / 1_000))
  return {
    left: isBound ? Math.max(0, limit - count) : Number.POSITIVE_INFINITY,
    tooMany: () => new ApiError('invitation_limit', { with: { limit }, retryAfterSeconds }),
  }
}

const NOTHING = { count: 0, first: null }

/** The same for one. @throws ApiError invitation_limit */
export async function refuseBeyondLimit(tx: Tx, actor: Actor, organization: Organization): Promise<void> {
  const { left, tooMany } = await invitationsLeft(tx, actor, organization)
  if (left === 0) throw tooMany()
}
