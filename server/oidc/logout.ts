/**
 * Signing out: `/v2/logout`, as Auth0's SDKs do it, and `/oidc/logout` (OpenID Connect RP-Initiated Logout). Both end the
 * session of this browser and lead to a registered address or to our own page. Refresh tokens stay: they are for when
 * nobody is signed in. Whoever calls `/oidc/logout` without a hint that names this session has the person asked first
 * (`login/sign-out.ts`), unless the tenant leaves that out. `federated` changes nothing: there is no session elsewhere.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errors as joseErrors, jwtVerify } from 'jose'
import { personActor } from '../authorization/actor.ts'
import type { StoredClient } from '../clients/client.ts'
import { findClient } from '../clients/store.ts'
import { transact } from '../db/database.ts'
import { addressBlock } from '../http/address-block.ts'
import { applyRateLimit } from '../http/rate-limit-headers.ts'
import { requestInfoOf, withoutParameters } from '../http/request-info.ts'
import { type Fields, fieldsOf, textOf } from '../http/sent-fields.ts'
import type { Server } from '../http/server.ts'
import { recordEvent } from '../logs/record.ts'
import { sendErrorPage } from '../pages/error-page.ts'
import { keepLanguage } from '../pages/language.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { localeOf } from '../users/profile.ts'
import { findUser } from '../users/store.ts'
import { addressesOf } from './client-metadata.ts'
import { readCookie } from './interaction.ts'
import { providerOf } from './provider.ts'
import { isRegisteredLogout } from './redirects.ts'
import { deleteSession, findSession, type SessionPayload } from './session-store.ts'
import { clearSessionCookie } from './start-session.ts'

/** Where a sign-out leads, or what is wrong with where it should lead. */
type Target = { address: string } | { refused: string } | { page: true }

type Wanted = { clientId: string | undefined; returnTo: string | undefined; state: string | undefined }

/** Mounts both. */
export function mountLogout(app: FastifyInstance, server: Server): void {
  app.get('/v2/logout', async (request, reply) => {
    const fields = fieldsOf(request.query)
    const wanted = { clientId: textOf(fields, 'client_id'), returnTo: textOf(fields, 'returnTo'), state: undefined }
    const client = await clientOf(server, wanted.clientId)
    return await signOut(server, request, reply, await auth0Target(server, client, wanted), client)
  })
  const byOidc = async (request: FastifyRequest, reply: FastifyReply) => {
    const fields = fieldsOf(request.method === 'POST' ? request.body : request.query)
    return await signOutByOidc(server, request, reply, fields, false)
  }
  app.get('/oidc/logout', byOidc)
  app.post('/oidc/logout', byOidc)
}

/**
 * Answers `/oidc/logout`.
 * @param isConfirmed whether the person has said on our page that he wants to be signed out
 */
export async function signOutByOidc(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  fields: Fields,
  isConfirmed: boolean,
): Promise<FastifyReply> {
  const hint = await readHint(server, textOf(fields, 'id_token_hint'))
  const named = textOf(fields, 'client_id')
  const sid = textOf(fields, 'logout_hint')
  const isMismatch = hint && ((named ?? hint.clientId) !== hint.clientId || (sid ?? hint.sid) !== hint.sid)
  if (hint === null) return await refuse(server, request, reply, 'The id_token_hint does not fit.')
  if (isMismatch) return await refuse(server, request, reply, 'The hints do not fit together.')
  const clientId = named ?? hint?.clientId
  const client = await clientOf(server, clientId)
  const wanted = { clientId, returnTo: textOf(fields, 'post_logout_redirect_uri'), state: textOf(fields, 'state') }
  const target = await oidcTarget(server, client, wanted)
  if (!isConfirmed && (await mustConfirm(server, request, { userId: hint?.userId, sid: sid ?? hint?.sid }))) {
    if ('refused' in target) return await refuse(server, request, reply, target.refused)
    return reply.redirect(`${CONFIRM_SIGN_OUT}?${confirmationQuery(fields)}`, 302)
  }
  return await signOut(server, request, reply, target, client)
}

/** Where the page is that asks the person first. */
export const CONFIRM_SIGN_OUT = '/u/sign-out'

const KEPT = ['client_id', 'id_token_hint', 'post_logout_redirect_uri', 'state', 'ui_locales'] as const

/** What was asked of `/oidc/logout`, for the page between; what does not belong to it is left out. */
export function confirmationQuery(fields: Fields): string {
  const said = KEPT.map((name) => [name, textOf(fields, name)] as const)
  return new URLSearchParams(
    said.filter((pair): pair is [(typeof KEPT)[number], string] => pair[1] !== undefined),
  ).toString()
}

/** The cookie of this browser's session, to bind a form to. */
export async function sessionCookieOf(server: Server, request: FastifyRequest): Promise<string | undefined> {
  return readCookie(await providerOf(server), request, 'session')
}

