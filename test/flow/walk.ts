/**
 * A random walk over the steps of signing in. What a step may bring about is said before it is taken, from what was sent
 * alone; the database is looked at before and after. Whatever comes to be without its own proof ends the walk.
 */

import { THIRD } from '../../server/oidc/sign-in.testing.ts'
import { type Browser, newBrowser } from './browser.ts'
import { type Random, randomOf } from './random.ts'
import type { PersonState } from './snapshot.ts'
import { compare, type Gain, type GainKind, look, type Snapshot } from './snapshot.ts'
import { goOn, STEPS } from './steps.ts'
import { addPerson, type Person, PICKER, type World } from './world.ts'

/** What was asked for, and by whose link. */
export type AskedFor = { clientId: string; verifier: string; invitation?: Invitation | undefined }

/** An invitation; `email` is for whom. */
export type Invitation = { id: string; ticket: string; email: string; organizationId: string }

/** A request to sign in that waits, as far as the walk knows of it. */
export type Transaction = {
  id: string
  /** The browser that began it. */
  browser: Browser
  asked: AskedFor
  /** The page at which it was seen last. */
  page: string
  /** All that was ever typed as the identifier. */
  typed: Set<string>
  /** Whose password was right here, and under which generations of his tokens. */
  proofs: Map<string, Set<number>>
}

/** A link, a code, a refresh token that somebody was given. */
export type Link = { purpose: string; token: string; hash: string; userId: string; path: string }
export type Code = { code: string; hash: string; clientId: string; verifier: string }
export type Refresh = { token: string; hash: string; clientId: string }

/** A walk under way. */
export type Walk = {
  seed: number
  world: World
  random: Random
  people: Person[]
  browsers: Browser[]
  transactions: Transaction[]
  /** Redirects that were not followed yet. */
  pending: { browser: Browser; address: URL }[]
  links: Link[]
  invitations: Invitation[]
  codes: Code[]
  refreshTokens: Refresh[]
  /** As it is before the step at hand. */
  before: Snapshot
  log: string[]
}

/** What a step may bring about: the kind and whose, by user id. A new user is allowed by his address. */
export type Allowed = `${GainKind} ${string}`
export type Allowance = Set<Allowed>

/** Somebody who may come to be; what else he may have then, and in which request he has proved who he is. */
export type Newcomer = { email: string; password: string; mayHave?: readonly GainKind[]; transaction?: Transaction }

/** A step, ready to be taken. */
export type Step = {
  /** For the report of a failing walk. */
  says: string
  browser?: Browser
  allowed: Allowance
  /** The address with which somebody may come to be. */
  newcomer?: Newcomer
  /** Whether something may be lost though it is refused: a code or token used twice ends its family. */
  mayLose?: boolean
  /** A password that was sent for somebody, and in which request. */
  sentPassword?: { userId: string; password: string; transaction: Transaction | undefined }
  /** A password that somebody may have from now on. */
  newPassword?: { userId: string; password: string }
  take: () => Promise<{ statuses: number[]; isRefused: boolean }>
}

/** Takes a walk of so many steps. @throws Error that names the seed and the steps */
export async function takeWalk(world: World, seed: number, steps: number): Promise<void> {
  const random = randomOf(seed)
  const log: string[] = []
  const walk: Walk = {
    ...{ seed, world, random, log, people: [], browsers: [], transactions: [], pending: [] },
    ...{ links: [], invitations: [], codes: [], refreshTokens: [], before: new Map() },
  }
  for (const name of ['ada', 'ben', 'eve']) walk.people.push(await addPerson(world, random, `${name}-${seed}`))
  for (const name of ['A', 'B']) walk.browsers.push(newBrowser(world.test, name, world.newAddress()))
  walk.before = await lookAt(walk)
  try {
    for (let taken = 0; taken < steps; taken += 1) await takeStep(walk)
    await confirmPasswords(walk)
  } catch (error) {
    throw new Error(`The walk with FLOW_SEED=${seed} failed after these steps:\n${log.join('\n')}`, { cause: error })
  }
}

async function takeStep(walk: Walk): Promise<void> {
  const { random, log, world } = walk
  // Mostly what a person would do next: chance alone seldom comes to the end of a sign-in.
  const steps = [random.happens(0.45) ? goOn(walk) : chooseStep(walk)]
  // On two tabs, or in two browsers, at once.
  if (random.happens(0.12)) steps.push(random.happens(0.5) ? steps[0] : chooseStep(walk))
  const taken = steps.filter((step) => step !== undefined)
  if (taken.length === 0) return
  log.push(`- ${taken.map(({ says }) => says).join('  AT ONCE WITH  ')}`)
  const answers = await Promise.all(taken.map((step) => step.take()))
  log.push(`    ${answers.map(({ statuses }) => statuses.join(' ')).join('  and  ')}`)
  for (const { statuses } of answers) {
    if (statuses.some((status) => status >= 500 || status === 0)) throw new Error(`Answered ${statuses}.`)
  }
  await meetNewcomers(walk, taken)
  const after = await lookAt(walk)
  const { gains, losses } = compare(walk.before, after)
  log.push(
    `    ${[...gains.map((gain) => `+${gain.kind} ${nameOf(walk, gain)}`), ...losses.map((loss) => `-${loss}`)]}`,
  )
  judge(walk, taken, gains, after)
  const [only] = taken
  const isRefused = answers.every((answer) => answer.isRefused)
  if (isRefused && taken.length === 1) {
    // Whoever knows the password of a blocked account is refused, and has shown that he is not guessing.
    const hasGained = gains.some(({ kind }) => kind !== 'forgotten failures')
    if (hasGained || (losses.length > 0 && !only?.mayLose)) throw new Error('A refused step has changed something.')
  }
  remember(walk, taken, gains, after)
  walk.before = after
  for (const { kind, artifact } of gains) {
    const name = artifact?.organization ? `${kind} of an organization` : kind
    world.seen.set(name, (world.seen.get(name) ?? 0) + 1)
  }
  if (isRefused) world.seen.set('refusal', (world.seen.get('refusal') ?? 0) + 1)
  world.steps += taken.length
}

