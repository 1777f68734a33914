/**
 * The only place that asks for the time. Tests turn the clock by mocking `Date` (`node:test`), so nothing
 * here or elsewhere may read the time from the database or from a monotonic source for a business rule.
 */

/** The present moment. */
export function now(): Date {
  return new Date()
}

/** The present moment in whole seconds since 1970, as tokens and rate-limit headers count. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

/** The moment so many seconds from now. */
export function secondsFromNow(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000)
}
