/** What the tests of linking share: people, tokens as applications hold them, and both operations. */
import { SignJWT } from 'jose'
import { CLIENT_ID, type TestServer } from '../../test/harness.ts'
import { accounts } from '../sign-in/accounts.testing.ts'
import type { User } from '../users/user.ts'

/** How an ID token differs from a right one. */
export type TestIdToken = {
  audience?: string
  issuer?: string
  lifetimeSeconds?: number
  issuedAt?: number
  claims?: Record<string, unknown>
  algorithm?: 'RS256' | 'PS256'
  /** Of the key that signs it. */
  state?: 'current' | 'next'
}

/** Makes the helpers. */
export async function identities(test: TestServer) {
  const { call, db, server } = test
  const known = await accounts(test)
  const urlOf = ({ user_id }: Pick<User, 'user_id'>) => `/api/v2/users/${encodeURIComponent(user_id)}`
  const idOf = ({ user_id }: Pick<User, 'user_id'>) => user_id.replace('auth0|', '')
  return {
    ...known,
    urlOf,
    idOf,
    link: async (primary: User, body: object, as?: string) =>
      await call('POST', `${urlOf(primary)}/identities`, { body, ...(as === undefined ? {} : { as }) }),
    unlink: async (primary: User, secondary: User, as?: string) =>
      await call('DELETE', `${urlOf(primary)}/identities/auth0/${idOf(secondary)}`, as === undefined ? {} : { as }),
    read: async (user: User) => await call('GET', urlOf(user)),
    named: (user: User) => ({ provider: 'auth0', user_id: user.user_id }),

    /** An ID token of the test client, as `/oauth/token` gives it. */
    async idToken(user: Pick<User, 'user_id'>, different: TestIdToken = {}): Promise<string> {
      const { audience = CLIENT_ID, issuer = server.config.issuer, lifetimeSeconds = 3_600 } = different
      const {
        algorithm = 'RS256',
        state = 'current',
        claims = {},
        issuedAt = Math.floor(Date.now() / 1000),
      } = different
      const { kid } = await db
        .selectFrom('signing_keys')
        .select('kid')
        .where('state', '=', state)
        .executeTakeFirstOrThrow()
      return await new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, kid, typ: 'JWT' })
        .setSubject(user.user_id)
        .setAudience(audience)
        .setIssuer(issuer)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(await server.keys.privateKey(kid, algorithm))
    },
  }
}
