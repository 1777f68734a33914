/**
 * Records what was refused: who tried what, on whom, from where, and why not. A refusal is recorded after the
 * rollback, with a statement of its own. Alike ones (same caller, operation and error) within a minute are counted
 * instead of listed, and the next one listed carries the count; so nobody fills the log by knocking.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { nowSeconds } from '../base/clock.ts'
import { errorCodeOf } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { type Event, recordEventList } from '../logs/record.ts'
import type { Token } from './authenticate.ts'
import { errorBody } from './error-handler.ts'
import type { ApiError } from './errors.ts'
import { MASK, type RequestInfo, requestInfoOf, withoutParameters } from './request-info.ts'
import type { Server } from './server.ts'

/** The operation that was refused, as far as the log needs to know it. */
export type Operation = {
  method: string
  /** The route below the prefix, such as `/users/:id`. */
  url: string
  operationId: string
  summary: string
  body?: TSchema | undefined
}

/** A refusal. */
export type Refusal = { operation: Operation; token: Token; request: FastifyRequest; error: ApiError }

/** The recorder of refusals of one process. */
export type Refusals = {
  /** Never throws: whether it could be recorded changes nothing about the answer. */
  record: (refusal: Refusal) => Promise<void>
  /** Lists what was only counted so far; for the end of the process. */
  flush: () => Promise<void>
}

type Counted = { listedAt: number; unlisted: number; last: Event }

const WINDOW_SECONDS = 60
const MOST_COUNTED = 2_000
const LONGEST_BODY = 10_000
const MOST_MILLISECONDS = 1_000

/** Whether the log keeps it: every 403 and 429, and whatever else kept a change from happening. */
export function isRecorded(method: string, { status, code }: ApiError): boolean {
  if (status >= 500) return false
  // Who reads what is not here was not kept from anything.
  return method !== 'GET' || (status === 403 && code !== 'feature_not_enabled') || status === 429
}

/** Makes the recorder. @param api as the limit of requests is called in its events */
export function refusalRecorder(server: Server, api: string): Refusals {
  // In the order in which they were last listed, so that the oldest are the first.
  const counted = new Map<string, Counted>()

  async function list(events: Event[]): Promise<boolean> {
    try {
      await recordEventList(server.database.db, events)
      return true
    } catch (error) {
      const requestId = events[0]?.request?.id
      server.log.error({ requestId, code: errorCodeOf(error) }, 'a refusal could not be recorded')
      return false
    }
  }

  function takeOld(at: number): Event[] {
    const events: Event[] = []
    for (const [key, known] of counted) {
      if (isFresh(known, at) && counted.size <= MOST_COUNTED) break
      counted.delete(key)
      if (known.unlisted > 0) events.push(withCount(known.last, known.unlisted - 1))
    }
    return events
  }

  async function record(refusal: Refusal): Promise<void> {
    const key = keyOf(refusal)
    const at = nowSeconds()
    const known = counted.get(key)
    if (known && isFresh(known, at)) {
      known.unlisted += 1
      return
    }
    const event = eventOf(server, api, refusal)
    counted.delete(key)
    const entry = { listedAt: at, unlisted: 0, last: withoutContent(event) }
    counted.set(key, entry)
    if (await list([...takeOld(at), withCount(event, known?.unlisted ?? 0)])) return
    // The next one like it is listed at once and says that there was one before.
    entry.unlisted += 1 + (known?.unlisted ?? 0)
    entry.listedAt = 0
  }

  return {
    // A database that does not answer must not hold up the answer to the caller.
    record: (refusal) => Promise.race([record(refusal), sleep(MOST_MILLISECONDS, undefined, { ref: false })]),
    flush: async () => {
      const left = [...counted.values()].filter(({ unlisted }) => unlisted > 0)
      counted.clear()
      await list(left.map(({ last, unlisted }) => withCount(last, unlisted - 1)))
    },
  }
}

function isFresh({ listedAt }: Counted, at: number): boolean {
  // A clock that went back must not silence the log.
  return Math.abs(at - listedAt) < WINDOW_SECONDS
}

function keyOf({ operation, token, error }: Refusal): string {
  return JSON.stringify([callerOf(token.actor), operation.operationId, error.code])
}

function callerOf(actor: Actor): (string | undefined)[] {
  if (actor.kind === 'system') return [actor.kind, actor.name]
  return [actor.kind, actor.kind === 'user' ? actor.userId : '', actor.clientId, organizationOf(actor)]
}

function eventOf({ config }: Server, api: string, { operation, token, request, error }: Refusal): Event {
  const bucket = config.rateLimitBuckets[token.userId === undefined ? 'client' : 'user']
  const isLimit = error.code === 'too_many_requests'
  return {
    type: isLimit ? 'api_limit' : 'fapi',
    actor: token.actor,
    description: `Refused: ${operation.summary}`,
    operation: operation.operationId,
    request: withKnownBody(requestInfoOf(request), operation.body),
    status: error.status,
    ...targetOf(operation.url, request.params),
    after: errorBody(error),
    details: {
      error: error.code,
      ...(isLimit ? { limit: { bucket: api, global: false, size: bucket.size } } : {}),
      ...(token.jti ? { jti: token.jti } : {}),
    },
  }
}

/** Whom it was about: the first id in the path, by the name of its noun. */
function targetOf(url: string, params: unknown): Pick<Event, 'target' | 'userId'> {
  const [, noun = '', ...rest] = url.split('/')
  const name = rest.find((part) => part.startsWith(':'))?.slice(1)
  // Fastify types the parameters as unknown; they are a flat object of texts.
  const id = name === undefined ? undefined : (params as Record<string, string | undefined>)[name]
  if (id === undefined) return {}
  const kind = noun.replaceAll('-', '_').replace(/s$/, '')
  return { target: { kind, id }, ...(kind === 'user' ? { userId: id } : {}) }
}

/** A refused body may be anything: unknown names can be misspelled secrets, and its size has no end. */
function withKnownBody(info: RequestInfo, schema: TSchema | undefined): RequestInfo {
  const { body } = info
  if (body === undefined || body === null || typeof body !== 'object') return info
  const { properties } = (schema ?? {}) as { properties?: JsonObject }
  const known =
    properties === undefined || Array.isArray(body)
      ? body
      : Object.fromEntries(Object.entries(body).map(([name, value]) => [name, name in properties ? value : MASK]))
  const { length } = JSON.stringify(known)
  return { ...info, body: length > LONGEST_BODY ? `left out: ${length} characters` : known }
}

function withCount(event: Event, repeated: number): Event {
  return repeated > 0 ? { ...event, details: { ...event.details, repeated } } : event
}

/** What is kept of an event while others like it are counted. */
function withoutContent({ request, ...event }: Event): Event {
  if (!request) return event
  return { ...event, request: withoutParameters(request) }
}
