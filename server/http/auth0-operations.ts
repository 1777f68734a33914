/** The operations of Auth0's APIs, and how one of ours is matched with its counterpart there. */
import data from '../auth0-operations.data.json' with { type: 'json' }
import type { Route } from './define-route.ts'

/** An operation of Auth0's. */
export type Auth0Operation = {
  /** `management`, `authentication`, `my-account`, `my-organization`, `scim` or `discovery`. */
  api: string
  area: string
  method: string
  /** With parameters in braces: `/api/v2/users/{id}`. */
  path: string
  operationId?: string
  scopes?: string[]
  /** Whether it belongs to what Tenantry is for (`in`) or not (`out`). */
  scope: string
  /** For a list: the name of its entity in an answer with totals; empty for one that is always a bare array. */
  list?: string
  /** A list that is never a bare array. */
  enveloped?: boolean
  /** For settings of something that is not offered: how they stand. They may be set to just that. */
  off?: unknown
}

/** Where the Management API lies. */
export const MANAGEMENT_PREFIX = '/api/v2'

/** Every operation of Auth0's APIs. */
export const AUTH0_OPERATIONS: readonly Auth0Operation[] = data

/** The operations of the Management API. */
export const MANAGEMENT_OPERATIONS = AUTH0_OPERATIONS.filter(({ api }) => api === 'management')

/** A name by which operations match whatever their parameters are called: `GET /api/v2/users/{}`. */
export function matchKey(method: string, path: string): string {
  return `${method} ${path.replace(/\{[^}]+\}|:[^/]+/g, '{}')}`
}

/** The match key of one of our routes of the Management API. */
export function routeKey({ method, url }: Pick<Route, 'method' | 'url'>): string {
  return matchKey(method, `${MANAGEMENT_PREFIX}${url}`)
}

/** The operation at an address, as it was sent; of several that fit, the one that names more of it (`/me` before `/{id}`). */
export function operationAt(
  operations: readonly Auth0Operation[],
  method: string,
  path: string,
): Auth0Operation | undefined {
  const fitting = operations.filter((operation) => operation.method === method && fits(operation.path, path))
  return fitting.sort((left, right) => parametersIn(left) - parametersIn(right))[0]
}

/** Whether a path is one of those that a pattern stands for; its parameters are `{id}` or `:id`. */
export function fits(pattern: string, path: string): boolean {
  const [parts, segments] = [pattern.split('/'), path.split('/')]
  if (parts.length !== segments.length) return false
  return parts.every((part, index) => (/^[{:]/.test(part) ? segments[index] !== '' : part === segments[index]))
}

function parametersIn({ path }: Auth0Operation): number {
  return path.split('{').length - 1
}
