/** The part of the journey about people who are one: linking, tickets, blocks. */
import type { Sdk } from './sdk.ts'

type Step = (name: string, act: () => Promise<unknown>) => Promise<void>
// biome-ignore lint/suspicious/noExplicitAny: the journey reads ids out of answers of every shape.
type Make = (name: string, act: () => Promise<unknown>) => Promise<any>

const CONNECTION = 'Username-Password-Authentication'
const PASSWORD = 'Morgentau-27-Fenster'

/** Goes it. */
export async function linkedPeople({ own, name, step, make }: { own: Sdk; name: string; step: Step; make: Make }) {
  const { users, people } = own
  const create = (part: string) =>
    users.create({ connection: CONNECTION, email: `${part}@${name}.example`, password: PASSWORD })
  const primary = await make('primary created', () => create('primary'))
  const secondary = await make('secondary created', () => create('secondary'))
  const identity = { provider: 'auth0', user_id: secondary.user_id.slice('auth0|'.length) } as const
  const { user_id } = primary
  await step('linked', () => people.link(user_id, identity))
  await step('linked again', () => people.link(user_id, identity))
  await step('linked to himself', () => people.link(user_id, { provider: 'auth0', user_id }))
  await step('secondary read', () => users.get(secondary.user_id))
  await step('primary read', () => users.get(user_id))
  await step('ticket of the secondary', () => people.verificationTicket({ user_id, ttl_sec: 60, identity }))
  await step('password ticket', () => people.passwordTicket({ user_id, mark_email_as_verified: true }))
  await step('ticket that leads elsewhere', () =>
    people.passwordTicket({ user_id, result_url: 'https://evil.example/' }),
  )
  await step('mail asked for', () => people.verificationJob({ user_id }))
  await step('unlinked', () => people.unlink(user_id, identity))
  await step('unlinked again', () => people.unlink(user_id, identity))
  await step('unlinked read', () => users.get(secondary.user_id))
  await step('blocks', () => people.blocksOf(user_id))
  await step('blocks by address', () => people.blocksFor(`primary@${name}.example`))
  await step('unblocked', () => people.unblock(user_id))
  await step('unblocked by address', () => people.unblockFor(`nobody@${name}.example`))
  await step('free address', () => people.isIpBlocked('198.51.100.77'))
  await step('address freed', () => people.unblockIp('198.51.100.77'))
  await step('throttling', () => people.throttling())
  await step('throttling changed', () => people.changeThrottling({ enabled: true, allowlist: ['127.0.0.1', '::1'] }))
  await step('breached', () => people.breached())
  await step('breached changed', () => people.changeBreached({ method: 'standard' }))
  await step('brute force', () => people.bruteForce())
  await make('primary deleted', () => users.delete(user_id))
  await make('secondary deleted', () => users.delete(secondary.user_id))
}
