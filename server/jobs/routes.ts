/** `/api/v2/jobs`: work that goes on after the answer. */
import { Type } from 'typebox'
import { requireClient } from '../clients/store.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { queueVerification } from '../sign-in/request-verification.ts'
import { requireDatabaseIdentity, requireEmail } from '../users/database-identity.ts'
import { IdentityReference } from '../users/schemas.ts'
import { findUser } from '../users/store.ts'
import { mailWorkerOf } from './mail-worker.ts'
import { findVerificationJob } from './verification-email.ts'

const NewVerificationEmail = Type.Object(
  {
    user_id: Type.String({ minLength: 1, maxLength: 320, description: 'User id' }),
    client_id: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: 'Application it is for' })),
    identity: Type.Optional(IdentityReference),
    organization_id: Type.Optional(Type.String({ minLength: 1, maxLength: 50, description: 'Organization it is for' })),
  },
  { additionalProperties: false },
)
const JobReply = Type.Object({
  type: Type.String(),
  status: Type.String(),
  created_at: Type.String(),
  id: Type.String(),
})

export const jobRoutes: readonly Route[] = [
  route({
    kind: 'change',
    method: 'POST',
    url: '/jobs/verification-email',
    operationId: 'post_verification-email',
    summary: 'Send an email address verification email',
    scope: ['update:users'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: NewVerificationEmail,
    reply: { 201: JobReply },
    handler: async ({ tx, actor, info, body, audit }) => {
      // There are none yet.
      if (body.organization_id !== undefined) throw new ApiError('inexistent_organization')
      if (body.client_id !== undefined) await requireClient(tx, body.client_id)
      const user = await findUser(tx, actor, body.user_id)
      if (!user) throw new ApiError('inexistent_user')
      const { connection, identityId, attributes } = await requireDatabaseIdentity(tx, user, body.identity)
      requireEmail(attributes)
      const { user_id: userId, name: userName } = user
      const to = { userId, identity: { connectionId: connection.id, identityId } }
      const id = await queueVerification(tx, { to, actor, clientId: body.client_id, request: info })
      Object.assign(audit, { userId, userName, target: { kind: 'user', id: userId } })
      return await findVerificationJob(tx, id)
    },
    afterCommit: ({ server }) => mailWorkerOf(server).wake(),
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/jobs/:id',
    operationId: 'get_jobs_by_id',
    summary: 'Get a job',
    scope: ['create:users', 'read:users'],
    withinOrganization: 'refused',
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 100, description: 'Id of the job' }) }),
    reply: { 200: JobReply },
    partly: 'of verification mails',
    handler: async ({ db, params }) => {
      const job = await findVerificationJob(db, params.id)
      if (!job) throw new ApiError('inexistent_job')
      return job
    },
  }),
]
