/** Steps with organizations: invitations, the choice after signing in, and what an administrator does to members. */
import { now } from '../../server/base/clock.ts'
import { aim, allowInvited, isIn, name, ofWhomever, post } from './page-steps.ts'
import type { Allowance, Allowed, Step, Walk } from './walk.ts'

/** Somebody is invited, who has an account or has none. */
export function invite(walk: Walk): Step | undefined {
  const { random, world, people, seed, invitations } = walk
  const organizationId = random.oneOf(world.organizations)
  const known = random.happens(0.6) ? random.oneOf(people)?.email : undefined
  const email = known ?? `invited-${seed}-${random.below(3)}@harborline.example`
  if (organizationId === undefined) return undefined
  return {
    says: `${email} is invited to ${organizationId}`,
    allowed: new Set(),
    take: async () => {
      const given = { roleIds: [world.roleId], appMetadata: { invited: seed } }
      const { id, ticket } = await world.invite(organizationId, email, given)
      invitations.push({ id, ticket, email, organizationId })
      return { statuses: [200], isRefused: false }
    },
  }
}

/** An invitation is withdrawn, or its time is over. */
export function revoke(walk: Walk): Step | undefined {
  const { random, world, invitations } = walk
  const invitation = random.oneOf(invitations)
  if (!invitation) return undefined
  const change = random.happens(0.5) ? { revoked_at: now() } : { expires_at: now() }
  return {
    says: `the invitation of ${invitation.email} is over`,
    allowed: new Set(),
    take: async () => {
      const { db } = world.test
      await db.updateTable('organization_invitations').set(change).where('id', '=', invitation.id).execute()
      return { statuses: [200], isRefused: false }
    },
  }
}

/** Sends the form of an invitation: whoever is signed in with its address accepts it, anybody else is led on. */
export function acceptInvitation(walk: Walk, isStraight = false): Step | undefined {
  const target = aim(walk, '/invitation', isStraight)
  if (!target) return undefined
  const { transaction, browser, isWhole } = target
  const { invitation } = transaction.asked
  const allowed = ofWhomever(walk, browser, ['code'])
  if (isWhole && invitation) {
    name(transaction, invitation.email)
    const isHere = ({ userId }: { userId: string }) => isIn(browser, walk.before.get(userId)?.sessions ?? {})
    for (const person of walk.people.filter(isHere)) allowInvited(transaction, person, allowed)
  }
  return post(walk, target, {}, 'accepts the invitation', allowed)
}

/** Chooses an organization, his own or another. */
export function chooseOrganization(walk: Walk, isStraight = false): Step | undefined {
  const target = aim(walk, '/organization', isStraight)
  const organization = walk.random.oneOf(walk.world.organizations)
  if (!target || organization === undefined) return undefined
  return post(walk, target, { organization }, `chooses ${organization}`, ofWhomever(walk, target.browser, ['code']))
}

/** An administrator makes somebody a member. */
export function addMember(walk: Walk): Step | undefined {
  return changeMember(walk, 'makes a member', ['membership'], (userId) => {
    return { method: 'POST', path: '/members', body: { members: [userId] } }
  })
}

/** An administrator removes a member. */
export function removeMember(walk: Walk): Step | undefined {
  return changeMember(walk, 'removes', [], (userId) => {
    return { method: 'DELETE', path: '/members', body: { members: [userId] } }
  })
}

/** An administrator shuts a member out, or lets him in again. */
export function shutOut(walk: Walk): Step | undefined {
  const blocked = walk.random.happens(0.7)
  return changeMember(walk, blocked ? 'shuts out' : 'lets in', blocked ? [] : ['membership'], (userId) => {
    return { method: 'PATCH', path: `/members/${encodeURIComponent(userId)}`, body: { blocked } }
  })
}

function changeMember(
  walk: Walk,
  says: string,
  kinds: readonly 'membership'[],
  request: (userId: string) => { method: string; path: string; body: object },
): Step | undefined {
  const { random, people, world } = walk
  const [person, organization] = [random.oneOf(people), random.oneOf(world.organizations)]
  if (!person || organization === undefined) return undefined
  const allowed: Allowance = new Set(kinds.map((kind): Allowed => `${kind} ${person.userId}`))
  const { method, path, body } = request(person.userId)
  return {
    says: `an administrator ${says} ${person.email} in ${organization}`,
    allowed,
    take: async () => {
      const { status } = await world.test.call(method, `/api/v2/organizations/${organization}${path}`, { body })
      return { statuses: [status], isRefused: status >= 400 }
    },
  }
}
