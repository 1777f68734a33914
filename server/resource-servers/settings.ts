/** The rules about an API's scopes and settings that a schema cannot say. */
import type { Static } from 'typebox'
import { ApiError } from '../http/errors.ts'
import {
  longestLifetime,
  RESOURCE_SERVER_DEFAULTS,
  type ResourceServer,
  type ResourceServerSettings,
  type StoredSettings,
} from './resource-server.ts'

type GivenSettings = Static<typeof ResourceServerSettings>

/**
 * What would promise a protection that tokens do not get yet. Refusing it is better than an API whose operator
 * believes in it.
 */
const NOT_OFFERED: { [Name in keyof GivenSettings]?: (value: GivenSettings[Name]) => boolean } = {
  token_encryption: (value) => value != null,
  consent_policy: (value) => value != null,
  authorization_policy: (value) => value != null,
  proof_of_possession: (value) => value?.required === true,
}

/**
 * The settings after a change; null takes one away. Where only the lifetime is shortened, that of tokens for browsers
 * stays as it was said: answers and tokens cut it short while it is the longer one.
 *
 * @throws ApiError invalid_body; operation_not_supported for what is not offered
 */
export function settingsWith(current: StoredSettings, given: GivenSettings): StoredSettings {
  refuseNotOffered(given)
  const merged = Object.fromEntries(Object.entries({ ...current, ...given }).filter(([, value]) => value !== null))
  const settings: StoredSettings = { ...RESOURCE_SERVER_DEFAULTS, ...merged }
  if ((given.token_lifetime_for_web ?? 0) <= longestLifetime(settings)) return settings
  throw new ApiError('invalid_body', {
    with: { reason: 'token_lifetime_for_web cannot be greater than token_lifetime.' },
  })
}

function refuseNotOffered(given: GivenSettings): void {
  for (const [name, isAsked] of Object.entries(NOT_OFFERED)) {
    // Each row of the table takes the value of its own name.
    if ((isAsked as (value: unknown) => boolean)(given[name as keyof GivenSettings])) {
      throw new ApiError('operation_not_supported', {
        with: { reason: `${name} is not offered by this server. Nothing was changed.` },
      })
    }
  }
}

/** The scopes, each value once. @throws ApiError invalid_body */
export function uniqueScopes(scopes: ResourceServer['scopes']): ResourceServer['scopes'] {
  const seen = new Set<string>()
  for (const { value } of scopes) {
    if (seen.has(value)) {
      throw new ApiError('invalid_body', {
        with: { reason: `Payload validation error: 'Scope is there more than once: ${value}' on property scopes.` },
      })
    }
    seen.add(value)
  }
  return scopes
}
