/**
 * The request that oidc-provider is working on: its adapter, its policy and its customizers are called without one, and
 * find it here. All that a request reads and writes runs in its one transaction.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyRequest } from 'fastify'
import type { StoredClient } from '../clients/client.ts'
import type { Db, Tx } from '../db/database.ts'
import type { Server } from '../http/server.ts'
import type { MembershipProof, SignInOrganization } from '../organizations/sign-in-store.ts'
import type { User } from '../users/user.ts'

/**
 * Somebody whose password was right, and the generation of his tokens at that moment; in an organization, if he named one;
 * at which application, where it has been read.
 */
export type ProvedUser = {
  userId: string
  generation: number
  organizationId?: string | undefined
  client?: StoredClient
  /** Where he is, if the application has said so (person-address.ts). */
  ip?: string | undefined
}

/** What is known of the request. */
export type OidcRequest = {
  server: Server
  request: FastifyRequest
  tx: Tx | undefined
  /** The clients that were read so far. */
  clients: Map<string, StoredClient | undefined>
  /** The users that were read so far. */
  users: Map<string, User | undefined>
  /** Of each user, under which generation of his tokens this request was earned: what it makes ends with that one. */
  generations: Map<string, number>
  /** The organizations that were read so far. */
  organizations: Map<string, SignInOrganization | undefined>
  /** Of a sign-in to an organization: under which membership what the request makes is earned, and with which it ends. */
  membership: MembershipProof | undefined
  /** Of a password grant: whose password it was. */
  proved: ProvedUser | undefined
  /** Statements of the transaction that nobody waits for but its commit. */
  underWay: Promise<unknown>[]
}

const storage = new AsyncLocalStorage<OidcRequest>()

/** Runs work for a request, and waits for what it has left under way. */
export function withinOidcRequest<T>(context: OidcRequest, work: () => Promise<T>): Promise<T> {
  return storage.run(context, async () => {
    try {
      return await work()
    } finally {
      // What failed first is what is thrown: all that came after it in the transaction failed for it.
      await Promise.all(context.underWay)
    }
  })
}

/** A context in which nothing has been read yet. */
export function newOidcRequest(server: Server, request: FastifyRequest, tx: Tx | undefined): OidcRequest {
  return {
    server,
    request,
    tx,
    clients: new Map(),
    users: new Map(),
    generations: new Map(),
    organizations: new Map(),
    membership: undefined,
    proved: undefined,
    underWay: [],
  }
}

/** The request at hand. @throws Error outside of one, which is our fault */
export function oidcRequest(): OidcRequest {
  const context = storage.getStore()
  if (!context) throw new Error('oidc-provider was called outside of a request.')
  return context
}

/** Where the request at hand reads and writes. */
export function oidcDb(): Db {
  const { tx, server } = oidcRequest()
  return tx ?? server.database.db
}

/**
 * Leaves a statement of the transaction under way: what follows on the same connection comes after it, and the commit
 * waits for it. Should it fail, the transaction does, with its error.
 */
export function meanwhile(statement: Promise<unknown>): void {
  statement.catch(() => {})
  oidcRequest().underWay.push(statement)
}

/** Notes under which generation the request was earned. The first that is seen counts: a later one may be newer. */
export function rememberGeneration(userId: string | undefined, generation: number | undefined): void {
  const { generations } = oidcRequest()
  if (userId !== undefined && generation !== undefined && !generations.has(userId)) generations.set(userId, generation)
}
