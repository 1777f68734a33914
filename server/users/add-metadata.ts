/** Adding to a user's metadata where nobody sends a change of him: what an invitation brings along. */
import { runHot, type Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { eventsJson } from '../logs/record-batch.ts'
import { mergeMetadata } from './user.ts'
import { CHANGE_METADATA, metadataRowOf, timestamp } from './write.ts'

/** What is added; an empty object adds nothing. */
export type MoreMetadata = { user_metadata?: JsonObject | undefined; app_metadata?: JsonObject | undefined }

/**
 * Merges it into what the user has, one level deep as every change does, and stamps `updated_at`, whether anything is
 * added or not. The event is the caller's, and so is the lock of the user.
 */
export async function addMetadata(tx: Tx, userId: string, more: MoreMetadata): Promise<void> {
  const before = await tx
    .selectFrom('users')
    .select(['user_metadata', 'app_metadata'])
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  const user = {
    user_id: userId,
    updated_at: timestamp(),
    user_metadata: mergeMetadata(before.user_metadata ?? {}, more.user_metadata ?? {}),
    app_metadata: mergeMetadata(before.app_metadata ?? {}, more.app_metadata ?? {}),
  }
  const parts = { user: isSomething(more.user_metadata), app: isSomething(more.app_metadata) }
  await runHot(tx, CHANGE_METADATA, [JSON.stringify([metadataRowOf(user, parts)]), eventsJson([])])
}

// To a change of metadata an empty object takes everything away: such a part is left as it is.
function isSomething(metadata: JsonObject | undefined): boolean {
  return metadata !== undefined && Object.keys(metadata).length > 0
}
