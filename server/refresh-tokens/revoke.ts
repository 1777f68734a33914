import type { Actor } from '../authorization/actor.ts'
import type { Tx } from '../db/database.ts'
import { type RequestInfo, withoutParameters } from '../http/request-info.ts'
import { recordEventList } from '../logs/record.ts'
import { type EndedFamily, endFamilies, type FamilyChoice } from './store.ts'

/** Beyond so many, the event of the operation has to do. */
const MOST_RECORDED = 500

/** Ends families of refresh tokens, and records it for each of them. */
export async function revokeRefreshTokens(
  tx: Tx,
  actor: Actor,
  choice: FamilyChoice,
  request: RequestInfo,
): Promise<EndedFamily[]> {
  const ended = await endFamilies(tx, actor, choice)
  await recordEventList(
    tx,
    ended.slice(0, MOST_RECORDED).map(({ id, user_id: userId, client_id: clientId, session_id }) => ({
      type: 'srrt',
      actor,
      userId,
      clientId,
      target: { kind: 'refresh_token', id },
      details: { credential_id: id, ...(session_id === null ? {} : { session_id }) },
      request: withoutParameters(request),
    })),
  )
  return ended
}
