/** What the page about the API shows of each operation, read from the API's own description. */

import type { Route } from '../http/define-route.ts'
import { openapiOf } from '../http/openapi.ts'

/** A parameter, or a field of a body; `name` of a nested one is a path such as `addresses[].city`. */
export type Field = { name: string; place: string; type: string; isRequired: boolean; meaning: string }

/** An operation in plain words. */
export type Operation = {
  id: string
  method: string
  path: string
  summary: string
  note: string
  /** Any one of these lines of scopes lets a token in. */
  scopes: string[]
  parameters: Field[]
  body: Field[]
  answer: { status: string; fields: Field[] }
}

/** Operations under the noun that they are about. */
export type Group = { noun: string; operations: Operation[] }

type Schema = {
  type?: string | string[]
  description?: string
  format?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
}
type Described = {
  operationId: string
  summary: string
  description: string
  tags: string[]
  security: { oauth2: string[] }[]
  parameters: { name: string; in: string; required: boolean; description?: string; schema: Schema }[]
  requestBody?: Content
  responses: Record<string, Content>
}
type Content = { content?: Record<string, { schema: Schema }> }

const DEEPEST = 3

/** Reads them off the routes, the nouns in the order of the alphabet. */
export function groupsOf(routes: readonly Route[]): Group[] {
  // Our own document, whose shape `openapi.ts` gives.
  const { paths } = openapiOf(routes) as { paths: Record<string, Record<string, Described>> }
  const groups = new Map<string, Operation[]>()
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, described] of Object.entries(methods)) {
      const noun = described.tags[0] ?? ''
      groups.set(noun, [...(groups.get(noun) ?? []), operationOf(path, method, described)])
    }
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b)).map(([noun, operations]) => ({ noun, operations }))
}

function operationOf(path: string, method: string, described: Described): Operation {
  const [status = '200', answer] = Object.entries(described.responses).find(([code]) => code.startsWith('2')) ?? []
  return {
    id: described.operationId,
    method: method.toUpperCase(),
    path,
    summary: described.summary,
    note: described.description,
    scopes: described.security.map(({ oauth2 }) => oauth2.join(' and ')),
    parameters: described.parameters.map(({ name, in: place, required, description = '', schema }) => ({
      name,
      place,
      type: typeOf(schema),
      isRequired: required,
      meaning: description,
    })),
    body: fieldsOf(schemaOf(described.requestBody), 'body'),
    answer: { status, fields: fieldsOf(schemaOf(answer), 'answer') },
  }
}

function schemaOf(holder: Content | undefined): Schema {
  return holder?.content?.['application/json']?.schema ?? {}
}

function fieldsOf(schema: Schema, place: string, above = '', depth = 0): Field[] {
  if (depth === DEEPEST) return []
  if (schema.items && !schema.properties) return fieldsOf(schema.items, place, `${above}[]`, depth)
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {}).flatMap(([key, each]) => {
    const name = above === '' ? key : `${above}.${key}`
    const own = { name, place, type: typeOf(each), isRequired: required.has(key), meaning: each.description ?? '' }
    return [own, ...fieldsOf(each, place, name, depth + 1)]
  })
}

/** Such as "string (email)", "integer or null", "list of string", "“a” or “b”". */
function typeOf(schema: Schema): string {
  const { type, enum: values, anyOf, items, format } = schema
  if (values) return values.map((value) => JSON.stringify(value)).join(' or ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' or ')
  if (items) return `list of ${typeOf(items)}`
  const name = [type ?? 'anything'].flat().join(' or ')
  return format ? `${name} (${format})` : name
}
