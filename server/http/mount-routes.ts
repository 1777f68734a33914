/**
 * Hangs routes into Fastify. For each request, in this order: rate limit, bearer token, scope and
 * organization rule, then the shapes of what was sent, then whether the token still counts, then the handler;
 * for changes all of it within the transaction that also records the event. The first three are the gate's.
 */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { transact } from '../db/database.ts'
import { recordEvent } from '../logs/record.ts'
import type { Token } from './authenticate.ts'
import {
  type AnyScope,
  type Audit,
  type Call,
  NO_CONTENT,
  type Recorded,
  type Route,
  rawJsonText,
  successOf,
} from './define-route.ts'
import { ApiError } from './errors.ts'
import type { Gate } from './gate.ts'
import { operationEvent } from './operation-event.ts'
import { replyWriter } from './reply-filter.ts'
import { requestInfoOf } from './request-info.ts'
import type { Server } from './server.ts'
import { refuseUnstorable } from './unstorable.ts'
import { type Validator, validatorOf } from './validation.ts'

type AnyCall = Call<never, never, never> & Recorded
type AnyRoute = Route<AnyScope>
type Validators = { params: Validator | undefined; query: Validator; body: Validator | undefined }

/** Mounts routes under a prefix such as `/api/v2`. */
export function mountRoutes(
  app: FastifyInstance,
  server: Server,
  gate: Gate,
  prefix: string,
  routes: readonly Route<AnyScope>[],
): void {
  for (const definition of routes) {
    if (definition.multipart) mountUpload(app, server, gate, prefix, definition)
    else mountRoute(app, server, gate, prefix, definition)
  }
}

/** Whatever is sent there is handed on unread, and whoever sent it is looked at first. */
function mountUpload(app: FastifyInstance, server: Server, gate: Gate, prefix: string, definition: AnyRoute): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    mountRoute(scope, server, gate, prefix, definition)
  })
}

function mountRoute(app: FastifyInstance, server: Server, gate: Gate, prefix: string, definition: AnyRoute): void {
  const { status, schema } = successOf(definition)
  const write = replyWriter(schema)
  const validators = compile(definition)
  app.route({
    method: definition.method,
    url: `${prefix}${definition.url}`,
    errorHandler: gate.refuse(definition),
    config: { takesHtml: definition.kind === 'change' && definition.takesHtml === true },
    onRequest: async (request, reply) => {
      await gate.enter(request, reply, definition)
    },
    handler: async (request, reply) => {
      const call = readCall(server, definition, validators, request, gate.tokenOf(request))
      const answer = await run(gate, definition, call)
      return send(reply.headers(call.answerHeaders), status, write, answer)
    },
  })
}

function compile(definition: AnyRoute): Validators {
  const { params, query, body } = definition
  return {
    params: params && validatorOf('params', params),
    query: declaredOnly(query ?? NO_QUERY),
    body: body && validatorOf('body', body),
  }
}

// Unknown query parameters are ignored, as Auth0 does: SDKs send totals and pages to every list.
const NO_QUERY = { type: 'object' } as const

function readCall(
  server: Server,
  definition: AnyRoute,
  validators: Validators,
  request: FastifyRequest,
  token: Token,
): AnyCall {
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  const params = validators.params?.(request.params, true)
  const query = validators.query(request.query, true)
  let body: unknown
  if (validators.body && !definition.multipart) {
    // No body counts as an empty one; `null` is a body, and a wrong one.
    body = request.body === undefined ? {} : request.body
    refuseUnstorable(body)
    body = validators.body(body, isForm)
  }
  // What changes nothing records nothing, but what takes much out at once.
  const isRecorded = definition.kind !== 'read' || definition.isRecorded === true
  const info = isRecorded ? requestInfoOf(request) : undefined
  // The validators have just made sure of the types that the handler states.
  const upload = { stream: request.raw, headers: request.headers }
  const call = { server, actor: token.actor, token, params, query, body, upload, info, answerHeaders: {} }
  return call as unknown as AnyCall
}

// What a route does not name was not checked either: a list in pages would take `take` for a checkpoint, as text.
function declaredOnly(schema: TSchema): Validator {
  const validate = validatorOf('query', schema)
  const { properties = {} } = schema as { properties?: object }
  const names = new Set(Object.keys(properties))
  return (query, isText) =>
    Object.fromEntries(Object.entries(validate(query, isText) ?? {}).filter(([name]) => names.has(name)))
}

async function run(gate: Gate, definition: AnyRoute, asked: AnyCall): Promise<unknown> {
  const token = await gate.confirm(asked.token, definition, asked.params)
  const call = { ...asked, token, actor: token.actor }
  const { db } = call.server.database
  if (definition.kind === 'grouped' || (definition.kind === 'read' && definition.standing === 'by handler')) {
    return definition.handler({ ...call, db })
  }
  if (!(await gate.stands(token))) throw new ApiError('invalid_token')
  if (definition.kind === 'read' || definition.kind === 'use case') return definition.handler({ ...call, db })
  const prepared = await definition.prepare?.({ ...call, db })
  const answer = await transact(db, async (tx) => {
    const audit: Audit = {}
    const answer = await definition.handler({ ...call, tx, prepared, audit })
    const operation = { ...definition, status: successOf(definition).status }
    if (!audit.isDryRun) await recordEvent(tx, operationEvent(operation, call, { after: answer, ...audit }))
    return answer
  })
  definition.afterCommit?.(call)
  return answer
}

function send(reply: FastifyReply, status: number, write: (answer: unknown) => string, answer: unknown): FastifyReply {
  reply.code(answer === NO_CONTENT ? 204 : status)
  if (status === 204 || answer === undefined || answer === NO_CONTENT) return reply.send()
  // A stream may say itself what it is.
  if (!reply.hasHeader('content-type')) reply.header('content-type', 'application/json; charset=utf-8')
  // Text that is written while it goes out.
  if (answer instanceof Readable) return reply.send(answer)
  const text = rawJsonText(answer)
  if (text !== undefined) return reply.send(text)
  return reply.serializer(write).send(answer)
}
