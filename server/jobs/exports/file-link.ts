/**
 * The link to an exported file (Auth0's `location`). It holds for a minute, for this file alone, and nobody without the
 * server's key can make one; who may read the job gets a new one each time.
 */
import { now, nowSeconds } from '../../base/clock.ts'
import { equalInConstantTime } from '../../base/secrets.ts'
import type { JsonObject } from '../../db/tables.ts'
import type { Server } from '../../http/server.ts'
import type { StoredJob } from '../job.ts'

/** Auth0's minute: within it the download has to begin. */
const LIFETIME_SECONDS = 60

/** Where exported files are. */
export const FILE_PATH = '/exports/:id/:expires/:signature'

/** The link, and until when it holds, as answers show it; nothing where there is no file. */
export function fileLinkOf({ config, secrets }: Server, { id, type, state }: StoredJob): JsonObject {
  if (type !== 'users_export' || state !== 'completed') return {}
  const expires = nowSeconds() + LIFETIME_SECONDS
  const signature = secrets.digest('job_file', `${id}|${expires}`)
  return {
    location: `${config.publicUrl}/exports/${id}/${expires}/${signature}`,
    location_expires_at: new Date(expires * 1_000).toISOString(),
  }
}

/** Whether a link is one of ours, and still holds. */
export function isGoodLink({ secrets }: Server, link: { id: string; expires: string; signature: string }): boolean {
  const { id, expires, signature } = link
  if (!/^\d{1,12}$/.test(expires)) return false
  const expected = secrets.digest('job_file', `${id}|${expires}`)
  return equalInConstantTime(signature, expected) && Number(expires) * 1_000 > now().getTime()
}
