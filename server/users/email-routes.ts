import { Type } from 'typebox'
import { enqueueEmail } from '../emails/enqueue.ts'
import type { EmailTemplateName } from '../emails/templates.ts'
import { refuseUnsendable } from '../emails/unsendable.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { refuseMembers } from '../organizations/protection.ts'
import { limitMails } from '../sign-in/mail-limit.ts'
import { queueVerification } from '../sign-in/request-verification.ts'
import { requireDatabaseIdentity, requireEmail } from './database-identity.ts'
import { IdentityReference, UserIdParams } from './schemas.ts'
import { findUser } from './store.ts'
import { isToVerify } from './user.ts'

/** TABLE: the template of each kind. */
const TEMPLATES = {
  password_reset: 'reset_email',
  email_verification: 'verify_email',
} as const satisfies Record<string, EmailTemplateName>

const NewEmail = Type.Object(
  {
    kind: Type.Enum(['password_reset', 'email_verification'], { description: 'Which mail' }),
    identity: Type.Optional(IdentityReference),
  },
  { additionalProperties: false },
)

/** `/api/v2/users/:id/emails`: links that go to the person's stored address and to nobody else. */
export const userEmailRoutes: readonly Route[] = [
  route({
    kind: 'change',
    method: 'POST',
    url: '/users/:id/emails',
    operationId: 'post_user_emails',
    summary: 'Send a user a link by mail',
    scope: ['create:user_tickets', 'update:users'],
    withinOrganization: 'member',
    ours: true,
    event: 'sapi',
    params: UserIdParams,
    body: NewEmail,
    reply: { 202: Type.Object({ kind: Type.String(), email: Type.String({ description: 'Where it is sent' }) }) },
    handler: async ({ server, tx, actor, info, params, body, audit }) => {
      const user = await findUser(tx, actor, params.id)
      if (!user) throw new ApiError('inexistent_user')
      await refuseMembers(tx, actor, [user.user_id])
      const { connection, identityId, attributes } = await requireDatabaseIdentity(tx, user, body.identity)
      const email = requireEmail(attributes)
      if (body.kind === 'email_verification' && !isToVerify(attributes)) throw new ApiError('email_verified_already')
      if (body.kind === 'password_reset' && connection.options.disable_self_service_change_password) {
        const reason = 'Passwords of this connection are not reset by mail.'
        throw new ApiError('mail_switched_off', { with: { reason } })
      }
      await refuseUnsendable(tx, TEMPLATES[body.kind], user.user_id)
      limitMails(server, connection, email)
      const { user_id: userId, name: userName } = user
      const to = { userId, identity: { connectionId: connection.id, identityId } }
      const organizationId = actor.kind === 'system' ? undefined : actor.organizationId
      const common = { to, clientId: undefined, organizationId, request: info }
      if (body.kind === 'email_verification') await queueVerification(tx, { ...common, actor })
      else await enqueueEmail(tx, { ...common, template: TEMPLATES[body.kind] })
      Object.assign(audit, { userId, userName, target: { kind: 'user', id: userId } })
      return { kind: body.kind, email }
    },
    afterCommit: ({ server }) => mailWorkerOf(server).wake(),
  }),
]
