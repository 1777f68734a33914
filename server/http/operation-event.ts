/** The event of an API's operation that was done: who called which route with what, and what came of it. */
import type { Actor } from '../authorization/actor.ts'
import type { EventType } from '../logs/event-types.ts'
import type { Event } from '../logs/record.ts'
import type { Token } from './authenticate.ts'
import { type AnyScope, type Audit, type ScopeRule, scopesOf } from './define-route.ts'
import { maskSecrets, type RequestInfo } from './request-info.ts'

/** What of a route goes into its events. */
export type Operation = {
  operationId: string
  summary: string
  scope: ScopeRule<AnyScope>
  event: EventType
  status: number
}

/** Makes the event. Secrets in `before` and `after` are masked here. */
export function operationEvent(
  operation: Operation,
  call: { actor: Actor; token: Token; info: RequestInfo },
  audit: Audit,
): Event {
  const { before, after, details, ...target } = audit
  const { jti } = call.token
  return {
    type: operation.event,
    actor: call.actor,
    description: operation.summary,
    operation: operation.operationId,
    request: call.info,
    status: operation.status,
    ...target,
    ...(before === undefined ? {} : { before: maskSecrets(before) }),
    ...(after === undefined ? {} : { after: maskSecrets(after) }),
    details: { ...details, scopes: [...scopesOf(operation.scope)], ...(jti ? { jti } : {}) },
  }
}
