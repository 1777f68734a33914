/** Ending sessions from elsewhere: a person no longer uses one, or it was never his. */
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { type Event, recordEventList } from '../logs/record.ts'
import { deleteSessions, type SessionChoice } from './store.ts'

/**
 * Ends one of the user's sessions. Somebody else's is to him as one that never was.
 *
 * @param event of the operation; user and session are added here
 * @throws ApiError inexistent_session
 */
export async function endSession(tx: Tx, userId: string, sessionId: string, event: Event): Promise<void> {
  const ended = await endEach(tx, userId, { only: sessionId }, event)
  if (ended === 0) throw new ApiError('inexistent_session')
}

/**
 * Ends all of the user's sessions but one; all of them when none is named.
 * @param event of the operation; it is recorded once for each session, and not at all when there is none
 */
export async function endOtherSessions(
  tx: Tx,
  userId: string,
  keptSessionId: string | undefined,
  event: Event,
): Promise<void> {
  await endEach(tx, userId, { allBut: keptSessionId }, event)
}

async function endEach(tx: Tx, userId: string, choice: SessionChoice, event: Event): Promise<number> {
  const ended = await deleteSessions(tx, userId, choice)
  await recordEventList(
    tx,
    ended.map((id) => ({ ...event, userId, target: { kind: 'session', id } })),
  )
  return ended.length
}
