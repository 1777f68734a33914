/** Steps on the pages under `/u/login/<id>`. */

import { hashToken } from '../../server/base/secrets.ts'
import { ask, SPA, THIRD, WEB } from '../../server/oidc/sign-in.testing.ts'
import { formTokenOf } from '../../server/pages/form-guard.ts'
import { type Browser, broughtBack, isRefused, type Landing, surf } from './browser.ts'
import type { Allowance, AskedFor, Step, Transaction, Walk } from './walk.ts'
import { nameOfPassword, type Person, PICKER } from './world.ts'

/** A request to `/authorize`, by any application. */
export function authorize(walk: Walk): Step | undefined {
  const { random } = walk
  const browser = random.oneOf(walk.browsers)
  if (!browser) return undefined
  const prompt = random.oneOf([undefined, undefined, undefined, 'login', 'consent'])
  const clientId = random.oneOf([SPA, SPA, WEB, THIRD, PICKER]) ?? SPA
  const scope = `openid profile email${random.happens(0.5) ? ' offline_access' : ''}`
  const hint = random.oneOf([undefined, undefined, 'signup', 'reset-password'])
  const invitation = random.happens(0.7) ? random.oneOf(walk.invitations) : undefined
  const named = random.happens(0.2) ? random.oneOf(walk.world.organizations) : undefined
  const organization = invitation?.organizationId ?? named
  const place = { organization, invitation: invitation?.ticket }
  const asked = { ...ask({ client_id: clientId, prompt, scope, screen_hint: hint, ...place }), invitation }
  const into = `${organization ? ` in ${organization}` : ''}${invitation ? ` invited as ${invitation.email}` : ''}`
  return {
    says: `${browser.name} asks for ${clientId}${into}, prompt ${prompt ?? 'none said'}`,
    browser,
    allowed: ofWhomever(walk, browser, ['code', 'session']),
    take: async () => finish(walk, browser, await surf(browser, 'GET', asked.url), asked),
  }
}

/** Goes on with an answer that was not followed at once, in its own browser or in another. */
export function resume(walk: Walk): Step | undefined {
  const { random } = walk
  const waiting = random.oneOf(walk.pending)
  if (!waiting) return undefined
  const browser = random.happens(0.8) ? waiting.browser : (random.oneOf(walk.browsers) ?? waiting.browser)
  const id = waiting.address.pathname.split('/').at(-1) ?? ''
  const transaction = walk.transactions.find((one) => one.id === id)
  const allowed = ofWhomever(walk, browser, ['code', 'session'])
  if (transaction?.browser === browser) allowProved(walk, transaction, allowed)
  return {
    says: `${browser.name} follows ${waiting.address.pathname} of ${waiting.browser.name}`,
    browser,
    allowed,
    take: async () => finish(walk, browser, await surf(browser, 'GET', waiting.address), transaction?.asked),
  }
}

/** Any page of a request, whether it is its turn or not. */
export function lookAround(walk: Walk): Step | undefined {
  const target = aim(walk, walk.random.oneOf(['', '/password', '/signup', '/forgot', ...LATER]) ?? '')
  if (!target) return undefined
  const { browser, path } = target
  return {
    says: `${browser.name} opens ${path}`,
    browser,
    allowed: new Set(),
    take: async () => finish(walk, browser, await surf(browser, 'GET', path), undefined),
  }
}

const LATER = [
  ...['/check-mail', '/verify-email', '/change-password', '/consent', '/leave', '/invitation', '/organization'],
]

/** Says with what one signs in. */
export function identify(walk: Walk, isStraight = false): Step | undefined {
  const email = walk.random.happens(0.9) ? walk.random.oneOf(walk.people)?.email : 'nobody@harborline.example'
  return typing(walk, '', email ?? '', isStraight)
}

/** Asks for a mail to choose a new password by. */
export function forgot(walk: Walk): Step | undefined {
  return typing(
    walk,
    walk.random.oneOf(['/forgot', '/check-mail']) ?? '/forgot',
    walk.random.oneOf(walk.people)?.email ?? '',
  )
}

function typing(walk: Walk, page: string, email: string, isStraight = false): Step | undefined {
  const target = aim(walk, page, isStraight)
  if (!target) return undefined
  const { transaction, isWhole } = target
  // Even if it comes out otherwise: all that may have been typed is allowed for.
  if (isWhole) name(transaction, email)
  return post(walk, target, { username: email }, `types ${email}`, new Set())
}