/** A page elsewhere could send anybody here: only who knows the session, or whose it is, signs out without a question. */
async function mustConfirm(
  server: Server,
  request: FastifyRequest,
  hint: { userId: string | undefined; sid: string | undefined },
): Promise<boolean> {
  const { db } = server.database
  const token = await sessionCookieOf(server, request)
  const session = token === undefined ? undefined : await findSession(db, token)
  if (session?.accountId === undefined) return false
  if (hint.userId === session.accountId || (hint.sid !== undefined && sidsOf(session).includes(hint.sid))) return false
  return (await readTenantSettings(db)).sessions?.oidc_logout_prompt_enabled !== false
}

/** How the applications call the session: `sid` of their ID tokens. */
function sidsOf({ authorizations }: SessionPayload): string[] {
  // oidc-provider keeps them so.
  const kept = (authorizations ?? {}) as Record<string, { sid?: string }>
  return Object.values(kept).flatMap(({ sid }) => sid ?? [])
}

async function auth0Target(server: Server, client: StoredClient | undefined, wanted: Wanted): Promise<Target> {
  const { returnTo, clientId } = wanted
  if (clientId !== undefined && !client) return { refused: 'There is no application with this client_id.' }
  const registered = await registeredFor(server, client)
  if (returnTo !== undefined) {
    return isRegisteredLogout(registered, returnTo)
      ? { address: returnTo }
      : { refused: 'The returnTo address is not among the allowed logout URLs.' }
  }
  const [first] = addressesOf(client, 'allowed_logout_urls')
  return first === undefined ? { page: true } : { address: first }
}

async function oidcTarget(server: Server, client: StoredClient | undefined, wanted: Wanted): Promise<Target> {
  const { returnTo, state } = wanted
  if (returnTo === undefined) return { page: true }
  if (!isRegisteredLogout(await registeredFor(server, client), returnTo)) {
    return { refused: 'The post_logout_redirect_uri is not among the allowed logout URLs.' }
  }
  if (state === undefined) return { address: returnTo }
  const address = new URL(returnTo)
  address.searchParams.set('state', state)
  return { address: address.href }
}

async function registeredFor(server: Server, client: StoredClient | undefined): Promise<string[]> {
  if (client) return addressesOf(client, 'allowed_logout_urls')
  return (await readTenantSettings(server.database.db)).allowed_logout_urls ?? []
}

/** Ends the session, whatever becomes of the address: whoever asks to be signed out is. */
async function signOut(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  target: Target,
  client: StoredClient | undefined,
): Promise<FastifyReply> {
  applyRateLimit(server.rateLimiter, `logout|${addressBlock(request.ip)}`, reply)
  const provider = await providerOf(server)
  const token = readCookie(provider, request, 'session')
  const person = await transact(server.database.db, async (tx) => {
    const session = token === undefined ? undefined : await findSession(tx, token)
    if (token !== undefined) await deleteSession(tx, token)
    const userId = session?.accountId
    if (userId === undefined && !('refused' in target)) return undefined
    await recordEvent(tx, {
      type: 'refused' in target ? 'flo' : 'slo',
      actor: userId ? personActor(userId, client?.client_id) : { kind: 'system', name: 'logout' },
      ...(userId === undefined ? {} : { userId }),
      ...(client ? { clientId: client.client_id } : {}),
      ...('refused' in target ? { description: target.refused } : {}),
      request: withoutParameters(requestInfoOf(request)),
    })
    return userId === undefined ? undefined : await findUser(tx, personActor(userId, client?.client_id), userId)
  })
  clearSessionCookie(server, provider, request, reply)
  if (person) keepLanguage(server.config, reply, localeOf(person))
  if ('refused' in target) return await refuse(server, request, reply, target.refused)
  if ('address' in target) return reply.redirect(target.address, 302)
  const query = client ? `?${new URLSearchParams({ client_id: client.client_id })}` : ''
  return reply.redirect(`/u/signed-out${query}`, 302)
}

function refuse(server: Server, request: FastifyRequest, reply: FastifyReply, description: string) {
  return sendErrorPage(server, request, reply, 400, { error: 'invalid_request', description })
}

async function clientOf(server: Server, clientId: string | undefined): Promise<StoredClient | undefined> {
  return clientId === undefined ? undefined : await findClient(server.database.db, clientId)
}

/** Of an ID token: for which application it was, whose it is, and of which session. */
type Hint = { clientId: string; userId: string | undefined; sid: string | undefined }

/** An ID token of ours, however old; null for anything else. */
async function readHint(server: Server, hint: string | undefined): Promise<Hint | undefined | null> {
  if (hint === undefined) return undefined
  try {
    const { payload } = await jwtVerify(
      hint,
      async ({ kid }) => {
        const key = typeof kid === 'string' && /^[\w-]{1,100}$/.test(kid) ? await server.keys.publicKey(kid) : undefined
        if (!key) throw new joseErrors.JWSSignatureVerificationFailed()
        return key
      },
      // OpenID Connect RP-Initiated Logout §2: expired ones are accepted.
      { algorithms: ['RS256'], issuer: server.config.issuer, clockTolerance: Number.MAX_SAFE_INTEGER },
    )
    const [audience] = [payload.aud ?? []].flat()
    const { sub: userId, sid } = payload
    return audience === undefined
      ? null
      : { clientId: audience, userId, sid: typeof sid === 'string' ? sid : undefined }
  } catch {
    return null
  }
}
