/** Steps with links that are mailed or handed over. */
import { hashToken } from '../../server/base/secrets.ts'
import { transact } from '../../server/db/database.ts'
import { formTokenOf } from '../../server/pages/form-guard.ts'
import { issueTicket } from '../../server/tickets/issue.ts'
import { TICKET_PURPOSES, type TicketPurpose } from '../../server/tickets/ticket.ts'
import { isRefused, surf } from './browser.ts'
import { ofWhomever } from './page-steps.ts'
import type { Allowance, Allowed, Link, Step, Walk } from './walk.ts'

const PURPOSES = ['password_change', 'email_verification', 'sign_in', 'unblock'] as const satisfies TicketPurpose[]

/** Somebody is given a link, as a mail has it; the one before it of its kind is good no more. */
export function giveLink(
  walk: Walk,
  person = walk.random.oneOf(walk.people),
  purpose: TicketPurpose | undefined = walk.random.oneOf(PURPOSES),
): Step | undefined {
  const { world, links, before } = walk
  if (!person || !purpose || !before.has(person.userId)) return undefined
  const { db, connection } = world.test
  const { userId, email } = person
  return {
    says: `${email} is given a link for ${purpose}`,
    allowed: new Set<Allowed>([`link ${userId}`]),
    take: async () => {
      const token = await transact(db, async (tx) => {
        // He can have been deleted at the same moment.
        const user = await tx
          .selectFrom('users')
          .select('email')
          .where('user_id', '=', userId)
          .forUpdate()
          .executeTakeFirst()
        if (!user) return undefined
        const link = { purpose, userId, connectionId: connection.id, identityId: userId.replace('auth0|', '') }
        return await issueTicket(tx, { ...link, address: email, marksEmailVerified: true, lifetimeSeconds: 600 })
      })
      if (token !== undefined)
        links.push({ purpose, token, hash: hashToken(token), userId, path: TICKET_PURPOSES[purpose].path })
      return { statuses: [200], isRefused: false }
    },
  }
}

/** Verifies an address by the link for it, which is given first where there is none. */
export function followLinkFor(walk: Walk): Step | undefined {
  const { people, before, links, random } = walk
  const unverified = random.oneOf(people.filter(({ userId }) => before.get(userId)?.verified === false))
  const isFor = (link: Link) => link.userId === unverified?.userId && link.purpose === 'email_verification'
  const link = links.find((one) => isFor(one) && one.hash in (before.get(one.userId)?.tickets ?? {}))
  return link ? followLink(walk, link) : giveLink(walk, unverified, 'email_verification')
}

/** TABLE: what a link may bring about for its holder. */
const BRINGS = {
  password_change: ['password', 'verified address', 'forgotten failures'],
  email_verification: ['verified address'],
  sign_in: ['session', 'code', 'verified address'],
  unblock: ['forgotten failures'],
} as const satisfies Record<TicketPurpose, readonly string[]>

/** Opens a link or sends its form: in any browser, as often as it comes; at times on the page of another kind. */
export function followLink(walk: Walk, link = walk.random.oneOf(walk.links)): Step | undefined {
  const { random, world, links, before } = walk
  const browser = random.oneOf(walk.browsers)
  if (!link || !browser) return undefined
  const path = random.happens(0.9) ? link.path : (random.oneOf(Object.values(TICKET_PURPOSES))?.path ?? link.path)
  const address = `${path}?ticket=${link.token}`
  if (random.happens(0.15)) {
    return {
      says: `${browser.name} opens the link for ${link.purpose}`,
      browser,
      allowed: new Set(),
      take: async () => answered(await surf(browser, 'GET', address)),
    }
  }
  const other = random.oneOf(links) ?? link
  const isFlawed = random.happens(0.15)
  const subject = isFlawed ? other : link
  const isWhole =
    path === link.path && subject.token === link.token && before.get(link.userId)?.tickets[link.hash] === link.purpose
  const password = `link ferry ${random.below(1_000)} past Vinga`
  const allowed: Allowance = ofWhomever(walk, browser, ['code'])
  // PURPOSES are all there are.
  if (isWhole) for (const kind of BRINGS[link.purpose as TicketPurpose]) allowed.add(`${kind} ${link.userId}`)
  const form = { password, form_token: formTokenOf(world.test.server.secrets, path, subject.token) }
  const step: Step = {
    says: `${browser.name} uses the link for ${link.purpose} of ${nameOf(walk, link)} at ${path}${isWhole ? '' : ', which is dead or flawed'}`,
    browser,
    allowed,
    // Signing in by link leads to the portal, which asks for more by script.
    take: async () => answered(await surf(browser, 'POST', address, { form, stops: true })),
  }
  return isWhole && link.purpose === 'password_change'
    ? { ...step, newPassword: { userId: link.userId, password } }
    : step
}

function answered(landing: Parameters<typeof isRefused>[0] & { statuses: number[] }) {
  return { statuses: landing.statuses, isRefused: isRefused(landing) }
}

function nameOf({ people }: Walk, { userId }: Link): string {
  return people.find((person) => person.userId === userId)?.email ?? userId
}
