/** Signing in to this portal, and out; the tokens of the Management API, and those of the person's own account. */
import { ApiProblem, type TokenSource } from '../shared/api-client.ts'
import { PUBLIC_URL } from '../shared/page-facts.ts'
import { openSignIn, type SignIn } from '../shared/sign-in.ts'
import { leaveUnlessTyping } from '../shared/signed-out.ts'
import { noteToken, presentAccess, RIGHTS } from './access.ts'

/** Where this portal lives. */
export const BASE = '/admin'

const session = openSignIn({
  clientId: 'tenantry-admin',
  path: BASE,
  audience: `${PUBLIC_URL}/api/v2/`,
  scope: ['openid profile email', ...RIGHTS].join(' '),
  // In the organization that the pages are about: it is the one to say why somebody is let in no more.
  onLost: leave,
})

export const { signOut, person, signIn: signInAnew } = session

/** Leads to the sign-in; in the present organization, unless another is named. */
export const signIn: SignIn['signIn'] = async (to = {}) => {
  const { organizationId } = presentAccess()
  return await session.signIn({ ...(organizationId ? { organization: organizationId } : {}), ...to })
}

async function leave(): Promise<never> {
  const { organizationId } = presentAccess()
  const again = organizationId ? `${BASE}?${new URLSearchParams({ organization: organizationId })}` : BASE
  return await leaveUnlessTyping(() => signIn(), { isOther: false, again })
}

/** Tokens of the Management API. */
export const tokens: TokenSource = {
  token: async (isStale) => noteToken(await session.tokens.token(isStale)),
  signIn: leave,
}

/**
 * Tokens for the person's own account, as the profile portal gets them: one that is bound to an organization is to know
 * nothing of the others. Without one, there is nothing to switch to.
 */
export const { tokens: ownTokens } = openSignIn({
  clientId: 'tenantry-account',
  path: '/account',
  audience: `${PUBLIC_URL}/me/`,
  scope: 'openid read:me:organizations',
  isOfNoOrganization: true,
  onLost: async () => {
    throw new ApiProblem(401, {}, undefined)
  },
})

/** Makes sure that somebody is signed in, and reads what the person may do. */
export async function enter() {
  const problem = await session.enter()
  if (!problem) await tokens.token(false).catch(() => undefined)
  return problem
}
