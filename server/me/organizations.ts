/** The organizations of a person, as he is told of them. */
import { type Static, Type } from 'typebox'
import type { Db } from '../db/database.ts'
import { listOwnMemberships } from '../organizations/sign-in-store.ts'

/** An organization of his. */
export const OwnOrganization = Type.Object({
  id: Type.String(),
  name: Type.String(),
  display_name: Type.String(),
  branding: Type.Object({}, { additionalProperties: true, description: 'Logo and colours, as far as it has some' }),
  roles: Type.Array(Type.String(), { description: 'Names of his roles there' }),
  joined_at: Type.String(),
  administers: Type.Boolean({ description: 'Whether his roles carry rights at the Management API' }),
})

/** Those in which his membership is in force, the one that he signed in to last in front. */
export async function listOwnOrganizations(db: Db, userId: string): Promise<Static<typeof OwnOrganization>[]> {
  const memberships = await listOwnMemberships(db, userId)
  return memberships.map(({ id, name, displayName, branding, roles, joinedAt, administers }) => ({
    id,
    name,
    display_name: displayName,
    branding,
    roles,
    joined_at: joinedAt.toISOString(),
    administers,
  }))
}
