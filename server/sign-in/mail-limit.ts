/** Keeps a person's mailbox from being filled with mails that anybody can ask for, and tells nobody who has one. */
import { nowSeconds } from '../base/clock.ts'
import { hashToken } from '../base/secrets.ts'
import type { Connection } from '../connections/connection.ts'
import { ApiError } from '../http/errors.ts'
import { rateLimiter } from '../http/rate-limit.ts'
import { perServer, type Server } from '../http/server.ts'
import { fold } from '../users/user.ts'

/** For what was typed, whether anybody has it or not: five in a row, then one a minute. */
const MAILS = { size: 5, perSecond: 1 / 60 }

const limiterOf = perServer(() => rateLimiter(true, MAILS))

/** Counts a mail, and says after how many seconds it may be asked for; 0 stands for now. */
export function secondsUntilMail(server: Server, { id }: Connection, identifier: string): number {
  const { allowed, nextAt } = limiterOf(server)(hashToken(`${id}|${fold(identifier)}`))
  return allowed ? 0 : Math.max(1, nextAt - nowSeconds())
}

/** Counts a mail. @throws ApiError too_many_requests */
export function limitMails(server: Server, connection: Connection, identifier: string): void {
  const retryAfterSeconds = secondsUntilMail(server, connection, identifier)
  if (retryAfterSeconds > 0) throw new ApiError('too_many_requests', { retryAfterSeconds })
}
