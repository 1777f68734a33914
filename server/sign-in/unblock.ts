/** A person opens his account again, which too many wrong passwords have closed, by the link that he was sent. */

import { clearFailures } from '../attack-protection/store.ts'
import { personActor } from '../authorization/actor.ts'
import { findConnection } from '../connections/store.ts'
import { type Db, transact } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { type RequestInfo, withoutParameters } from '../http/request-info.ts'
import { recordEvent } from '../logs/record.ts'
import { redeemTicket } from '../tickets/redeem.ts'
import { isTicketToken, type Ticket } from '../tickets/ticket.ts'
import { lockUser } from './account-store.ts'

/**
 * Uses the link up and lifts the blocks, for every address. A block by an administrator stays. Of several at once, one
 * does.
 *
 * @param token as in the link, whatever was sent there
 * @returns what the link was for, which is where the page leads back to
 * @throws ApiError invalid_ticket for an unknown, a used and an expired one alike
 */
export async function unblock(db: Db, token: unknown, request: RequestInfo): Promise<Ticket> {
  if (!isTicketToken(token)) throw new ApiError('invalid_ticket')
  return await transact(db, async (tx) => {
    const ticket = await redeemTicket(tx, 'unblock', token)
    const { userId, clientId, connectionId, address } = ticket
    await lockUser(tx, userId)
    await clearFailures(tx, userId)
    const connection = await findConnection(tx, connectionId)
    await recordEvent(tx, {
      type: 'ublkdu',
      actor: personActor(userId, clientId),
      userId,
      ...(address === undefined ? {} : { userName: address }),
      ...(connection ? { connection } : {}),
      request: withoutParameters(request),
    })
    return ticket
  })
}
