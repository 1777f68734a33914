/** oidc-provider's record of a waiting request, found only by the browser that began it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Provider } from 'oidc-provider'
import { ApiError } from '../http/errors.ts'

/** What consent is missing. */
export type Missing = { missingOIDCScope?: string[]; missingResourceScopes?: Record<string, string[]> }

/** The record, as far as it is used here. */
export type Interaction = {
  uid: string
  prompt: { name: string; details: Missing & { check?: unknown } }
  params: Record<string, unknown>
  session?: { uid: string; accountId: string } | undefined
  result?: Record<string, unknown> | undefined
  lastSubmission?: Record<string, unknown> | undefined
  returnTo: string
  persist: () => Promise<unknown>
}

/**
 * The record of this id, if the cookie of this browser names it as well. The provider is the caller's, who asks for it
 * before he begins a transaction: it reads the keys on a connection of its own.
 *
 * @throws ApiError transaction_gone
 */
export async function findInteraction(provider: Provider, request: FastifyRequest, id: string): Promise<Interaction> {
  const cookie = readCookie(provider, request, 'interaction')
  if (cookie !== id) throw new ApiError('transaction_gone')
  const interaction = await provider.Interaction.find(id)
  if (!interaction) throw new ApiError('transaction_gone')
  // The types leave the details of our own prompt open.
  const found = interaction as unknown as Interaction
  // Signed out meanwhile, or signed in as somebody else in another tab.
  if (found.session) {
    const session = await provider.Session.findByUid(found.session.uid)
    if (session?.accountId !== found.session.accountId) throw new ApiError('transaction_gone')
  }
  return found
}

/** Whether the application wants whoever is signed in to prove anew who he is. */
export function isToSignInAnew({ prompt }: Interaction['params']): boolean {
  return String(prompt ?? '')
    .split(' ')
    .includes('login')
}

/** The value of one of oidc-provider's cookies, if its signature is right. */
export function readCookie(
  provider: Provider,
  request: FastifyRequest,
  name: 'session' | 'interaction',
): string | undefined {
  return provider.createContext(request.raw, NO_RESPONSE).cookies.get(provider.cookieName(name), { signed: true })
}

/** Reading a cookie answers nothing; Koa wants something to answer to. */
const NO_RESPONSE = {
  getHeader: () => undefined,
  setHeader: () => undefined,
} as unknown as ServerResponse<IncomingMessage>
