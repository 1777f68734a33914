import { ApiError } from '../http/errors.ts'

const MOST_KEYS = 10

/**
 * Metadata after a change: names are merged, null takes one away, an empty object takes all (Auth0's rule for
 * metadata everywhere). Undefined when none is left.
 *
 * @throws ApiError invalid_body for more than ten names
 */
export function mergeMetadata(
  current: Record<string, string> | undefined,
  given: Record<string, string | null> | undefined,
): Record<string, string> | undefined {
  if (given === undefined) return current
  if (Object.keys(given).length === 0) return undefined
  const merged: Record<string, string> = { ...current }
  for (const [name, value] of Object.entries(given)) {
    if (value === null) delete merged[name]
    else merged[name] = value
  }
  if (Object.keys(merged).length > MOST_KEYS) {
    throw new ApiError('invalid_body', {
      with: {
        reason: `Payload validation error: 'Too many properties defined, maximum ${MOST_KEYS}' on property metadata.`,
      },
    })
  }
  return Object.keys(merged).length === 0 ? undefined : merged
}
