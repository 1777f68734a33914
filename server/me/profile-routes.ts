/** `/me/v1/profile`. */
import { Type } from 'typebox'
import { route } from '../http/define-route.ts'
import { operationEvent } from '../http/operation-event.ts'
import { type OwnChange, ownUpdateOf, refuseOwnChange } from '../users/own-profile.ts'
import { updaterOf } from '../users/patch.ts'
import { findOneself, type MyAccountRoute, ownIdOf } from './my-account.ts'
import { OwnProfile, ownProfileOf } from './profile.ts'

const CHANGE = {
  operationId: 'patch_me_profile',
  summary: "Change one's own profile",
  event: 'sapi',
  scope: ['update:me:profile'],
} as const

/** Any field by its name: which ones there are, and of what shape, the attributes table says. */
const ProfileChange = Type.Unsafe<OwnChange>(
  Type.Object(
    { user_metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Metadata' })) },
    { additionalProperties: true },
  ),
)

export const profileRoutes: readonly MyAccountRoute[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/profile',
    operationId: 'get_me_profile',
    summary: "See one's own profile",
    scope: ['read:me:profile'],
    withinOrganization: 'scoped',
    reply: { 200: OwnProfile },
    ours: true,
    handler: async (call) => await ownProfileOf(call.db, await findOneself(call)),
  }),
  route({
    kind: 'use case',
    method: 'PATCH',
    url: '/profile',
    ...CHANGE,
    withinOrganization: 'scoped',
    body: ProfileChange,
    reply: { 200: OwnProfile },
    ours: true,
    handler: async (call) => {
      const { server, token, actor, body, db } = call
      refuseOwnChange(body)
      const user = await updaterOf(server)({
        token,
        actor,
        userId: ownIdOf(call),
        body: (before) => ownUpdateOf(before, body),
        prepared: undefined,
        event: operationEvent({ ...CHANGE, status: 200 }, call, {}),
      })
      return await ownProfileOf(db, user)
    },
  }),
]
