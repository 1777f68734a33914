/** What the tests of guessing share: tries with right and wrong passwords from any address, and what is counted. */
import assert from 'node:assert/strict'
import type { TestServer } from '../../test/harness.ts'
import type { Connection } from '../connections/connection.ts'
import type { User } from '../users/user.ts'
import { accounts, PASSWORD, REQUEST } from './accounts.testing.ts'
import { authenticate, type Outcome } from './authenticate.ts'

/** Where tries come from unless a test says otherwise, and somewhere else. */
export const HERE = '203.0.113.7'
export const ELSEWHERE = '198.51.100.4'

/** How a try differs from that of an application at `HERE`. */
export type TestTry = { from?: string; connections?: Connection[]; clientId?: string }

/** Makes the helpers. Addresses are not throttled: more comes from one in a file than any person would send. */
export async function tries(test: TestServer) {
  const { server, db, call } = test
  const off = { body: { enabled: false } }
  assert.equal((await call('PATCH', '/api/v2/attack-protection/suspicious-ip-throttling', off)).status, 200)
  const known = await accounts(test)
  const nameOf = (who: User | string) => (typeof who === 'string' ? who : (who.email ?? ''))

  const attempt = async (who: User | string, password: string, { from = HERE, ...more }: TestTry = {}) =>
    await authenticate(server, {
      connections: [known.connection],
      identifier: nameOf(who),
      password,
      clientId: undefined,
      request: { ...REQUEST, ip: from },
      ...more,
    })
  const wrong = async (who: User | string, options?: TestTry) => await attempt(who, 'not the password', options)

  return {
    ...known,
    attempt,
    wrong,
    right: async (who: User | string, options?: TestTry) => await attempt(who, PASSWORD, options),

    /** Ten wrong tries, which close the account. */
    async close(who: User | string, options?: TestTry): Promise<void> {
      for (let count = 0; count < 10; count += 1) assert.deepEqual(await wrong(who, options), { kind: 'refused' })
    },

    /** How many of each outcome there were. */
    countOf: (outcomes: Outcome[]): Partial<Record<Outcome['kind'], number>> =>
      Object.fromEntries(
        [...new Set(outcomes.map(({ kind }) => kind))]
          .sort()
          .map((kind) => [kind, outcomes.filter((outcome) => outcome.kind === kind).length]),
      ),

    /** The events of a type about a person, or that name what was typed. */
    eventsAbout: async (who: User | string, type: string) =>
      (await known.eventsOf(type)).filter(({ user_id, person }) =>
        typeof who === 'string' ? person?.user_name === who : user_id === who.user_id,
      ),

    /** The rows that count tries of it. */
    countsOf: async (who: User | string) =>
      await db.selectFrom('login_failures').selectAll().where('identifier', '=', nameOf(who)).execute(),
  }
}
