/**
 * Auth0's `AuthenticationClient` 4, unmodified, in a process that trusts the server's own authority:
 * `node sign-in-4.child.ts`, with the server, an application and a person in the environment. Prints what came of each
 * act as JSON.
 */
import { AuthApiError, AuthenticationClient, UserInfoClient } from 'auth0-4'

const {
  AUTH0_DOMAIN = '',
  CLIENT_ID = '',
  CLIENT_SECRET = '',
  EMAIL = '',
  PASSWORD = '',
  CONNECTION = '',
} = process.env
const client = new AuthenticationClient({ domain: AUTH0_DOMAIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET })
const users = new UserInfoClient({ domain: AUTH0_DOMAIN })

const report: Record<string, unknown> = {}

async function note(name: string, act: () => Promise<unknown>): Promise<unknown> {
  try {
    report[name] = await act()
  } catch (error) {
    if (!(error instanceof AuthApiError)) throw error
    report[name] = { refused: error.statusCode, error: error.error, description: error.error_description }
  }
  return report[name]
}

await note(
  'signUp',
  async () => (await client.database.signUp({ email: EMAIL, password: PASSWORD, connection: CONNECTION })).data,
)
await note(
  'signUpAgain',
  async () => (await client.database.signUp({ email: EMAIL, password: PASSWORD, connection: CONNECTION })).data,
)
await note(
  'signUpWeak',
  async () => (await client.database.signUp({ email: `x${EMAIL}`, password: 'short', connection: CONNECTION })).data,
)
await note(
  'changePassword',
  async () => (await client.database.changePassword({ email: EMAIL, connection: CONNECTION })).data,
)
await note(
  'wrongPassword',
  async () => (await client.oauth.passwordGrant({ username: EMAIL, password: 'wrong', realm: CONNECTION })).data,
)
const tokens = (await note('passwordGrant', async () => {
  const { data } = await client.oauth.passwordGrant({
    username: EMAIL,
    password: PASSWORD,
    realm: CONNECTION,
    scope: 'openid email offline_access',
  })
  return data
})) as { access_token: string; refresh_token: string }
await note('userInfo', async () => (await users.getUserInfo(tokens.access_token)).data)
const refreshed = (await note(
  'refresh',
  async () => (await client.oauth.refreshTokenGrant({ refresh_token: tokens.refresh_token })).data,
)) as { refresh_token?: string }
await note('revoke', async () => {
  const { status } = await client.oauth.revokeRefreshToken({ token: refreshed.refresh_token ?? tokens.refresh_token })
  return { status }
})
await note(
  'refreshRevoked',
  async () =>
    (await client.oauth.refreshTokenGrant({ refresh_token: refreshed.refresh_token ?? tokens.refresh_token })).data,
)
process.stdout.write(JSON.stringify(report))
