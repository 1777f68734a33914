/** The organizations that the pages of a sign-in find: by what somebody types, or among his own. */
import type { FastifyRequest } from 'fastify'
import type { Server } from '../http/server.ts'
import {
  findOrganizationOfDomain,
  findSignInOrganization,
  type SignInOrganization,
} from '../organizations/sign-in-store.ts'
import { newOidcRequest, withinOidcRequest } from './context.ts'
import { choicesOf } from './organization.ts'

/** The organization that somebody means who has not signed in: by its name, or by the domain of his address. */
export async function findOrganization(
  server: Server,
  typed: string,
  by: 'email' | 'organization_name',
): Promise<SignInOrganization | undefined> {
  const { db } = server.database
  if (by === 'organization_name') return await findSignInOrganization(db, { name: typed.toLowerCase() })
  return await findOrganizationOfDomain(db, typed.slice(typed.lastIndexOf('@') + 1))
}

/** Whose organizations are to choose from, for which application, and how many. */
export type Choosing = { clientId: string; userId: string; search: string; limit: number }

/** The organizations that somebody can choose and that fit the search; `all` is how many he has without it. */
export async function listOrganizations(server: Server, request: FastifyRequest, choosing: Choosing) {
  const { clientId, userId, search, limit } = choosing
  return await withinOidcRequest(newOidcRequest(server, request, undefined), async () => {
    const found = await choicesOf(clientId, userId, limit, search)
    const all = search === '' ? found.total : (await choicesOf(clientId, userId, 1)).total
    return { ...found, all }
  })
}
