/** Which names metadata may have (Auth0's rules): no dot and no dollar sign anywhere, and none of the profile's own. */
import type { JsonObject } from '../db/tables.ts'
import { ApiError } from '../http/errors.ts'

/** Names that `app_metadata` may not have at its first level. */
const RESERVED: ReadonlySet<string> = new Set([
  '__tenant',
  '_id',
  'blocked',
  'clientID',
  'created_at',
  'email_verified',
  'email',
  'globalClientID',
  'global_client_id',
  'identities',
  'lastIP',
  'lastLogin',
  'loginsCount',
  'metadata',
  'multifactor_last_modified',
  'multifactor',
  'updated_at',
  'user_id',
])

/** @throws ApiError invalid_body, naming the property */
export function refuseMetadataNames(body: {
  user_metadata?: JsonObject | null
  app_metadata?: JsonObject | null
}): void {
  refuseCharacters(body.user_metadata, 'user_metadata')
  refuseCharacters(body.app_metadata, 'app_metadata')
  const reserved = Object.keys(body.app_metadata ?? {}).find((name) => RESERVED.has(name))
  if (reserved !== undefined) refuse(`Reserved property name: ${reserved}`, 'app_metadata')
}

function refuseCharacters(value: unknown, path: string): void {
  if (value === null || typeof value !== 'object') return
  for (const [name, item] of Object.entries(value)) {
    if (!Array.isArray(value) && /[.$]/.test(name)) refuse(`Property names must not contain . or $: ${name}`, path)
    refuseCharacters(item, path)
  }
}

function refuse(reason: string, path: string): never {
  throw new ApiError('invalid_body', {
    with: { reason: `Payload validation error: '${reason.slice(0, 200)}' on property ${path} (Metadata).` },
  })
}
