/** `/api/v2/jobs`: work that goes on after the answer. */
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { requireClient } from '../clients/store.ts'
import type { Db } from '../db/database.ts'
import { checkpointKeys } from '../http/checkpoint.ts'
import { NO_CONTENT, type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { checkpointPagingOf, OnlyCheckpointQuery, writeCheckpoint } from '../http/paging.ts'
import { requireMemberInForce } from '../organizations/members.ts'
import { queueVerification } from '../sign-in/request-verification.ts'
import { requireDatabaseIdentity, requireEmail } from '../users/database-identity.ts'
import { IdentityReference } from '../users/schemas.ts'
import { findUser } from '../users/store.ts'
import { cancelJob } from './cancel.ts'
import { listJobs, startersOf } from './list.ts'
import { mailWorkerOf } from './mail-worker.ts'
import { failedRowsText, listRows } from './rows.ts'
import { findJobFor } from './store.ts'
import { findVerificationJob } from './verification-email.ts'
import { JobReply, JobWithStarter, jobsWire, startedByOf, wireOf } from './wire.ts'

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
      const { organization_id: organizationId } = body
      if (body.client_id !== undefined) await requireClient(tx, body.client_id)
      const user = await findUser(tx, actor, body.user_id)
      if (!user) throw new ApiError('inexistent_user')
      if (organizationId !== undefined) await requireMemberInForce(tx, organizationId, user.user_id)
      const { connection, identityId, attributes } = await requireDatabaseIdentity(tx, user, body.identity)
      requireEmail(attributes)
      const { user_id: userId, name: userName } = user
      const to = { userId, identity: { connectionId: connection.id, identityId } }
      const asked = { to, actor, clientId: body.client_id, organizationId, request: info }
      const id = await queueVerification(tx, asked)
      Object.assign(audit, { userId, userName, target: { kind: 'user', id: userId } })
      return await findVerificationJob(tx, id)
    },
    afterCommit: ({ server }) => mailWorkerOf(server).wake(),
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/jobs',
    operationId: 'get_jobs',
    summary: 'List imports and exports, the newest first',
    scope: ['read:users'],
    withinOrganization: 'scoped',
    ours: true,
    query: OnlyCheckpointQuery,
    reply: { 200: Type.Object({ jobs: Type.Array(JobWithStarter), next: Type.Optional(Type.String()) }) },
    handler: async ({ db, actor, query }) => {
      const paging = checkpointPagingOf(query)
      const listed = await listJobs(db, actor, paging)
      const last = listed.at(-1)?.job
      const more = last !== undefined && listed.length === paging.limit
      return {
        jobs: jobsWire(listed),
        ...(more ? { next: writeCheckpoint(checkpointKeys(last, last.id)) } : {}),
      }
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/jobs/:id',
    operationId: 'get_jobs_by_id',
    summary: 'Get a job',
    scope: ['create:users', 'read:users'],
    withinOrganization: 'scoped',
    params: JobParams,
    reply: { 200: JobWithStarter },
    handler: async ({ server, db, actor, params }) => {
      const job = await findJobFor(db, actor, params.id)
      if (!job) return await requireVerificationJob(db, actor, params.id)
      const wire = wireOf(server, job)
      if (organizationOf(actor) === undefined) return wire
      return { ...wire, ...startedByOf((await startersOf(db, actor, [job]))(job)) }
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/jobs/:id/errors',
    operationId: 'get_errors',
    summary: 'Get job error details',
    scope: ['create:users', 'read:users'],
    withinOrganization: 'scoped',
    params: JobParams,
    reply: { 200: Type.Unknown({ description: 'The rows that failed; of a job that failed as a whole, the job' }) },
    handler: async ({ server, db, actor, params }) => {
      const job = await findJobFor(db, actor, params.id)
      if (!job) {
        await requireVerificationJob(db, actor, params.id)
        return NO_CONTENT
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
    summary:
      'List what became of the rows of an import: of a dry run and within an organization all, else those that failed',
    scope: ['create:users', 'read:users'],
    withinOrganization: 'scoped',
    ours: true,
    params: JobParams,
    query: Type.Object({
      after: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'Row to go on after' })),
      take: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Rows at most, 100 by default' })),
      outcome: Type.Optional(Type.Enum(['failed'], { description: 'Leaves out all rows that did not fail' })),
    }),
    reply: { 200: Type.Array(Row) },
    handler: async ({ db, actor, params, query }) => {
      if (!(await findJobFor(db, actor, params.id))) throw new ApiError('inexistent_job')
      return await listRows(db, params.id, query.after ?? 0, query.take ?? 100, query.outcome)
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
    withinOrganization: 'scoped',
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

/** Verification mails are the tenant's: within an organization there are none. */
async function requireVerificationJob(db: Db, actor: Actor, id: string) {
  const mail = organizationOf(actor) === undefined ? await findVerificationJob(db, id) : undefined
  if (!mail) throw new ApiError('inexistent_job')
  return mail
}
