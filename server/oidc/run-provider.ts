/**
 * Hands a request to oidc-provider within one transaction. It writes nothing to the browser itself: its answer is caught,
 * the transaction committed, and then the answer is sent. What it refuses is committed as well, since the end of a
 * family of tokens and the count of failures have to stay; what fails is rolled back.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Tx } from '../db/database.ts'
import type { Server } from '../http/server.ts'
import { newOidcRequest, type ProvedUser, withinOidcRequest } from './context.ts'
import { providerOf } from './provider.ts'

/** What oidc-provider answered, and what went wrong where it was not a plain answer. */
export type Outcome = { status: number; body: unknown; ctx: KoaContextWithOIDC; problem: Problem | undefined }

/** What the error page says. */
export type Problem = { error: string; error_description?: string; cause: unknown }

/** How the request is shown to oidc-provider. */
export type ProviderRequest = {
  /** Path and query. What has to be read for them is read in the transaction. */
  url: string | (() => Promise<string>)
  /** Of a form; undefined for a GET. */
  body?: Record<string, string>
  proved?: ProvedUser | undefined
  /** Of the tenant's keys, where it has just been read. */
  keyStates?: string
}

/** What else belongs to the transaction, such as the event; may change the answer. */
export type Afterwards = (tx: Tx, outcome: Outcome) => Promise<void>

/** Runs it. @throws whatever oidc-provider could not answer; nothing is changed then */
export async function runProvider(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: ProviderRequest,
  afterwards: Afterwards,
): Promise<Outcome> {
  const provider = await providerOf(server, asked.keyStates)
  const outcome = await server.database.transaction(async (connection) => {
    const tx = connection.tx()
    // From a try before, that PostgreSQL ended.
    for (const name of reply.raw.getHeaderNames()) reply.raw.removeHeader(name)
    const context = newOidcRequest(server, request, tx)
    context.proved = asked.proved
    if (asked.proved) {
      const { userId, generation, client } = asked.proved
      context.generations.set(userId, generation)
      if (client) context.clients.set(client.client_id, client)
    }
    return await withinOidcRequest(context, async () => {
      const url = typeof asked.url === 'string' ? asked.url : await asked.url()
      const caught = await callProvider(provider, standIn(server, request, { url, body: asked.body }), reply.raw)
      await afterwards(tx, caught)
      return caught
    })
  })
  for (const [name, value] of Object.entries(reply.raw.getHeaders())) {
    reply.raw.removeHeader(name)
    if (name !== 'content-length' && value !== undefined) reply.header(name, value)
  }
  return outcome
}

/**
 * The request as oidc-provider sees it. It builds its own addresses from what a request says of itself; ours come from
 * `PUBLIC_URL`. Who the client is has been found out already, so how it said that is left out; so is the origin, for which
 * pages may read the answer is `http/cors.ts`' matter, and our own may as well.
 */
export function standIn(
  { config }: Server,
  request: FastifyRequest,
  { url, body }: { url: string; body?: Record<string, string> | undefined },
): IncomingMessage {
  const { raw } = request
  const { host, protocol } = new URL(config.publicUrl)
  const { authorization: _, 'content-type': __, 'content-length': ___, origin: ____, ...headers } = raw.headers
  const form = body && Buffer.from(new URLSearchParams(body).toString())
  const shown = Object.assign(Readable.from(form ? [form] : []), {
    method: raw.method,
    url,
    socket: raw.socket,
    httpVersion: raw.httpVersion,
    headers: {
      ...headers,
      host,
      'x-forwarded-host': host,
      'x-forwarded-proto': protocol.replace(':', ''),
      ...(form && { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(form.length) }),
    },
  })
  // As much of a request as Koa looks at.
  return shown as unknown as IncomingMessage
}

const CAUGHT = Symbol('what oidc-provider answered')
const CATCHING = new WeakSet<Provider>()

type Catching = { [CAUGHT]?: Outcome | { thrown: unknown } }

async function callProvider(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
  if (!CATCHING.has(provider)) {
    CATCHING.add(provider)
    provider.use(async (ctx, next) => {
      // Koa would send the answer otherwise.
      ctx.respond = false
      const holder = ctx.req as Catching
      try {
        await next()
        if (ctx.state.fault) throw ctx.state.fault
        const oidc = ctx as unknown as KoaContextWithOIDC
        holder[CAUGHT] = { status: ctx.status, body: ctx.body, ctx: oidc, problem: ctx.state.problem }
      } catch (thrown) {
        holder[CAUGHT] = { thrown }
      }
    })
  }
  await provider.callback()(request, response)
  const caught = (request as Catching)[CAUGHT]
  if (!caught) throw new Error('oidc-provider did not answer.')
  if ('thrown' in caught) throw caught.thrown
  if (caught.status >= 500) throw caught.problem?.cause ?? new Error('oidc-provider failed.')
  return caught
}
