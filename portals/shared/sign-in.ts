/**
 * Signing in to a portal, and out. Tokens are kept in memory alone and renewed in a hidden frame, by the session at the
 * server. What a portal's application is called and asks for stands with the portal.
 */
import { Auth0Client, GenericError, type User } from '@auth0/auth0-spa-js'
import { ApiProblem, type TokenSource } from './api-client.ts'
import { chosenLanguage } from './language.ts'
import { PUBLIC_URL } from './page-facts.ts'

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

/** A portal's application: its client id, the path it lives at, and what it asks for. */
export type PortalClient = { clientId: string; path: `/${string}`; audience: string; scope: string }

/** An API besides the portal's own. */
export type OtherApi = { audience: string; scope: string }

/** Why somebody is not let in. */
export type EntryProblem = 'refused' | 'unreachable'

/** What is kept while the person is away at the sign-in. */
type Kept = { path?: string }

/** The sign-in of a portal. */
export type SignIn = {
  /**
   * Makes sure that somebody is signed in; leads to the sign-in otherwise, and then never comes back. The link of an
   * invitation leads to the sign-in as well, which accepts it.
   */
  enter: () => Promise<EntryProblem | undefined>
  /** Leads to the sign-in, and back to this page or to the one that is named; in an organization, if one is named. */
  signIn: (to?: { organization?: string; invitation?: string; path?: string }) => Promise<never>
  /** Ends the session here and at the server. */
  signOut: () => Promise<void>
  /** Gets a new token although the present one is not used up: the server has ended it before its time. */
  renewToken: () => Promise<string>
  /** The tokens for the portal's API. */
  tokens: TokenSource
  /** Tokens for another API of ours. */
  tokensFor: (api: OtherApi) => TokenSource
  /** What the id token says of the person. */
  person: () => Promise<User | undefined>
}

/** Makes the sign-in of a portal. */
export function openSignIn({ clientId, path: base, audience, scope }: PortalClient): SignIn {
  const home = PUBLIC_URL + base
  const own: OtherApi = { audience, scope }
  const client = new Auth0Client({
    domain: PUBLIC_URL,
    clientId,
    cacheLocation: 'memory',
    authorizeTimeoutInSeconds: 15,
    authorizationParams: { audience, redirect_uri: home, scope },
  })

  const signIn: SignIn['signIn'] = async (to = {}) => {
    const { organization, invitation, path = location.pathname + location.search + location.hash } = to
    const language = chosenLanguage()
    await client.loginWithRedirect({
      appState: { path } satisfies Kept,
      authorizationParams: {
        ...(language ? { ui_locales: language } : {}),
        ...(organization ? { organization } : {}),
        ...(invitation ? { invitation } : {}),
      },
    })
    return await new Promise<never>(() => {})
  }

  const silently = async (api: OtherApi, mayBeKept: boolean): Promise<string> => {
    try {
      const cacheMode = mayBeKept ? 'on' : 'off'
      const token = await client.getTokenSilently({ cacheMode, authorizationParams: api })
      return token || (await signIn())
    } catch (error) {
      if (error instanceof GenericError && ASK_THE_PERSON.has(error.error)) return await signIn()
      throw new ApiProblem(0, {}, undefined)
    }
  }

  const renewals = new Map<string, Promise<string>>()
  const renew = async (api: OtherApi): Promise<string> => {
    const { audience: name } = api
    const renewal = renewals.get(name) ?? silently(api, false).finally(() => renewals.delete(name))
    renewals.set(name, renewal)
    return await renewal
  }

  const tokensFor = (api: OtherApi): TokenSource => ({
    token: (isStale) => (isStale ? renew(api) : silently(api, true)),
    signIn: () => signIn(),
  })

  const finish = async (): Promise<void> => {
    const path = await client.handleRedirectCallback<Kept>().then(
      ({ appState }) => appState?.path,
      (error: unknown) => {
        if (!(error instanceof GenericError) || !OUTDATED.has(error.error)) throw error
        return undefined
      },
    )
    history.replaceState(null, '', path?.startsWith(base) ? path : base)
  }

  const enter: SignIn['enter'] = async () => {
    const query = new URLSearchParams(location.search)
    const [organization, invitation] = [query.get('organization'), query.get('invitation')]
    const isReturn = query.has('state') && (query.has('code') || query.has('error'))
    try {
      if (isReturn) await finish()
      else if (organization) {
        // Nothing of it stays in the address: an invitation works once.
        return await signIn({ organization, ...(invitation ? { invitation } : {}), path: location.pathname })
      } else await client.checkSession()
    } catch (error) {
      return error instanceof GenericError && error.error !== 'timeout' ? 'refused' : 'unreachable'
    }
    return (await client.isAuthenticated()) ? undefined : await signIn()
  }

  return {
    enter,
    signIn,
    signOut: async () => await client.logout({ logoutParams: { returnTo: home } }),
    renewToken: async () => await renew(own),
    tokens: tokensFor(own),
    tokensFor,
    person: async () => await client.getUser(),
  }
}
