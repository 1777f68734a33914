/**
 * Where a sign-in that is over begins anew. What is left of one that was finished is a cookie of its own pages that names
 * the application; one that was begun in another browser still says it itself.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { signInAddressOf } from '../../clients/sign-in-address.ts'
import { cookieIn, setCookie } from '../../http/cookies.ts'
import { fieldsOf, filledText, textOf } from '../../http/sent-fields.ts'
import type { Server } from '../../http/server.ts'
import { findWaitingClient } from '../../oidc/transaction.ts'
import { readTenantSettings } from '../../tenants/store.ts'

const NAME = 'sign_in_application'
const DAY_SECONDS = 86_400

/** Remembers whose sign-in it is. The cookie opens nothing: it is looked up among the addresses of applications. */
export function rememberApplication(
  { config }: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, clientId }: { id: string; clientId: string },
): void {
  if (rememberedIn(request) === clientId) return
  const place = `Path=/u/login/${encodeURIComponent(id)}; Max-Age=${DAY_SECONDS}`
  setCookie(config, reply, `${NAME}=${encodeURIComponent(clientId)}`, place)
}

/** The address; undefined where neither the application nor the tenant names one. */
export async function findAgain(server: Server, request: FastifyRequest): Promise<string | undefined> {
  const { db } = server.database
  const id = textOf(fieldsOf(request.params), 'id')
  if (id === undefined) return undefined
  const clientId = rememberedIn(request) ?? (await findWaitingClient(server, request, id))
  const address = clientId === undefined ? undefined : await signInAddressOf(db, server.config, clientId)
  return address ?? filledText((await readTenantSettings(db)).default_redirection_uri)
}

function rememberedIn({ headers }: FastifyRequest): string | undefined {
  try {
    return filledText(decodeURIComponent(cookieIn(headers.cookie, NAME) ?? ''))
  } catch {
    return undefined
  }
}
