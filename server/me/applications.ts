/** The applications of others that a person has allowed something, and how he takes that back. */
import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import type { Db, Tx } from '../db/database.ts'
import { withdrawGrants } from '../grants/withdraw.ts'
import { ApiError } from '../http/errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { outwardScope } from '../oidc/resources.ts'

const Scope = Type.Object({
  value: Type.String(),
  description: Type.Optional(Type.String({ description: 'In the words of the API' })),
})

/** An application, and what it may do in the person's name. */
export const AllowedApplication = Type.Object({
  client_id: Type.String(),
  name: Type.String(),
  allowed_at: Type.String({ description: 'When something was allowed first' }),
  access: Type.Array(
    Type.Object({
      api: Type.Optional(Type.String({ description: 'Name of the API; none for who the person is' })),
      scopes: Type.Array(Scope),
    }),
  ),
})

type ApiScope = { value: string; description?: string }

/** Those of a person, the one that was allowed last in front. */
export async function listAllowedApplications(db: Db, userId: string): Promise<Static<typeof AllowedApplication>[]> {
  const rows = await db
    .selectFrom('consents as g')
    .innerJoin('clients as c', 'c.client_id', 'g.client_id')
    .leftJoin('resource_servers as a', 'a.identifier', 'g.audience')
    .select([
      'g.client_id',
      'c.name',
      'g.audience',
      'g.scope',
      'g.created_at',
      'a.name as api_name',
      'a.scopes as known',
    ])
    .where('g.user_id', '=', userId)
    .orderBy(sql`min(g.created_at) over (partition by g.client_id)`, 'desc')
    .orderBy('g.client_id')
    .orderBy('g.audience')
    .execute()
  const applications = new Map<string, Static<typeof AllowedApplication>>()
  for (const { client_id, name, audience, scope, created_at, api_name, known } of rows) {
    const allowed_at = created_at.toISOString()
    const application = applications.get(client_id) ?? { client_id, name, allowed_at, access: [] }
    // Nothing is stored that the schemas of the routes have not let through.
    const descriptions = new Map(((known ?? []) as ApiScope[]).map(({ value, description }) => [value, description]))
    application.access.push({
      // The API can be gone.
      ...(audience === '' ? {} : { api: api_name ?? audience }),
      scopes: scope.map(outwardScope).map((value) => {
        const description = descriptions.get(value)
        return { value, ...(description ? { description } : {}) }
      }),
    })
    if (allowed_at < application.allowed_at) application.allowed_at = allowed_at
    applications.set(client_id, application)
  }
  return [...applications.values()]
}

/**
 * Takes back all that a person has allowed an application; its codes, opaque and refresh tokens of his end with it.
 * @throws ApiError inexistent_application
 */
export async function withdrawApplication(
  tx: Tx,
  actor: Actor,
  { userId, clientId }: { userId: string; clientId: string },
  request: RequestInfo,
): Promise<void> {
  const gone = await withdrawGrants(tx, actor, { userId, clientId }, request)
  if (gone.length === 0) throw new ApiError('inexistent_application')
}
