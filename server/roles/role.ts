/**
 * Roles: named sets of permissions, given to people tenant-wide. A permission is a scope of an API; a person holds
 * those of his roles and those given to him directly. What is held is read when a token is made, so a change acts with
 * the next token, and at the next refresh. A permission that its API no longer has leaves roles and people with it.
 * The built-in roles (built-in.ts) keep their names and their own permissions; everything else is the tenant's.
 */
import type { Selectable } from 'kysely'
import { type Static, Type } from 'typebox'
import type { RolesTable } from '../db/tables.ts'
import { STORABLE } from '../http/unstorable.ts'

const closed = { additionalProperties: false } as const

/** Auth0's limits. */
export const MOST_ROLES = 1_000
export const MOST_ROLES_OF_A_USER = 50
export const MOST_PERMISSIONS = 1_000

const name = Type.String({ minLength: 1, maxLength: 200, description: 'Name of the role' })
const description = Type.Optional(Type.String({ maxLength: 1_000, description: 'Description of the role' }))

/** Ours: whether administrators of organizations may give the role, as far as they hold its rights over the tenant. */
const open_to_organizations = Type.Optional(
  Type.Boolean({ description: 'Whether administrators of organizations may give it' }),
)

/** Body of a new role. */
export const NewRole = Type.Object({ name, description, open_to_organizations }, closed)

/** Body of a change of a role. */
export const RoleUpdate = Type.Object({ name: Type.Optional(name), description, open_to_organizations }, closed)

/** A role on the wire. */
export const RoleReply = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  open_to_organizations: Type.Optional(Type.Literal(true)),
})

/** The wire form. What Auth0 does not know of is told of where it is so. */
export function roleWire(role: Selectable<Pick<RolesTable, 'id' | 'name' | 'description' | 'open_to_organizations'>>) {
  const { id, name, description, open_to_organizations } = role
  return {
    id,
    name,
    ...(description === null ? {} : { description }),
    ...(open_to_organizations ? { open_to_organizations: true as const } : {}),
  } satisfies Static<typeof RoleReply>
}

const storable = { minLength: 1, maxLength: 600, ...STORABLE } as const

/** The role a route is about. */
export const RoleId = Type.Object({ id: Type.String({ ...storable, description: 'Role id' }) })

/** A permission as it is named in bodies. */
export const PermissionName = Type.Object(
  {
    resource_server_identifier: Type.String({ ...storable, description: 'Identifier of the API' }),
    permission_name: Type.String({ ...storable, description: 'Name of the permission' }),
  },
  closed,
)

/** A permission as it is named in bodies. */
export type PermissionName = Static<typeof PermissionName>

/** Body that adds or removes permissions. */
export const PermissionNames = Type.Object(
  { permissions: Type.Array(PermissionName, { minItems: 1, maxItems: MOST_PERMISSIONS, description: 'Permissions' }) },
  closed,
)

/** Body that gives roles to a user, or takes them away. */
export const RoleIds = Type.Object(
  {
    roles: Type.Array(Type.String({ ...storable, maxLength: 100 }), {
      minItems: 1,
      maxItems: MOST_ROLES_OF_A_USER,
      description: 'Ids of roles',
    }),
  },
  closed,
)

/** Body that gives a role to users. */
export const UserIds = Type.Object(
  {
    users: Type.Array(Type.String({ ...storable, maxLength: 320 }), {
      minItems: 1,
      maxItems: MOST_PERMISSIONS,
      description: 'Ids of users',
    }),
  },
  closed,
)

/** A permission on the wire. */
export const PermissionReply = Type.Object({
  permission_name: Type.String(),
  description: Type.Optional(Type.String()),
  resource_server_name: Type.String(),
  resource_server_identifier: Type.String(),
})

/** A user's permission on the wire, with what he holds it by. */
export const UserPermissionReply = Type.Object({
  ...PermissionReply.properties,
  sources: Type.Array(
    Type.Object({
      source_id: Type.String(),
      source_name: Type.String(),
      source_type: Type.Enum(['DIRECT', 'ROLE']),
    }),
  ),
})

/** A role's member on the wire. */
export const RoleUser = Type.Object({
  user_id: Type.String(),
  picture: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
})
