/** `/me/v1/password`. */
import { Type } from 'typebox'
import { route } from '../http/define-route.ts'
import { changePassword } from '../sign-in/change-password.ts'
import { findOneself, type MyAccountRoute, ownIdOf } from './my-account.ts'
import { OwnPassword, ownPasswordOf, refusePasswordChange } from './password.ts'

const Password = (description: string) => Type.String({ minLength: 1, maxLength: 1_024, description })

const PasswordChange = Type.Object(
  { current_password: Password('Present password'), new_password: Password('New password') },
  { additionalProperties: false },
)

export const passwordRoutes: readonly MyAccountRoute[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/password',
    operationId: 'get_me_password',
    summary: 'See what a new password must be',
    scope: ['read:me:profile'],
    withinOrganization: 'scoped',
    reply: { 200: OwnPassword },
    ours: true,
    handler: async (call) => await ownPasswordOf(call.db, await findOneself(call)),
  }),
  route({
    kind: 'use case',
    method: 'PUT',
    url: '/password',
    operationId: 'put_me_password',
    summary: "Change one's own password",
    scope: ['update:me:password'],
    withinOrganization: 'scoped',
    event: 'scp',
    body: PasswordChange,
    reply: { 204: Type.Null() },
    ours: true,
    handler: async (call) => {
      const { server, token, body, info } = call
      const result = await changePassword(server, {
        userId: ownIdOf(call),
        clientId: token.clientId,
        currentPassword: body.current_password,
        newPassword: body.new_password,
        keepSessionId: token.sessionId,
        request: info,
      })
      refusePasswordChange(result)
      return null
    },
  }),
]
