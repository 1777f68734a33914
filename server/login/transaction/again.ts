/**
 * Where a sign-in that is over begins anew. What is left of one that was finished is a cookie of its own pages that names
 * the application; one that was begun in another browser still says it itself.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { signInAddressOf } from '../../clients/sign-in-address.ts'
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
  const secure = config.publicUrl.startsWith('https:') ? '; Secure' : ''
  const place = `Path=/u/login/${encodeURIComponent(id)}; Max-Age=${DAY_SECONDS}`
  reply.header('set-cookie', `${NAME}=${encodeURIComponent(clientId)}; ${place}; HttpOnly; SameSite=Lax${secure}`)
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
  const pair = (headers.cookie ?? '').split(/;\s*/).find((one) => one.startsWith(`${NAME}=`))
  try {
    return pair === undefined ? undefined : filledText(decodeURIComponent(pair.slice(NAME.length + 1)))
  } catch {
    return undefined
  }
}
