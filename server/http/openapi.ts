/**
 * The description of the Management API as an OpenAPI 3.1 document, made from the routes themselves: their schemas
 * are JSON Schema already. Nothing is written down twice, so it cannot say what the server does not do.
 */
import type { FastifyInstance } from 'fastify'
import type { TSchema } from 'typebox'
import { MANAGEMENT_SCOPES } from '../authorization/scopes.ts'
import { MANAGEMENT_PREFIX } from './auth0-operations.ts'
import { type Route, type ScopeRule, successOf } from './define-route.ts'

type Json = { [key: string]: unknown }

/** The document, and where it is served. */
export const OPENAPI_PATH = `${MANAGEMENT_PREFIX}/openapi.json`

/** Serves the document to anybody: it holds nothing about a tenant. */
export function mountOpenapi(app: FastifyInstance, routes: readonly Route[]): void {
  let text: string | undefined
  app.get(OPENAPI_PATH, async (_request, reply) => {
    text ??= JSON.stringify(openapiOf(routes))
    return reply.type('application/json; charset=utf-8').header('access-control-allow-origin', '*').send(text)
  })
}

/** Describes routes. */
export function openapiOf(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {}
  for (const definition of routes) {
    const path = definition.url.replace(/:([^/]+)/g, '{$1}')
    paths[path] = { ...paths[path], [definition.method.toLowerCase()]: operationOf(definition) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tenantry Management API',
      version: '2',
      description:
        "Users, organizations and applications of a tenant, on the wire of Auth0's Management API v2. " +
        'What is sent as JSON may be sent as an HTML form as well.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: MANAGEMENT_PREFIX }],
    tags: [...new Set(routes.map(tagOf))].sort().map((name) => ({ name })),
    paths,
    components: { securitySchemes: { oauth2: OAUTH2 }, responses: ERROR_RESPONSES, schemas: { Error: ERROR } },
  }
}

const OAUTH2: Json = {
  type: 'oauth2',
  description: 'A bearer token for the audience of the Management API.',
  flows: {
    clientCredentials: {
      tokenUrl: '/oauth/token',
      scopes: Object.fromEntries(MANAGEMENT_SCOPES.map(({ value, description }) => [value, description])),
    },
  },
}

const ERROR: Json = {
  type: 'object',
  required: ['statusCode', 'error', 'message'],
  properties: {
    statusCode: { type: 'integer' },
    error: { type: 'string', description: 'The reason phrase of the status' },
    message: { type: 'string', description: 'What was wrong and what to do' },
    errorCode: { type: 'string', description: 'A code for programs; not every error has one' },
    attributes: { type: 'object', properties: { error: { type: 'string' } }, description: 'With 401 alone' },
  },
}

// TABLE: the refusals that every operation shares, and the one of those that change or name something.
const REFUSALS = {
  BadRequest: 'Something that was sent does not fit.',
  Unauthorized: 'There is no token, or it does not count.',
  Forbidden: 'The token lacks a scope, or the act is not allowed.',
  NotFound: 'There is no such thing that the caller may see.',
  Conflict: 'There is one already.',
  TooManyRequests: 'Too many requests; the headers say when to come back.',
  Unavailable: 'The server cannot do it at present. Nothing was changed.',
} as const

const ERROR_RESPONSES: Json = Object.fromEntries(
  Object.entries(REFUSALS).map(([name, description]) => [
    name,
    { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
  ]),
)

function operationOf(definition: Route): Json {
  const { operationId, summary, partly, ours, scope, withinOrganization, body, multipart = false } = definition
  const notes = [
    ...(partly ? [`Compared with Auth0: ${partly}.`] : []),
    ...(ours ? ['Auth0 has no such operation.'] : []),
    withinOrganization === 'refused'
      ? 'A token bound to an organization is refused.'
      : 'A token bound to an organization works within it.',
  ]
  return {
    operationId,
    summary,
    description: notes.join(' '),
    tags: [tagOf(definition)],
    security: securityOf(scope),
    parameters: [...parametersOf('path', definition.params), ...parametersOf('query', definition.query)],
    ...(body ? { requestBody: requestBodyOf(body, multipart) } : {}),
    responses: responsesOf(definition),
  }
}

/** `/users/:id/roles` is about users. */
function tagOf({ url }: Route): string {
  return url.split('/')[1] ?? ''
}

/** One requirement with all scopes, or one requirement a scope of which any will do. */
function securityOf(scope: ScopeRule): Json[] {
  return 'allOf' in scope ? [{ oauth2: scope.allOf }] : scope.map((name) => ({ oauth2: [name] }))
}

function parametersOf(place: 'path' | 'query', schema: TSchema | undefined): Json[] {
  if (!schema) return []
  // Paths and queries are flat objects.
  const { properties = {}, required = [] } = schema as { properties?: Record<string, Json>; required?: string[] }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
    // As SDKs send lists: by comma, or the name again for each.
    ...(place === 'query' && rest.type === 'array' ? { style: 'form', explode: true } : {}),
  }))
}

function requestBodyOf(schema: TSchema, isMultipart: boolean): Json {
  const { required = [] } = schema as { required?: string[] }
  return {
    required: required.length > 0,
    content: { [isMultipart ? 'multipart/form-data' : 'application/json']: { schema } },
  }
}

function responsesOf(definition: Route): Json {
  const { status, schema } = successOf(definition)
  const hasContent = status !== 204
  const names = definition.params !== undefined
  const refusal = (name: keyof typeof REFUSALS) => ({ $ref: `#/components/responses/${name}` })
  return {
    [status]: {
      description: definition.summary,
      ...(hasContent ? { content: { 'application/json': { schema } } } : {}),
    },
    400: refusal('BadRequest'),
    401: refusal('Unauthorized'),
    403: refusal('Forbidden'),
    ...(names ? { 404: refusal('NotFound') } : {}),
    ...(definition.kind === 'read' ? {} : { 409: refusal('Conflict') }),
    429: refusal('TooManyRequests'),
    503: refusal('Unavailable'),
  }
}
