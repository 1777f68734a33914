/** Signing in and out. Tokens are kept in memory alone and renewed in a hidden frame, by the session at the server. */
import { Auth0Client, GenericError } from '@auth0/auth0-spa-js'
import { ApiProblem, type TokenSource } from '../shared/api-client.ts'
import { chosenLanguage } from '../shared/language.ts'
import { PUBLIC_URL } from '../shared/page-facts.ts'

const HOME = `${PUBLIC_URL}/account`
const SCOPE = [
  'openid profile email',
  'read:me:profile update:me:profile update:me:password read:me:sessions delete:me:sessions',
].join(' ')

/** TABLE: answers to a silent request after which only the person can go on. */
const ASK_THE_PERSON: ReadonlySet<string> = new Set([
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
  'access_denied',
])

/** TABLE: faults of an address that was used already, such as one that was loaded again. */
const OUTDATED: ReadonlySet<string> = new Set(['missing_transaction', 'state_mismatch', 'invalid_grant'])

/** What is kept while the person is away at the sign-in. */
type Kept = { path?: string }

const client = new Auth0Client({
  domain: PUBLIC_URL,
  clientId: 'tenantry-account',
  cacheLocation: 'memory',
  authorizeTimeoutInSeconds: 15,
  authorizationParams: { audience: `${PUBLIC_URL}/me/`, redirect_uri: HOME, scope: SCOPE },
})

/** Why somebody is not let in. */
export type EntryProblem = 'refused' | 'unreachable'

/** Makes sure that somebody is signed in; leads to the sign-in otherwise, and then never comes back. */
export async function enter(): Promise<EntryProblem | undefined> {
  const query = new URLSearchParams(location.search)
  const isReturn = query.has('state') && (query.has('code') || query.has('error'))
  try {
    if (isReturn) await finishSignIn()
    else await client.checkSession()
  } catch (error) {
    return error instanceof GenericError && error.error !== 'timeout' ? 'refused' : 'unreachable'
  }
  return (await client.isAuthenticated()) ? undefined : await signIn()
}

/** Leads to the sign-in, and back to this page. */
export async function signIn(): Promise<never> {
  const language = chosenLanguage()
  await client.loginWithRedirect({
    appState: { path: location.pathname + location.hash } satisfies Kept,
    ...(language ? { authorizationParams: { ui_locales: language } } : {}),
  })
  return await new Promise<never>(() => {})
}

/** Ends the session here and at the server. */
export async function signOut(): Promise<void> {
  await client.logout({ logoutParams: { returnTo: HOME } })
}

/** Gets a new token although the present one is not used up: the server has ended it before its time. */
export async function renewToken(): Promise<string> {
  renewal ??= silently(false).finally(() => {
    renewal = undefined
  })
  return await renewal
}

let renewal: Promise<string> | undefined

/** The tokens for our APIs. */
export const tokens: TokenSource = { token: (isStale) => (isStale ? renewToken() : silently(true)), signIn }

async function silently(mayBeKept: boolean): Promise<string> {
  try {
    const token = await client.getTokenSilently({ cacheMode: mayBeKept ? 'on' : 'off' })
    return token || (await signIn())
  } catch (error) {
    if (error instanceof GenericError && ASK_THE_PERSON.has(error.error)) return await signIn()
    throw new ApiProblem(0, {}, undefined)
  }
}

async function finishSignIn(): Promise<void> {
  const path = await client.handleRedirectCallback<Kept>().then(
    ({ appState }) => appState?.path,
    (error: unknown) => {
      if (!(error instanceof GenericError) || !OUTDATED.has(error.error)) throw error
      return undefined
    },
  )
  history.replaceState(null, '', path?.startsWith('/account') ? path : '/account')
}