/** Sends a password, right or wrong, that of the one who was named or of somebody else. */
export function tryPassword(walk: Walk, isStraight = false): Step | undefined {
  const { random, people, before } = walk
  const target = aim(walk, '/password', isStraight)
  if (!target) return undefined
  const { transaction, browser, isWhole } = target
  const last = [...transaction.typed].at(-1)
  const named = people.filter(({ email }) => (isStraight ? email === last : transaction.typed.has(email)))
  const owner =
    isStraight || random.happens(0.85) ? (random.oneOf(named) ?? random.oneOf(people)) : random.oneOf(people)
  const password = isStraight || random.happens(0.85) ? ([...(owner?.passwords ?? [])][0] ?? '') : 'a wrong password'
  const allowed = ofWhomever(walk, browser, ['code'])
  const proved = named.filter((person) => isWhole && person.passwords.has(password) && before.has(person.userId))
  for (const { userId } of proved) for (const kind of PROVED) allowed.add(`${kind} ${userId}`)
  for (const person of proved) allowInvited(transaction, person, allowed)
  const [first] = proved
  const step = post(walk, target, { password }, `sends ${nameOfPassword(walk.people, password)}`, allowed)
  return first ? { ...step, sentPassword: { userId: first.userId, password, transaction } } : step
}

const PROVED = ['session', 'code', 'forgotten failures'] as const
const INVITED = ['membership', 'member role', 'verified address'] as const

/** What an invitation gives to whoever has its address and proves who he is in its request. */
export function allowInvited({ asked }: Transaction, { userId, email }: Person, allowed: Allowance): void {
  if (asked.invitation?.email === email) for (const kind of INVITED) allowed.add(`${kind} ${userId}`)
}

/** Makes an account, or tries to make one that is there. */
export function signUp(walk: Walk): Step | undefined {
  const { random, people, seed } = walk
  const target = aim(walk, '/signup')
  if (!target) return undefined
  const isNew = random.happens(0.6)
  const typed = isNew ? `new-${seed}-${people.length}@harborline.example` : (random.oneOf(people)?.email ?? '')
  const password = 'two herons at dusk'
  const { transaction, isWhole } = target
  const { invitation } = transaction.asked
  // Whatever is typed: an invitation is for its own address.
  const email = invitation?.email ?? typed
  if (isWhole) name(transaction, email)
  const step = post(walk, target, { email: typed, password }, `signs up as ${email}`, new Set())
  if (!isWhole || people.some((person) => person.email === email)) return step
  const mayHave = invitation ? ([...INVITED, 'session', 'code'] as const) : []
  return { ...step, newcomer: { email, password, mayHave, transaction } }
}

/** Allows the application what it asks for, or does not. */
export function consent(walk: Walk, isStraight = false): Step | undefined {
  const target = aim(walk, '/consent', isStraight)
  if (!target) return undefined
  const decision = isStraight || walk.random.happens(0.8) ? 'allow' : 'deny'
  const { browser, isWhole } = target
  const allowed = ofWhomever(walk, browser, isWhole && decision === 'allow' ? ['code', 'consent'] : ['code'])
  return post(walk, target, { decision }, `decides to ${decision}`, allowed)
}

/** Replaces a password that somebody else has set. */
export function changeForced(walk: Walk, isStraight = false): Step | undefined {
  const { random, before } = walk
  const target = aim(walk, '/change-password', isStraight)
  if (!target) return undefined
  const { browser, isWhole } = target
  const password = `new ferry ${random.below(1_000)} past Vinga`
  const allowed = ofWhomever(walk, browser, ['code'])
  const [userId] = [...before.values()]
    .filter((person) => isWhole && person.temporary && isIn(browser, person.sessions))
    .map((person) => person.user_id)
  if (userId !== undefined) {
    allowed.add(`password ${userId}`)
    allowed.add(`session ${userId}`)
  }
  const step = post(walk, target, { password }, 'replaces the password', allowed)
  return userId === undefined ? step : { ...step, newPassword: { userId, password } }
}

/** Says that the address is verified, or asks for another mail. */
export function verifyEmail(walk: Walk, isStraight = false): Step | undefined {
  const target = aim(walk, '/verify-email', isStraight)
  if (!target) return undefined
  const fields: Record<string, string> = walk.random.happens(0.5) ? { send: 'again' } : {}
  return post(walk, target, fields, 'goes on after verifying', ofWhomever(walk, target.browser, ['code']))
}

/** Goes back to the application. */
export function leave(walk: Walk): Step | undefined {
  const target = aim(walk, '/leave')
  return target && post(walk, target, {}, 'leaves', new Set())
}

/** A form to be sent. `isWhole` says that it is from this request's own page, in its own browser. */
type Target = {
  transaction: Transaction
  browser: Browser
  page: string
  path: string
  formToken: string | undefined
  headers: Record<string, string>
  isWhole: boolean
}