async function lookAt({ world, people }: Walk): Promise<Snapshot> {
  return await look(
    world.test.db,
    people.map(({ userId }) => userId),
  )
}

function chooseStep(walk: Walk): Step | undefined {
  for (let tries = 0; tries < 20; tries += 1) {
    const step = walk.random.oneOf(STEPS)?.(walk)
    if (step) return step
  }
  return undefined
}

function judge(walk: Walk, steps: Step[], gains: Gain[], after: Snapshot): void {
  for (const gain of gains) {
    const { kind, userId, cookies } = gain
    // Whoever has the cookie of a session may get another one for it.
    const isNew = !walk.before.has(userId)
    const mayBe = steps.filter(
      ({ allowed, newcomer }) =>
        kind === 'renewed session' ||
        allowed.has(`${kind} ${userId}`) ||
        (isNew && newcomer?.email === after.get(userId)?.email && newcomer?.mayHave?.includes(kind)),
    )
    if (mayBe.length === 0) throw new Error(`A ${kind} of ${nameOf(walk, gain)} came to be without its proof.`)
    const person = after.get(userId)
    if (!person) throw new Error('A gain of nobody.')
    if (cookies && !mayBe.some(({ browser }) => cookies.every((cookie) => browser?.held.has(cookie)))) {
      throw new Error(`The ${kind} of ${person.email} is in another browser than that of the step.`)
    }
    if (gain.kind === 'code') judgeCode(walk, mayBe, gain, person)
  }
}

/** A code comes from a session of this browser, and of somebody against whom nothing stands. */
function judgeCode({ before }: Walk, mayBe: Step[], { artifact }: Gain, person: PersonState): void {
  const session = artifact?.session ?? ''
  const cookie = person.sessions[session] ?? before.get(person.user_id)?.sessions[session] ?? ''
  if (!mayBe.some(({ browser }) => browser?.held.has(cookie))) {
    throw new Error(`A code of ${person.email} is not from a session of the browser that got it.`)
  }
  if (person.blocked || person.temporary || !person.verified) {
    throw new Error(`A code for ${person.email}, who has something to do first.`)
  }
  const { organization = null, client } = artifact ?? {}
  if (organization !== null && !(organization in person.memberships)) {
    throw new Error(`A code for ${person.email} in an organization in which he is not.`)
  }
  if (client === PICKER && organization === null) throw new Error(`A code for ${person.email} without an organization.`)
  const consented = ['openid', 'profile', 'email'].every((name) => person.consents.includes(`${THIRD}  ${name}`))
  if (client === THIRD && !consented) throw new Error(`A code for ${person.email} without consent.`)
}

function nameOf({ people }: Walk, { userId }: Gain): string {
  return people.find((person) => person.userId === userId)?.email ?? userId
}

/** Whoever signed up is known from now on; nobody else has come to be. */
async function meetNewcomers(walk: Walk, steps: Step[]): Promise<void> {
  for (const { newcomer } of steps) {
    if (!newcomer || walk.people.some(({ email }) => email === newcomer.email)) continue
    const row = await walk.world.test.db
      .selectFrom('users')
      .select('user_id')
      .where('email', '=', newcomer.email)
      .executeTakeFirst()
    if (row) walk.people.push({ userId: row.user_id, email: newcomer.email, passwords: new Set([newcomer.password]) })
  }
}

/** Keeps what the walk has to know for what comes later. */
function remember(walk: Walk, steps: Step[], gains: Gain[], after: Snapshot): void {
  for (const person of walk.people) {
    const hasNew = gains.some(({ kind, userId }) => kind === 'password' && userId === person.userId)
    const sent = steps.flatMap(({ newPassword }) =>
      newPassword?.userId === person.userId ? [newPassword.password] : [],
    )
    if (hasNew && walk.before.has(person.userId)) person.passwords = new Set(sent)
    person.email = after.get(person.userId)?.email ?? person.email
  }
  for (const { newcomer } of steps) {
    const person = [...after.values()].find(({ email }) => email === newcomer?.email)
    if (!person || !newcomer?.transaction || walk.before.has(person.user_id)) continue
    newcomer.transaction.proofs.set(person.user_id, new Set([person.generation]))
  }
  for (const { sentPassword } of steps) {
    if (!sentPassword?.transaction) continue
    const { userId, password, transaction } = sentPassword
    const [old, now] = [walk.before.get(userId)?.generation, after.get(userId)?.generation]
    const isOld = !walk.people.find((person) => person.userId === userId)?.passwords.has(password)
    const generations = transaction.proofs.get(userId) ?? new Set()
    for (const one of isOld ? [old] : [old, now]) if (one !== undefined) generations.add(one)
    transaction.proofs.set(userId, generations)
  }
}

/** At the end everybody has the password that the walk says he has. */
async function confirmPasswords({ people, world, random }: Walk): Promise<void> {
  const person = random.oneOf(people)
  if (!person) return
  const state = (await look(world.test.db, [person.userId])).get(person.userId)
  if (!state?.hash) return
  const checks = await Promise.all([...person.passwords].map((one) => world.verify(state.hash ?? '', one)))
  if (!checks.includes(true)) throw new Error(`${person.email} has a password that nobody has given him.`)
}
