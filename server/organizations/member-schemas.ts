/** What routes about members take. */
import { Type } from 'typebox'
import { STORABLE } from '../http/unstorable.ts'
import { MOST_ROLES_OF_A_USER } from '../roles/role.ts'
import { OrganizationId } from './organization.ts'

const closed = { additionalProperties: false } as const

/** Auth0 takes so many at once. */
const MOST_AT_ONCE = 100

/** The member that a route is about. */
export const MemberId = Type.Object({
  ...OrganizationId.properties,
  user_id: Type.String({ minLength: 1, maxLength: 320, ...STORABLE, description: 'User id' }),
})

/** Body that makes people members, or lets them go. Auth0 lets it say more, which means nothing. */
export const MemberIds = Type.Object({
  members: Type.Array(Type.String({ minLength: 1, maxLength: 320 }), {
    minItems: 1,
    maxItems: MOST_AT_ONCE,
    description: 'Ids of users',
  }),
})

/** Body that gives a member roles, or takes them. */
export const MemberRoleIds = Type.Object(
  {
    roles: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
      minItems: 1,
      maxItems: MOST_ROLES_OF_A_USER,
      description: 'Ids of roles',
    }),
  },
  closed,
)
