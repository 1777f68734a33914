/**
 * How a route of the Management API, or of the My Account API, is written: one object that says who may call it, what
 * a token bound to an organization may do there, what it takes and answers, and what is recorded. A route that leaves
 * one of these out does not compile, and one that contradicts itself does not start.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Static, TSchema } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import type { MyAccountScope } from '../authorization/my-account-scopes.ts'
import type { Scope } from '../authorization/scopes.ts'
import type { Db, Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import type { EventType } from '../logs/event-types.ts'
import type { Token } from './authenticate.ts'
import type { RequestInfo } from './request-info.ts'
import type { Server } from './server.ts'

/**
 * What a token bound to an organization may do on a route:
 * - `refused`: nothing.
 * - `organization`: the `:id` in the path has to be that organization; a `:user_id`, a member of it.
 * - `member`: the `:id` in the path, or the `:user_id`, is a user, who has to be a member.
 * - `scoped`: the handler's statements carry the organization as a condition, as in lists.
 *
 * Whatever else is named is answered as if it had never been, before the handler sees it (within-organization.ts). The
 * handlers of all of them carry the organization in their statements nevertheless.
 */
export type OrganizationRule = 'refused' | 'organization' | 'member' | 'scoped'

/** A scope of one of our own APIs. */
export type AnyScope = Scope | MyAccountScope

/** Scopes of which one is enough, or all are needed. */
export type ScopeRule<S extends AnyScope = Scope> = readonly S[] | { allOf: readonly S[] }

/** What the audit row of a changing route says besides who, when and what. Handlers fill it in. */
export type Audit = {
  userId?: string
  userName?: string
  target?: { kind: string; id: string }
  organizationId?: string
  /** It was only asked what would happen: nothing was changed, and nothing is recorded. */
  isDryRun?: true
  before?: unknown
  after?: unknown
  /** What else the entry says of it, such as its name; nothing personal. */
  details?: JsonObject
}

/** A body that is still to be read. */
export type Upload = { stream: Readable; headers: IncomingHttpHeaders }

type Part<Schema> = Schema extends TSchema ? Static<Schema> : undefined

/** What every handler gets. */
export type Call<Params, Query, Body> = {
  server: Server
  actor: Actor
  token: Token
  params: Part<Params>
  query: Part<Query>
  body: Part<Body>
  /** What is sent to a multipart route, unread. */
  upload: Upload
  /** Headers for the successful answer, where a route has some of its own. */
  answerHeaders: Record<string, string>
}

/** What a handler that changes or records something gets besides: the request as its event tells of it. */
export type Recorded = { info: RequestInfo }

type Common<Params, Query, Body, S extends AnyScope> = {
  url: string
  operationId: string
  /** What the route does, in a few words: the heading in the API's description and in the log. */
  summary: string
  scope: ScopeRule<S>
  withinOrganization: OrganizationRule
  params?: Params
  query?: Query
  body?: Body
  /** The body is a form with a file, which the handler reads as a stream (`upload`); `body` describes it. */
  multipart?: true
  /** The successful status and the shape of its answer. */
  reply: Readonly<Record<number, TSchema>>
  /** What of Auth0's operation is missing, for the compatibility page. */
  partly?: string
  /** An operation that Auth0's API does not have. */
  ours?: true
}

/** A route that changes nothing. */
export type ReadRoute<Params, Query, Body, S extends AnyScope> = Common<Params, Query, Body, S> & {
  kind: 'read'
  method: 'GET'
  /** `handler` confirms the token's standing itself, within the statement that reads. */
  standing?: 'by handler'
  /** `handler` records that it was read, for which it gets the request. */
  isRecorded?: true
  handler: (call: Call<Params, Query, Body> & Recorded & { db: Db }) => Promise<unknown>
}

