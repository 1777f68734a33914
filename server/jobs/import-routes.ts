/** `/api/v2/jobs/users-imports`: users in bulk, from a file. */
import { type Static, Type } from 'typebox'
import { CONNECTION_ID } from '../connections/connection.ts'
import { findConnection } from '../connections/store.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { type Route, route, type Upload } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { operationEvent } from '../http/operation-event.ts'
import { validatorOf } from '../http/validation.ts'
import { recordEvent } from '../logs/record.ts'
import { type ReceivedFile, receiveForm, refuseUpload } from './imports/upload.ts'
import { actorJson, type StoredJob } from './job.ts'
import { jobRunnerOf } from './runner.ts'
import {
  countActive,
  deleteJob,
  enqueueUploaded,
  findJob,
  insertJob,
  lockQueue,
  TOUCH_EVERY_MS,
  touchUpload,
} from './store.ts'
import { JobReply, wireOf } from './wire.ts'

/** So many imports arrive, wait or are worked at (Auth0's). */
const MOST_IMPORTS = 2

const ImportForm = Type.Object({
  users: Type.String({
    contentMediaType: 'application/octet-stream',
    description: 'File with users: a JSON array, or an object a line',
  }),
  connection_id: Type.String({
    pattern: CONNECTION_ID,
    description: 'Id of the database connection that the users will be in',
  }),
  upsert: Type.Optional(Type.Boolean({ description: 'Whether users whose address is known are changed' })),
  external_id: Type.Optional(Type.String({ maxLength: 256, description: "Caller's own name for the job" })),
  send_completion_email: Type.Optional(
    Type.Boolean({
      description:
        'Whether a mail says how the import ended: to the person who asks, or to the administrators where an application does. On by default',
    }),
  ),
  dry_run: Type.Optional(
    Type.Boolean({ description: 'Whether it is only said what would become of each row. Beyond Auth0' }),
  ),
})
type ImportForm = Static<typeof ImportForm>

const checkForm = validatorOf('body', ImportForm)

export const importRoutes: readonly Route[] = [
  route({
    kind: 'use case',
    method: 'POST',
    url: '/jobs/users-imports',
    operationId: 'post_users-imports',
    summary: 'Create import users job',
    scope: ['create:users'],
    withinOrganization: 'refused',
    event: 'sapi',
    multipart: true,
    body: ImportForm,
    reply: { 202: JobReply },
    partly: 'second factors in a file are kept for when sign-in asks for them',
    handler: async (call) => {
      const { server, db, actor, token, info, upload } = call
      const limit = server.config.importFileBytes
      refuseUpload(upload, limit)
      const id = await transact(db, async (tx) => {
        await lockQueue(tx)
        await refuseMore(tx)
        return await insertJob(tx, {
          type: 'users_import',
          state: 'uploading',
          actor: actorJson(actor),
          settings: {},
        })
      })
      // A file may come slowly, and counts all the while.
      const touching = setInterval(() => void touchUpload(db, id).catch(() => {}), TOUCH_EVERY_MS)
      try {
        const { form, file } = await receive(db, id, upload, limit)
        const job = await transact(db, async (tx) => {
          await lockQueue(tx)
          await refuseMore(tx, id)
          const job = await enqueue(tx, id, form, file)
          const operation = { ...CREATED, event: 'sapi' as const, status: 202 }
          const recorded = { ...info, body: { ...form, users: `${file.size_bytes} bytes` } }
          const target = { kind: 'job', id }
          await recordEvent(tx, operationEvent(operation, { actor, token, info: recorded }, { target }))
          return job
        })
        jobRunnerOf(server).wake()
        return wireOf(server, job)
      } catch (error) {
        await deleteJob(db, id)
        throw error
      } finally {
        clearInterval(touching)
      }
    },
  }),
]

const CREATED = {
  operationId: 'post_users-imports',
  summary: 'Create import users job',
  scope: ['create:users'],
} as const

async function receive(db: Db, id: string, upload: Upload, limit: number) {
  const { fields, file } = await receiveForm(db, id, upload, limit)
  // The validator's answer has the shape of its schema.
  const form = checkForm({ ...fields, ...(file ? { users: '' } : {}) }, true) as ImportForm
  if (!file) throw new Error('A form without a file passed.')
  return { form, file }
}

async function refuseMore(db: Db, but?: string): Promise<void> {
  const count = await countActive(db, 'users_import', but)
  if (count < MOST_IMPORTS) return
  throw new ApiError('too_many_jobs', { with: { count, what: 'import users' }, retryAfterSeconds: 5 })
}

async function enqueue(tx: Tx, id: string, form: ImportForm, file: ReceivedFile): Promise<StoredJob> {
  const connection = await findConnection(tx, form.connection_id)
  if (!connection) throw refuse('The connection does not exist.')
  if (connection.strategy !== 'auth0') throw refuse('Users can be imported into a database connection only.')
  const { upsert = false, send_completion_email = true, dry_run = false } = form
  await enqueueUploaded(tx, id, {
    ...file,
    connection_id: connection.id,
    connection_name: connection.name,
    external_id: form.external_id ?? null,
    settings: { upsert, send_completion_email, dry_run },
  })
  const job = await findJob(tx, id)
  if (!job) throw new Error('The job that was just stored is gone.')
  return job
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason } })
}
