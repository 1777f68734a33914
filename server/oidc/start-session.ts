/** Signing a person in without an application having asked: by a link. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Provider } from 'oidc-provider'
import { transact } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { userOfRequest } from './account.ts'
import { newOidcRequest, type ProvedUser, withinOidcRequest } from './context.ts'
import { providerOf, SESSION_COOKIE_SECONDS, sessionCookie } from './provider.ts'
import { standIn } from './run-provider.ts'
import { deleteSessionOf } from './session-store.ts'

/**
 * Gives the browser a new session of this user and sends it to a page of ours (303). Whoever was signed in there before is
 * signed out.
 * @param leadsTo a path of ours, such as `/account`
 * @throws ApiError transaction_gone when there is no such user any more
 */
export async function startSession(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  proved: ProvedUser,
  leadsTo: string,
): Promise<FastifyReply> {
  const provider = await providerOf(server)
  const shown = standIn(server, request, { url: request.url })
  await transact(server.database.db, async (tx) => {
    const context = newOidcRequest(server, request, tx)
    context.proved = proved
    await withinOidcRequest(context, async () => {
      // Deleted since he proved who he is.
      if (!(await userOfRequest(proved.userId))) throw new ApiError('transaction_gone')
      const ctx = provider.createContext(shown, reply.raw)
      const before = await provider.Session.get(ctx)
      if (before.accountId !== undefined) await deleteSessionOf(tx, before.uid)
      const session = new provider.Session()
      session.loginAccount({ accountId: proved.userId, amr: ['mail'] })
      await session.save(SESSION_COOKIE_SECONDS)
      ctx.cookies.set(provider.cookieName('session'), session.jti, {
        ...sessionCookie(server),
        expires: new Date(session.exp * 1000),
      })
    })
  })
  takeCookies(reply)
  return reply.redirect(leadsTo, 303)
}

/** Takes the session's cookie from the browser. */
export function clearSessionCookie(
  server: Server,
  provider: Provider,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const ctx = provider.createContext(standIn(server, request, { url: request.url }), reply.raw)
  ctx.cookies.set(provider.cookieName('session'), null, sessionCookie(server))
  takeCookies(reply)
}

/** Koa writes to the raw answer, which Fastify sends as its own. */
function takeCookies(reply: FastifyReply): void {
  const cookies = reply.raw.getHeader('set-cookie')
  reply.raw.removeHeader('set-cookie')
  if (cookies !== undefined) reply.header('set-cookie', cookies)
}