/** A route that changes something in one transaction, in which its event is recorded as well. */
export type ChangeRoute<Params, Query, Body, S extends AnyScope> = Common<Params, Query, Body, S> & {
  kind: 'change'
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  event: EventType
  /** Whether the body may be sent as `text/html` as well: the text itself. */
  takesHtml?: true
  /** Work that must not hold a transaction open, such as hashing a password; its outcome goes to the handler. */
  prepare?: (call: Call<Params, Query, Body> & Recorded & { db: Db }) => Promise<unknown>
  handler: (
    call: Call<Params, Query, Body> & Recorded & { tx: Tx; prepared: unknown; audit: Audit },
  ) => Promise<unknown>
  /** What follows once the change is committed, such as waking whoever sends the mail that it queued. */
  afterCommit?: (call: Call<Params, Query, Body>) => void
}

/**
 * A hot route whose handler hands the request to a statement that confirms the token, changes and records a
 * whole list of requests with one commit.
 */
export type GroupedRoute<Params, Query, Body, S extends AnyScope> = Common<Params, Query, Body, S> & {
  kind: 'grouped'
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  event: EventType
  handler: (call: Call<Params, Query, Body> & Recorded & { db: Db }) => Promise<unknown>
}

/** A route whose use case has a transaction of its own, in which it records the event: people's doors share these. */
export type UseCaseRoute<Params, Query, Body, S extends AnyScope> = Common<Params, Query, Body, S> & {
  kind: 'use case'
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  event: EventType
  handler: (call: Call<Params, Query, Body> & Recorded & { db: Db }) => Promise<unknown>
}

type Definition<P, Q, B, S extends AnyScope> =
  | ReadRoute<P, Q, B, S>
  | ChangeRoute<P, Q, B, S>
  | GroupedRoute<P, Q, B, S>
  | UseCaseRoute<P, Q, B, S>

/** A route as the rest of the server sees it; of the Management API, unless other scopes are named. */
export type Route<S extends AnyScope = Scope> = Definition<
  TSchema | undefined,
  TSchema | undefined,
  TSchema | undefined,
  S
>

/**
 * Defines a route.
 * @throws Error when the definition contradicts itself, so that the server does not start
 */
export function route<
  const P extends TSchema | undefined = undefined,
  const Q extends TSchema | undefined = undefined,
  const B extends TSchema | undefined = undefined,
  const S extends AnyScope = Scope,
>(definition: Definition<P, Q, B, S>): Route<S> {
  const { url, method, scope, reply, params } = definition
  const problem = (text: string): never => {
    throw new Error(`Route ${method} ${url}: ${text}`)
  }
  const scopes = scopesOf(scope)
  if (scopes.length === 0) problem('it names no scope, so nobody could call it')
  if (Object.keys(reply).length !== 1) problem('it must have exactly one successful answer')
  if (url.includes(':') && !params) problem('it has parameters in its path but no schema for them')
  const isAbout = { refused: /./, scoped: /./, organization: /\/organizations\/:id/, member: /:(user_)?id/ }
  if (!isAbout[definition.withinOrganization].test(url))
    problem('its path lacks what its rule for organizations is about')
  if (scopes.some((name) => name.includes(':current_user')) && !url.includes(':id')) {
    problem('an own-account scope needs the user as :id in the path')
  }
  // The schemas' types are known to the handler alone; from here on every route is of one type.
  return definition as unknown as Route<S>
}

/** The scopes a rule names. */
export function scopesOf<S extends AnyScope>(rule: ScopeRule<S>): readonly S[] {
  return 'allOf' in rule ? rule.allOf : rule
}

/** The status and schema of a route's successful answer. */
export function successOf(definition: Route<AnyScope>): { status: number; schema: TSchema } {
  const [entry] = Object.entries(definition.reply)
  if (!entry) throw new Error('A route without an answer.')
  return { status: Number(entry[0]), schema: entry[1] }
}

/** An answer of status 204 where the route has another one otherwise. */
export const NO_CONTENT = Symbol('no content')

const RAW_JSON = Symbol('JSON text')

/** An answer that is JSON text already, written by PostgreSQL, and goes out unparsed. */
export type RawJson = { [RAW_JSON]: string }

/** Marks text as JSON that goes out as it is. */
export function rawJson(text: string): RawJson {
  return { [RAW_JSON]: text }
}

/** The text of a raw answer; undefined for any other answer. */
export function rawJsonText(answer: unknown): string | undefined {
  return answer !== null && typeof answer === 'object' && RAW_JSON in answer ? String(answer[RAW_JSON]) : undefined
}