/** A form mostly as the page has it; at times in another browser, with a foreign token, cookie or origin. */
export function aim(walk: Walk, page: string, isStraight = false): Target | undefined {
  const { random, world, transactions } = walk
  // Mostly the newest: a walk is to come to its end at times.
  const transaction = isStraight || random.happens(0.6) ? transactions.at(-1) : random.oneOf(transactions)
  if (!transaction) return undefined
  const token = (where: string, id: string) => formTokenOf(world.test.server.secrets, `/u/login${where}`, id)
  const target: Target = {
    ...{ transaction, browser: transaction.browser, page, path: `/u/login/${transaction.id}${page}` },
    ...{ formToken: token(page, transaction.id), headers: {}, isWhole: true },
  }
  if (isStraight || random.happens(0.8)) return target
  const other = random.oneOf(transactions) ?? transaction
  const flaw = random.below(5)
  if (flaw === 0) {
    const browser = random.oneOf(walk.browsers) ?? target.browser
    return { ...target, browser, isWhole: browser === transaction.browser }
  }
  if (flaw === 1) return { ...target, formToken: token(page === '' ? '/password' : '', transaction.id), isWhole: false }
  if (flaw === 2) return { ...target, formToken: token(page, `${other.id}x`), isWhole: false }
  if (flaw === 3) return { ...target, formToken: undefined, headers: { origin: 'https://evil.test' }, isWhole: false }
  return { ...target, headers: { cookie: cookieOf(other) }, isWhole: other === transaction }
}

/** The cookie that binds another request to its browser, which no browser would send here. */
function cookieOf({ browser, id }: Transaction): string {
  const names = ['tenantry_transaction', 'tenantry_transaction.sig']
  return names.map((name) => `${name}=${browser.visitor.cookies.get(`${name} /u/login/${id}`)?.value ?? ''}`).join('; ')
}

export function post(
  walk: Walk,
  target: Target,
  fields: Record<string, string>,
  says: string,
  allowed: Allowance,
): Step {
  const { transaction, browser, path, formToken, headers, isWhole } = target
  const form = { ...fields, ...(formToken === undefined ? {} : { form_token: formToken }) }
  const stops = walk.random.happens(0.2)
  return {
    says: `${browser.name} ${says} at ${path}${isWhole ? '' : ', flawed'}${stops ? ', and stops' : ''}`,
    browser,
    allowed,
    take: async () =>
      finish(walk, browser, await surf(browser, 'POST', path, { form, headers, stops }), transaction.asked),
  }
}

/** What was typed last stands last. */
export function name({ typed }: Transaction, email: string): void {
  typed.delete(email)
  typed.add(email)
}

/** Notes what came of it: requests that wait, redirects that were not followed, codes. */
function finish(walk: Walk, browser: Browser, landing: Landing, asked: AskedFor | undefined) {
  const { location, url } = landing.last
  if (location && location.origin === url.origin) walk.pending.push({ browser, address: location })
  const [, id, page = ''] = /^\/u\/login\/([\w-]+)(\/[\w-]+)?$/.exec(url.pathname) ?? []
  if (id !== undefined && asked && landing.last.status < 400 && !walk.transactions.some((one) => one.id === id)) {
    walk.transactions.push({ id, browser, asked, page, typed: new Set(), proofs: new Map() })
  }
  const transaction = walk.transactions.find((one) => one.id === id)
  if (transaction && landing.last.status < 500) transaction.page = isOver(landing) ? OVER : page
  const code = broughtBack(landing)?.code
  if (code && asked) walk.codes.push({ code, hash: hashToken(code), ...asked })
  return { statuses: landing.statuses, isRefused: isRefused(landing) }
}

const OVER = 'over'

/** Whether the page says that the sign-in is over, or cannot be found in this browser. */
function isOver({ last }: Landing): boolean {
  return last.status >= 400 && !last.text.includes('<form')
}

/** These kinds, for whoever is signed in in this browser, and for whoever proved himself in a request of it. */
export function ofWhomever(walk: Walk, browser: Browser, kinds: ('code' | 'session' | 'consent')[]): Allowance {
  const allowed: Allowance = new Set()
  for (const { user_id: userId, sessions } of walk.before.values()) {
    if (isIn(browser, sessions)) for (const kind of kinds) allowed.add(`${kind} ${userId}`)
  }
  return allowed
}

export function isIn(browser: Browser, sessions: Record<string, string>): boolean {
  return Object.values(sessions).some((hash) => browser.held.has(hash))
}

/** Whose password was right in this request, if nothing has ended that since. */
function allowProved({ before }: Walk, { proofs }: Transaction, allowed: Allowance): void {
  for (const [userId, generations] of proofs) {
    const person = before.get(userId)
    if (person && generations.has(person.generation))
      for (const kind of ['session', 'code'] as const) allowed.add(`${kind} ${userId}`)
  }
}
