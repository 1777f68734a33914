/** A mail is asked for once more by which an address is verified. */
import type { Actor } from '../authorization/actor.ts'
import type { Connection } from '../connections/connection.ts'
import { type Db, transact } from '../db/database.ts'
import { enqueueEmail, type IdentityKey } from '../emails/enqueue.ts'
import type { RequestInfo } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { recordEvent } from '../logs/record.ts'
import { limitMails } from './mail-limit.ts'
import { askerOf, typedIdentifier } from './request-reset.ts'

/** Who asks for whom: for a user, or for what was typed, which is looked up when the mail is sent. */
export type VerificationRequest = {
  to: { userId: string; identity?: IdentityKey } | { connection: Connection; identifier: string }
  /** Who asks, where it is not the person himself on a page of ours. */
  actor?: Actor
  clientId: string | undefined
  organizationId?: string | undefined
  /** Language of the page; the user's own wins. */
  language?: string | undefined
  request: RequestInfo
}

/**
 * Queues the mail and has it sent. Does the same work for known and unknown identifiers.
 * @throws ApiError too_many_requests, for what was typed
 */
export async function requestVerification(server: Server, asked: VerificationRequest): Promise<void> {
  const { to } = asked
  if ('connection' in to) limitMails(server, to.connection, typedIdentifier(to.identifier))
  await transact(server.database.db, (tx) => queueVerification(tx, asked))
  mailWorkerOf(server).wake()
}

/** Queues the mail in the caller's transaction, and answers its id. */
export async function queueVerification(tx: Db, asked: VerificationRequest): Promise<string> {
  const { actor, clientId, organizationId, language, request } = asked
  const to = typed(asked.to)
  const event = { actor: actor ?? askerOf(clientId, 'verification page'), request }
  const id = await enqueueEmail(tx, {
    template: 'verify_email',
    to: 'userId' in to ? to : { connectionId: to.connection.id, identifier: to.identifier },
    clientId,
    organizationId,
    language,
    request,
  })
  const whom = 'userId' in to ? { userId: to.userId } : { userName: to.identifier, connection: to.connection }
  await recordEvent(tx, { ...event, ...whom, type: 'svr' })
  return id
}

function typed(to: VerificationRequest['to']): VerificationRequest['to'] {
  return 'userId' in to ? to : { ...to, identifier: typedIdentifier(to.identifier) }
}
