import type { Actor } from '../authorization/actor.ts'
import type { Tx } from '../db/database.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { revokeRefreshTokens } from '../refresh-tokens/revoke.ts'
import { deleteGrants, endGivenOut, type Grant, type GrantChoice } from './store.ts'

/**
 * Takes grants away, and ends what came from them: codes, opaque tokens and refresh tokens. A signed token for an API is
 * good until it expires.
 *
 * @returns the grants that were there and that the actor may see
 */
export async function withdrawGrants(
  tx: Tx,
  actor: Actor,
  choice: GrantChoice,
  request: RequestInfo,
): Promise<Grant[]> {
  const gone = await deleteGrants(tx, actor, choice)
  for (const { userId, clientId, audience } of accessesOf(gone, choice)) {
    // First, since it waits for whoever exchanges a code at this moment: his refresh token is there afterwards.
    const kinds =
      audience === undefined ? (['AuthorizationCode', 'AccessToken'] as const) : (['AuthorizationCode'] as const)
    await endGivenOut(tx, { userId, clientId, kinds })
    await revokeRefreshTokens(tx, actor, { userId, clientId, ...(audience === undefined ? {} : { audience }) }, request)
  }
  return gone
}

/** What an application could do in somebody's name, in an API or at all. */
type Access = { userId: string; clientId: string; audience: string | undefined }

function accessesOf(gone: readonly Grant[], choice: GrantChoice): Access[] {
  const isWhole = choice.id === undefined && choice.audience === undefined
  const accesses = gone.map(({ user_id: userId, client_id: clientId, audience }): [string, Access] => {
    // Every token says who somebody is, so without that grant none is left.
    const narrowed = isWhole || audience === '' ? undefined : audience
    return [JSON.stringify([userId, clientId, narrowed]), { userId, clientId, audience: narrowed }]
  })
  return [...new Map(accesses).values()]
}
