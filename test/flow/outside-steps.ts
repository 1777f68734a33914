/** What happens to an account from outside, through the Management API, and what time does. */
import type { Allowance, Allowed, Step, Walk } from './walk.ts'

/** An administrator blocks or unblocks somebody. */
export function block(walk: Walk): Step | undefined {
  const person = walk.random.oneOf(walk.people)
  if (!person) return undefined
  const isBlocked = walk.before.get(person.userId)?.blocked === true
  const allowed: Allowance = new Set<Allowed>(
    isBlocked ? [`unblocking ${person.userId}`, `forgotten failures ${person.userId}`] : [],
  )
  return patch(walk, person.userId, { blocked: !isBlocked }, `${isBlocked ? 'un' : ''}blocks ${person.email}`, allowed)
}

/** An administrator sets a password. */
export function setPassword(walk: Walk): Step | undefined {
  const person = walk.random.oneOf(walk.people)
  if (!person) return undefined
  const password = `given ferry ${walk.random.below(1_000)} past Vinga`
  const { userId, email } = person
  const allowed: Allowance = new Set<Allowed>([`password ${userId}`, `forgotten failures ${userId}`])
  const step = patch(walk, userId, { password }, `sets a password of ${email}`, allowed)
  return { ...step, newPassword: { userId, password } }
}

/** An administrator changes an address, verified as it was told. */
export function changeAddress(walk: Walk): Step | undefined {
  const { random, people, seed } = walk
  const person = random.oneOf(people)
  if (!person) return undefined
  const { userId, email } = person
  const isVerified = random.happens(0.5)
  const address = `moved-${seed}-${random.below(1_000_000)}@harborline.example`
  const allowed: Allowance = new Set<Allowed>([`address ${userId}`])
  if (isVerified) allowed.add(`verified address ${userId}`)
  // A link to no address of his may come to life with it; none is given here.
  return patch(walk, userId, { email: address, email_verified: isVerified }, `moves ${email} to ${address}`, allowed)
}

/** An administrator deletes somebody. */
export function remove(walk: Walk): Step | undefined {
  const person = walk.random.oneOf(walk.people)
  return person && administer(walk, 'DELETE', person.userId, undefined, `deletes ${person.email}`, new Set())
}

/** The time of a link, a code, a refresh token or a session of somebody is over. */
export function expire(walk: Walk): Step | undefined {
  const { random, world, people } = walk
  const person = random.oneOf(people)
  const what = random.oneOf(['tickets', 'oidc_artifacts', 'sessions'] as const)
  if (!person || !what) return undefined
  return {
    says: `the time of the ${what} of ${person.email} is over`,
    allowed: new Set(),
    take: async () => {
      const past = new Date(Date.now() - 1_000)
      await world.test.db.updateTable(what).set({ expires_at: past }).where('user_id', '=', person.userId).execute()
      return { statuses: [200], isRefused: false }
    },
  }
}

function patch(walk: Walk, userId: string, body: object, says: string, allowed: Allowance): Step {
  return administer(walk, 'PATCH', userId, body, says, allowed)
}

function administer(
  walk: Walk,
  method: string,
  userId: string,
  body: object | undefined,
  says: string,
  allowed: Allowance,
) {
  return {
    says: `an administrator ${says}`,
    allowed,
    take: async () => {
      const { call } = walk.world.test
      const { status } = await call(
        method,
        `/api/v2/users/${encodeURIComponent(userId)}`,
        body === undefined ? {} : { body },
      )
      return { statuses: [status], isRefused: status >= 400 }
    },
  }
}
