/**
 * Who acts. Every use case takes an actor, whichever door the request came through: an application, a
 * person, a customer's administrator, or the server itself.
 */
import type { Scope } from './scopes.ts'

/** An application that acts in its own name. */
export type ClientActor = { kind: 'client'; clientId: string; scopes: ReadonlySet<string>; organizationId?: string }

/**
 * A person. With `organizationId` he is that organization's administrator, as far as his scopes go, and every
 * act stays within it; without it he is an operator, or acts on his own account. `clientId` is the application he
 * came through, undefined for a link that led him to a page of ours.
 */
export type UserActor = {
  kind: 'user'
  userId: string
  clientId: string | undefined
  scopes: ReadonlySet<string>
  /** All rights that he holds at present, of which a token may carry a part (authority.ts); unknown where nobody asked. */
  held?: ReadonlySet<string>
  organizationId?: string
}

/** The server itself: the first start, a job, a command line. */
export type SystemActor = { kind: 'system'; name: string }

/** Whoever acts. */
export type Actor = ClientActor | UserActor | SystemActor

/** A person who acts on his own account, by a page or an application; no scope is his. */
export function personActor(userId: string, clientId: string | undefined): UserActor {
  return { kind: 'user', userId, clientId, scopes: new Set() }
}

/** The person, where he is known; else the application through which somebody asks. */
export function personOrClient(userId: string | undefined, clientId: string): UserActor | ClientActor {
  return userId === undefined ? clientActor(clientId) : personActor(userId, clientId)
}

/** An application that asks; no scope is its. */
export function clientActor(clientId: string): ClientActor {
  return { kind: 'client', clientId, scopes: new Set() }
}

/** Whether the actor may do what any of these scopes stands for. The server itself may do everything. */
export function holdsAny(actor: Actor, scopes: readonly Scope[]): boolean {
  return actor.kind === 'system' || scopes.some((scope) => actor.scopes.has(scope))
}

/** What the actor has rights to, whatever part of it he acts by: what he may give, and who is above him, goes by it. */
export function rightsOf(actor: Actor): ReadonlySet<string> {
  if (actor.kind === 'system') return new Set()
  return actor.kind === 'user' ? (actor.held ?? actor.scopes) : actor.scopes
}

/** The organization beyond which the actor sees nothing; undefined when he sees the whole tenant. */
export function organizationOf(actor: Actor): string | undefined {
  return actor.kind === 'system' ? undefined : actor.organizationId
}

/** Whether the actor's token is good for his own account only: a person who holds no tenant-wide scope. */
export function isOwnAccountOnly(actor: Actor, scopes: readonly string[]): boolean {
  return actor.kind === 'user' && !scopes.some((scope) => !scope.includes(':current_user') && actor.scopes.has(scope))
}
