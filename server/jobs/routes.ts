/** `/api/v2/jobs`: work that goes on after the answer. */
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { requireClient } from '../clients/store.ts'
import { NO_CONTENT, type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { queueVerification } from '../sign-in/request-verification.ts'
import { requireDatabaseIdentity, requireEmail } from '../users/database-identity.ts'
import { IdentityReference } from '../users/schemas.ts'
import { findUser } from '../users/store.ts'
import { cancelJob } from './cancel.ts'
import { mailWorkerOf } from './mail-worker.ts'
import { failedRowsText, listRows } from './rows.ts'
import { findJob } from './store.ts'
import { findVerificationJob } from './verification-email.ts'
import { JobReply, wireOf } from './wire.ts'

const NewVerificationEmail = Type.Object(
  {
    user_id: Type.String({ minLength: 1, maxLength: 320, description: 'User id' }),
    client_id: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: 'Application it is for' })),
    identity: Type.Optional(IdentityReference),
    organization_id: Type.Optional(Type.String({ minLength: 1, maxLength: 50, description: 'Organization it is for' })),
  },
  { additionalProperties: false },
)
const JobParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 100, description: 'Id of the job' }),
})

const Row = Type.Object({
  row: Type.Integer({ description: 'Which one of the file, from 1' }),
  outcome: Type.String({ description: '`inserted`, `updated`, `unchanged` or `failed`' }),
  user_id: Type.Optional(Type.String()),
  user: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  errors: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
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
    params: JobParams,
    reply: { 200: JobReply },
    handler: async ({ server, db, params }) => {
      const job = await findJob(db, params.id)
      if (job) return wireOf(server, job)
      const mail = await findVerificationJob(db, params.id)
      if (!mail) throw new ApiError('inexistent_job')
      return mail
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/jobs/:id/errors',
    operationId: 'get_errors',
    summary: 'Get job error details',
    scope: ['create:users', 'read:users'],
    withinOrganization: 'refused',
    params: JobParams,
    reply: { 200: Type.Unknown({ description: 'The rows that failed; of a job that failed as a whole, the job' }) },
    handler: async ({ server, db, params }) => {
      const job = await findJob(db, params.id)
      if (!job) {
        if (await findVerificationJob(db, params.id)) return NO_CONTENT
        throw new ApiError('inexistent_job')
      }
      if (job.failed > 0) return Readable.from(failedRowsText(db, job.id), { objectMode: false })
      return job.state === 'failed' ? wireOf(server, job) : NO_CONTENT
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/jobs/:id/rows',
    operationId: 'get_job_rows',
    summary: 'List what became of the rows of an import: of a dry run all, otherwise those that failed',
    scope: ['create:users', 'read:users'],
    withinOrganization: 'refused',
    ours: true,
    params: JobParams,
    query: Type.Object({
      after: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'Row to go on after' })),
      take: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Rows at most, 100 by default' })),
    }),
    reply: { 200: Type.Array(Row) },
    handler: async ({ db, params, query }) => {
      if (!(await findJob(db, params.id))) throw new ApiError('inexistent_job')
      return await listRows(db, params.id, query.after ?? 0, query.take ?? 100)
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/jobs/:id/cancel',
    operationId: 'cancel_job',
    summary: 'Cancel a job that has not ended',
    // As whoever may ask for the one or the other; an import is cancelled by whoever may ask for one.
    scope: ['create:users', 'read:users'],
    withinOrganization: 'refused',
    ours: true,
    event: 'sapi',
    params: JobParams,
    reply: { 202: JobReply },
    handler: async ({ server, tx, actor, params, audit }) => {
      audit.target = { kind: 'job', id: params.id }
      return wireOf(server, await cancelJob(tx, actor, params.id))
    },
  }),
]
