/** What of an invitation whom is shown: whoever has its link can accept it and has its roles then. */
import type { Static } from 'typebox'
import { type Actor, holdsAny } from '../authorization/actor.ts'
import { actsForOrganization } from '../authorization/visible-to.ts'
import type { Db } from '../db/database.ts'
import type { InvitationReply } from './invitation.ts'
import { GIVES_ROLES, mayGiveRoles } from './protection.ts'

type Wire = Static<typeof InvitationReply>

/**
 * Makes the answers of an actor. The link and the ticket in it are for whoever could send such an invitation himself: a
 * person who reads invitations, and may not invite or not give these roles, would help himself to them by it. The metadata
 * that an account is to have is the tenant's, so an organization's administrators do not see it.
 */
export async function shownTo(db: Db, actor: Actor, wires: readonly Wire[]): Promise<Wire[]> {
  if (actor.kind !== 'user') return [...wires]
  const maySend = senderOf(db, actor)
  const shown: Wire[] = []
  for (const wire of wires) {
    const { app_metadata, user_metadata, ticket_id, invitation_url, ...known } = wire
    const metadata = {
      ...(app_metadata === undefined ? {} : { app_metadata }),
      ...(user_metadata === undefined ? {} : { user_metadata }),
    }
    const link = {
      ...(ticket_id === undefined ? {} : { ticket_id }),
      ...(invitation_url === undefined ? {} : { invitation_url }),
    }
    shown.push({
      ...known,
      ...(actsForOrganization(actor) ? {} : metadata),
      ...((await maySend(wire.roles ?? [])) ? link : {}),
    })
  }
  return shown
}

/** Asks of each role once. */
function senderOf(db: Db, actor: Actor): (roleIds: readonly string[]) => Promise<boolean> {
  const known = new Map<string, boolean>()
  return async (roleIds) => {
    if (!holdsAny(actor, ['create:organization_invitations'])) return false
    if (roleIds.length > 0 && !holdsAny(actor, [GIVES_ROLES])) return false
    for (const id of roleIds) {
      const may = known.get(id) ?? (await mayGiveRoles(db, actor, [id]))
      known.set(id, may)
      if (!may) return false
    }
    return true
  }
}
