/** `/api/v2/jobs/users-imports`: users in bulk, from a file. */
import { type Static, Type } from 'typebox'
import { organizationOf } from '../authorization/actor.ts'
import { CONNECTION_ID, connectionOf } from '../connections/connection.ts'
import type { Db } from '../db/database.ts'
import { type Route, route, type Upload } from '../http/define-route.ts'
import { operationEvent } from '../http/operation-event.ts'
import { validatorOf } from '../http/validation.ts'
import { recordEvent } from '../logs/record.ts'
import { usernameRuleOf } from '../users/identifier-rules.ts'
import { listOwnConnections } from '../users/members/create.ts'
import { beginImport, type NewImport } from './imports/begin-import.ts'
import { receiveForm, refuseUpload } from './imports/upload.ts'
import { jobRunnerOf } from './runner.ts'
import { JobReply, wireOf } from './wire.ts'

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

const ImportConnection = Type.Object({
  id: Type.String(),
  name: Type.String(),
  username: Type.Enum(['required', 'optional', 'inactive'], { description: 'Whether accounts in it have user names' }),
})

const checkForm = validatorOf('body', ImportForm)

export const importRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/jobs/import-connections',
    operationId: 'get_import_connections',
    summary: 'List the connections into which the caller can import users',
    scope: ['create:users'],
    withinOrganization: 'scoped',
    ours: true,
    reply: { 200: Type.Object({ connections: Type.Array(ImportConnection) }) },
    handler: async ({ db, actor }) => {
      const organizationId = organizationOf(actor)
      const connections =
        organizationId === undefined
          ? (
              await db.selectFrom('connections').selectAll().where('strategy', '=', 'auth0').orderBy('name').execute()
            ).map(connectionOf)
          : await listOwnConnections(db, organizationId)
      return {
        connections: connections.map(({ id, name, options }) => ({ id, name, username: usernameRuleOf(options) })),
      }
    },
  }),
  route({
    kind: 'use case',
    method: 'POST',
    url: '/jobs/users-imports',
    operationId: 'post_users-imports',
    summary: 'Create import users job',
    scope: ['create:users'],
    withinOrganization: 'scoped',
    event: 'sapi',
    multipart: true,
    body: ImportForm,
    reply: { 202: JobReply },
    partly: 'second factors in a file are kept for when sign-in asks for them',
    handler: async (call) => {
      const { server, db, actor, token, info, upload } = call
      const limit = server.config.importFileBytes
      refuseUpload(upload, limit)
      const job = await beginImport(db, {
        actor,
        receive: (id) => receive(db, id, upload, limit),
        record: async (tx, { id, size_bytes, settings, connection_id, external_id }) => {
          const operation = { ...CREATED, event: 'sapi' as const, status: 202 }
          const form = { ...settings, connection_id, ...(external_id === null ? {} : { external_id }) }
          const recorded = { ...info, body: { ...form, users: `${size_bytes} bytes` } }
          const target = { kind: 'job', id }
          await recordEvent(tx, operationEvent(operation, { actor, token, info: recorded }, { target }))
        },
      })
      jobRunnerOf(server).wake()
      return wireOf(server, job)
    },
  }),
]

const CREATED = {
  operationId: 'post_users-imports',
  summary: 'Create import users job',
  scope: ['create:users'],
} as const

async function receive(db: Db, id: string, upload: Upload, limit: number): Promise<NewImport> {
  const { fields, file } = await receiveForm(db, id, upload, limit)
  // The validator's answer has the shape of its schema.
  const form = checkForm({ ...fields, ...(file ? { users: '' } : {}) }, true) as ImportForm
  if (!file) throw new Error('A form without a file passed.')
  const { connection_id: connectionId, external_id: externalId } = form
  const { upsert = false, send_completion_email = true, dry_run = false } = form
  return { file, connectionId, externalId, settings: { upsert, send_completion_email, dry_run } }
}
