/**
 * Signing in to a portal, and out. Tokens are kept in memory alone and renewed in a hidden frame, by the session at the
 * server. What a portal's application is called and asks for stands with the portal.
 */
import { Auth0Client, GenericError, type User } from '@auth0/auth0-spa-js'
import { ApiProblem, type TokenSource } from './api-client.ts'
import { chosenLanguage } from './language.ts'
import { PUBLIC_URL } from './page-facts.ts'
import { leaveUnlessTyping, presentSignedOut } from './signed-out.ts'

/** TABLE: answers to a silent request after which only the person can go on; an access that is blocked is told of there. */
const ASK_THE_PERSON: ReadonlySet<string> = new Set([
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
  'access_denied',
  'unauthorized',
])

/** TABLE: faults of an address that was used already, such as one that was loaded again. */
const OUTDATED: ReadonlySet<string> = new Set(['missing_transaction', 'state_mismatch', 'invalid_grant'])

/**
 * A portal's application: its client id, the path it lives at, and what it asks for. One of no organization gives its
 * tokens to none, whichever the person signed in to last.
 */
export type PortalClient = {
  clientId: string
  path: `/${string}`
  audience: string
  scope: string
  isOfNoOrganization?: boolean
  /** Instead of a sign-in, where a token cannot be had without one. */
  onLost?: () => Promise<never>
}

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
  /**
   * Leads to the sign-in, and back to this page or to the one that is named; in an organization, if one is named. `isAnew` asks
   * for a new proof also of whoever is signed in.
   * @throws ApiProblem 401 when the person stays for what is not saved
   */
  signIn: (to?: { organization?: string; invitation?: string; path?: string; isAnew?: boolean }) => Promise<never>
  /** Ends the session here and at the server. */
  signOut: () => Promise<void>
  /** Gets a new token although the present one is not used up: the server has ended it before its time. */
  renewToken: () => Promise<string>
  /** The tokens for the portal's API. */
  tokens: TokenSource
  /** What the id token says of the person. */
  person: () => Promise<User | undefined>
}

/** Makes the sign-in of a portal. */
export function openSignIn({ clientId, path: base, audience, scope, ...rest }: PortalClient): SignIn {
  const { isOfNoOrganization = false, onLost } = rest
  const home = PUBLIC_URL + base
  const client = new Auth0Client({
    domain: PUBLIC_URL,
    clientId,
    cacheLocation: 'memory',
    authorizeTimeoutInSeconds: 15,
    authorizationParams: { audience, redirect_uri: home, scope },
  })

  const signIn: SignIn['signIn'] = async (to = {}) => {
    const { organization, invitation, isAnew = false, path = location.pathname + location.search + location.hash } = to
    const language = chosenLanguage()
    const kept = whenKept()
    await client.loginWithRedirect({
      appState: { path } satisfies Kept,
      authorizationParams: {
        ...(language ? { ui_locales: language } : {}),
        ...(isAnew ? { prompt: 'login' } : {}),
        ...(organization ? { organization } : {}),
        ...(invitation ? { invitation } : {}),
      },
    })
    return await kept
  }

  const lost = onLost ?? (() => leaveUnlessTyping(() => signIn(), { isOther: false, again: base }))
  /** Whose page it is. Tokens of somebody else who signs in in this browser later would change his account from here. */
  let owner: string | undefined

  const silently = async (mayBeKept: boolean): Promise<string> => {
    if (isOfNoOrganization) forgetOrganization(clientId)
    try {
      const isKept = mayBeKept && !presentSignedOut()
      const token = await client.getTokenSilently({ cacheMode: isKept ? 'on' : 'off' })
      const isOther = owner !== undefined && (await client.getUser())?.sub !== owner
      if (token && !isOther) return token
      return isOther ? await leaveUnlessTyping(reload, { isOther, again: base }) : await lost()
    } catch (error) {
      if (isForThePerson(error)) return await lost()
      throw error instanceof ApiProblem ? error : new ApiProblem(0, {}, undefined)
    }
  }

  let renewal: Promise<string> | undefined
  const renewToken = async (): Promise<string> => {
    renewal ??= silently(false).finally(() => {
      renewal = undefined
    })
    return await renewal
  }

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
      if (isReturn) {
        await finish()
        // Whoever accepted an invitation comes back with a token of that organization.
        if (isOfNoOrganization && (await client.getIdTokenClaims())?.org_id) await renewToken()
      } else if (organization) {
        // Nothing of it stays in the address: an invitation works once.
        return await signIn({ organization, ...(invitation ? { invitation } : {}), path: location.pathname })
      } else await client.checkSession().catch(leaveToThePerson)
    } catch (error) {
      return error instanceof GenericError && error.error !== 'timeout' ? 'refused' : 'unreachable'
    }
    owner = (await client.getUser())?.sub
    return owner === undefined ? await signIn() : undefined
  }

  return {
    enter,
    signIn,
    signOut: async () => await client.logout({ logoutParams: { returnTo: home } }),
    renewToken,
    tokens: { token: (isStale) => (isStale ? renewToken() : silently(true)), signIn: lost },
    person: async () => await client.getUser(),
  }
}

async function reload(): Promise<never> {
  location.reload()
  return await new Promise<never>(() => {})
}

/** A page that goes is given so long. */
const GOING_MILLISECONDS = 1_000

/**
 * Never comes back while the page goes. Where the person is asked whether to leave what is not saved (leave-guard.tsx) and
 * stays, it throws: whoever waited for a token has none.
 */
function whenKept(): Promise<never> {
  return new Promise((_, reject) => {
    const onLeave = (event: BeforeUnloadEvent) => {
      const stay = () => reject(new ApiProblem(401, {}, undefined))
      // Time stands still while the question is asked; the first one is over when it was answered.
      if (event.defaultPrevented) setTimeout(() => setTimeout(stay, GOING_MILLISECONDS))
    }
    addEventListener('beforeunload', onLeave, { once: true })
  })
}

function isForThePerson(error: unknown): boolean {
  return error instanceof GenericError && ASK_THE_PERSON.has(error.error)
}

/** Nobody is signed in then, and the sign-in says why. @throws what it cannot say */
function leaveToThePerson(error: unknown): void {
  if (!isForThePerson(error)) throw error
}

/** The library keeps the organization of the last sign-in in a cookie, and asks for it at each silent renewal. */
function forgetOrganization(clientId: string): void {
  for (const prefix of ['', '_legacy_']) {
    // biome-ignore lint/suspicious/noDocumentCookie: the library writes it so.
    document.cookie = `${prefix}auth0.${clientId}.organization_hint=; Max-Age=0; path=/`
  }
}
