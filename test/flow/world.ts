/** What all walks share: one server, people whose passwords were hashed once, and what has been seen so far. */
import assert from 'node:assert/strict'
import { findConnection } from '../../server/connections/store.ts'
import { transact } from '../../server/db/database.ts'
import { addClient } from '../../server/oidc/oidc.testing.ts'
import { organizations as organizationHelpers } from '../../server/oidc/organization.testing.ts'
import { type SignInServer, SPA, startSignInServer, THIRD, WEB } from '../../server/oidc/sign-in.testing.ts'
import { join } from '../../server/organizations/organizations.testing.ts'
import { hashPassword, verifyPassword } from '../../server/passwords/hash.ts'
import { createUser } from '../../server/users/create.ts'
import type { Random } from './random.ts'

/** Somebody. More than one password stand where two were set at once. */
export type Person = { userId: string; email: string; passwords: Set<string> }

/** The world. */
export type World = {
  test: SignInServer
  /** Their ids. Whoever belongs to one signs in to it by the same connection. */
  organizations: readonly string[]
  /** A role that invitations give. */
  roleId: string
  invite: ReturnType<typeof organizationHelpers>['invite']
  hashes: Map<string, string>
  /** How often each kind of thing came to be. */
  seen: Map<string, number>
  steps: number
  /** An address from which nobody has come before. */
  newAddress: () => string
  verify: (hash: string, password: string) => Promise<boolean>
}

const PASSWORDS = Array.from({ length: 12 }, (_, number) => `slow ferry ${number} past Vinga`)

/** Makes it: an address has to be verified before anything is given to an application. */
export async function makeWorld(): Promise<World> {
  const test = await startSignInServer()
  const { db, connection } = test
  const options = { ...(await findConnection(db, connection.id))?.options, require_verified_email: true }
  await db
    .updateTable('connections')
    .set({ options: JSON.stringify(options) })
    .where('id', '=', connection.id)
    .execute()
  const { organization, use, invite } = organizationHelpers(test)
  const organizations = [await organization('acme'), await organization('globex')]
  for (const clientId of [SPA, WEB, THIRD]) await use({ organization_usage: 'allow' }, clientId)
  await addPicker(test)
  const { body: role } = await test.call('POST', '/api/v2/roles', { body: { name: 'Dispatcher' } })
  const hashes = await Promise.all(PASSWORDS.map(async (one) => [one, await hashPassword(one)] as const))
  let addresses = 0
  const newAddress = () => {
    addresses += 1
    return `10.${Math.floor(addresses / 65_536)}.${Math.floor(addresses / 256) % 256}.${addresses % 256}`
  }
  return {
    ...{ test, organizations, roleId: String(role.id), invite },
    ...{ hashes: new Map(hashes), seen: new Map(), steps: 0, newAddress, verify: verifyPassword },
  }
}

/** An application that wants an organization, and asks for it after the sign-in. */
export const PICKER = 'picker'

async function addPicker(test: SignInServer): Promise<void> {
  const { db, connection } = test
  const { settings, grant_types: grantTypes } = await db
    .selectFrom('clients')
    .select(['settings', 'grant_types'])
    .where('client_id', '=', SPA)
    .executeTakeFirstOrThrow()
  const asking = { organization_usage: 'require', organization_require_behavior: 'post_login_prompt' }
  await addClient(test, { id: PICKER, method: 'none', grantTypes, settings: { ...settings, ...asking } })
  await db.insertInto('connection_clients').values({ client_id: PICKER, connection_id: connection.id }).execute()
}

/** Adds somebody with a password of his own among the people of a walk; some have something to do first. */
export async function addPerson({ test, hashes, organizations }: World, random: Random, name: string): Promise<Person> {
  const { db, connection } = test
  const email = `${name}@harborline.example`
  const password = random.oneOf(PASSWORDS) ?? ''
  const passwordHash = hashes.get(password)
  assert.ok(passwordHash)
  const isVerified = random.happens(0.7)
  const isTemporary = random.happens(0.2)
  const user = await transact(db, (tx) =>
    createUser(tx, { kind: 'system', name: 'walk' }, { connection, email, passwordHash, email_verified: isVerified }),
  )
  if (isTemporary) {
    await db.updateTable('passwords').set({ temporary: true }).where('user_id', '=', user.user_id).execute()
  }
  for (const id of organizations) if (random.happens(0.4)) await join(db, id, user.user_id)
  return { userId: user.user_id, email, passwords: new Set([password]) }
}

/** Whose password it is, for the report of a walk. */
export function nameOfPassword(people: readonly Person[], password: string): string {
  const owners = people.filter(({ passwords }) => passwords.has(password)).map(({ email }) => email)
  return owners.length === 0 ? 'a wrong password' : `the password of ${owners.join(' and ')}`
}
