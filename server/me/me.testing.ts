/** For tests of the My Account API: a person signs in to the account portal and calls with the token that comes of it. */
import assert from 'node:assert/strict'
import type { Answer, CallOptions } from '../../test/harness.ts'
import type { VisitorOptions } from '../../test/visitor.ts'
import { MY_ACCOUNT_SCOPES } from '../authorization/my-account-scopes.ts'
import { type Asked, ask, PASSWORD, type SignInServer, signIn } from '../oidc/sign-in.testing.ts'
import type { User } from '../users/user.ts'

export const ALL_SCOPES = MY_ACCOUNT_SCOPES.map(({ value }) => value)

/** How somebody signs in. */
export type SignInOptions = VisitorOptions & { scope?: string; password?: string }

/** Signs a person in with a browser of his own, and answers with what he calls the API with. */
export async function signInToAccount(test: SignInServer, user: User, options: SignInOptions = {}) {
  const { scope = ALL_SCOPES.join(' '), password = PASSWORD, ...visitorOptions } = options
  const { publicUrl, myAccountAudience: audience } = test.server.config
  const redirect_uri = `${publicUrl}/account`
  const browser = test.visitor(visitorOptions)

  const newToken = async (more: Record<string, string>, land: (asked: Asked) => Promise<unknown>) => {
    const asked = ask({ client_id: 'tenantry-account', redirect_uri, audience, scope: `openid ${scope}`, ...more })
    await land(asked)
    const { status, body } = await test.exchange(asked, browser.page(), { redirect_uri })
    assert.equal(status, 200, JSON.stringify(body))
    return String(body.access_token)
  }
  const token = await newToken({}, (asked) => signIn(browser, asked, user.email, password))
  const call = (method: string, path: string, body?: unknown, more: CallOptions = {}): Promise<Answer> =>
    test.call(method, `/me/v1${path}`, { as: token, ...(body === undefined ? {} : { body }), ...more })

  return {
    token,
    browser,
    call,
    /** Asks for a token as the portal does: by its session, without a page. */
    renew: () => newToken({ prompt: 'none' }, (asked) => browser.open(asked.url)),
    /** The id of his session, as he is told. */
    async sessionId(): Promise<string> {
      const { body } = await call('GET', '/sessions')
      return String(body.sessions.find((session: { current: boolean }) => session.current).id)
    },
  }
}
