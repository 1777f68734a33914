/** A person asks for a link to choose a new password. */
import { type Actor, clientActor } from '../authorization/actor.ts'
import type { Connection } from '../connections/connection.ts'
import type { NewEmail } from '../emails/enqueue.ts'
import { emailQueue } from '../emails/enqueue-batch.ts'
import { ApiError } from '../http/errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { perServer, type Server } from '../http/server.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { recordEvent } from '../logs/record.ts'
import { limitMails } from './mail-limit.ts'

/** Who asks for whom. `identifier` is what was typed; whether anybody has it is not looked up here. */
export type ResetRequest = {
  connection: Connection
  identifier: string
  clientId: string | undefined
  organizationId?: string | undefined
  /** Language of the page; the user's own wins. */
  language?: string | undefined
  request: RequestInfo
}

/**
 * Queues the mail. Known and unknown identifiers cause the same work and the same answer: the account is looked up when
 * the mail is sent.
 *
 * @throws ApiError self_service_reset_disabled, too_many_requests, for whomever is asked
 */
export async function requestPasswordReset(server: Server, asked: ResetRequest): Promise<void> {
  const { connection, clientId, organizationId, language, request } = asked
  const identifier = typedIdentifier(asked.identifier)
  const event = { actor: askerOf(clientId, 'password page'), userName: identifier, connection, request }
  if (connection.options.disable_self_service_change_password) {
    await recordEvent(server.database.db, { ...event, type: 'fcpr', details: { error: 'self_service_reset_disabled' } })
    throw new ApiError('self_service_reset_disabled')
  }
  limitMails(server, connection, identifier)
  const to = { connectionId: connection.id, identifier }
  const email: NewEmail = { template: 'reset_email', to, clientId, organizationId, language, request }
  await queueOf(server)(email, { ...event, type: 'scpr' })
  mailWorkerOf(server).wake()
}

const queueOf = perServer((server) => emailQueue(server.database))

const LONGEST_IDENTIFIER = 320

/** What was typed, cut to what an identifier can be and PostgreSQL can store. */
export function typedIdentifier(text: string): string {
  return text.toWellFormed().replaceAll('\0', '').trim().slice(0, LONGEST_IDENTIFIER).toWellFormed()
}

/** Somebody of whom nothing is proved: his application acts, or the page he is on. */
export function askerOf(clientId: string | undefined, page: string): Actor {
  return clientId === undefined ? { kind: 'system', name: page } : clientActor(clientId)
}
