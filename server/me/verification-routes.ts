/** `/me/v1/verification-email`. */
import { Type } from 'typebox'
import { organizationOf } from '../authorization/actor.ts'
import { refuseUnsendable } from '../emails/unsendable.ts'
import { route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { LANGUAGES } from '../pages/texts.ts'
import { limitMails } from '../sign-in/mail-limit.ts'
import { queueVerification } from '../sign-in/request-verification.ts'
import { requireDatabaseIdentity, requireEmail } from '../users/database-identity.ts'
import { findUser } from '../users/store.ts'
import { isToVerify } from '../users/user.ts'
import { type MyAccountRoute, ownIdOf } from './my-account.ts'

const Asked = Type.Object(
  {
    language: Type.Optional(
      Type.Enum(Object.keys(LANGUAGES), { description: 'Of the mail, where the profile names none' }),
    ),
  },
  { additionalProperties: false },
)

export const verificationRoutes: readonly MyAccountRoute[] = [
  route({
    kind: 'change',
    method: 'POST',
    url: '/verification-email',
    operationId: 'post_me_verification_email',
    summary: 'Have the mail sent that verifies one’s address',
    scope: ['update:me:profile'],
    withinOrganization: 'scoped',
    event: 'sapi',
    body: Asked,
    reply: { 202: Type.Object({ email: Type.String({ description: 'Where it is sent' }) }) },
    ours: true,
    handler: async (call) => {
      const { server, tx, actor, token, body, info, audit } = call
      const user = await findUser(tx, actor, ownIdOf(call))
      // Deleted a moment ago.
      if (!user) throw new ApiError('invalid_token')
      const { connection, identityId, attributes } = await requireDatabaseIdentity(tx, user, undefined)
      const email = requireEmail(attributes)
      if (!isToVerify(user)) throw new ApiError('email_verified_already')
      await refuseUnsendable(tx, 'verify_email', user.user_id)
      limitMails(server, connection, email)
      const { user_id: userId, name: userName } = user
      const to = { userId, identity: { connectionId: connection.id, identityId } }
      const common = { organizationId: organizationOf(actor), language: body.language, request: info }
      await queueVerification(tx, { to, actor, clientId: token.clientId, ...common })
      Object.assign(audit, { userId, userName, target: { kind: 'user', id: userId } })
      return { email }
    },
    afterCommit: ({ server }) => mailWorkerOf(server).wake(),
  }),
]
