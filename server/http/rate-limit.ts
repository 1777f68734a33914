/**
 * A token bucket a caller, and Auth0's three headers on every answer. The buckets live in this process: they
 * keep one caller from crowding out the others and protect no secret (guessing is limited in the database).
 */
import { nowSeconds } from '../base/clock.ts'

/** What is left to a caller. */
export type RateLimit = { allowed: boolean; limit: number; remaining: number; resetAt: number }

/** Counts a caller's request. */
export type RateLimiter = (caller: string) => RateLimit

/** Requests a caller may make at once. */
export const BUCKET_SIZE = 1_000
const REQUESTS = { size: BUCKET_SIZE, perSecond: 500 }
const MOST_CALLERS = 10_000

/** How many requests a caller may make at once, and how many more come to him every second. */
export type Bucket = { size: number; perSecond: number }

/** Makes the limiter; switched off, it counts nobody and refuses nothing. */
export function rateLimiter(enabled: boolean, { size, perSecond }: Bucket = REQUESTS): RateLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (caller) => {
    const at = nowSeconds()
    if (!enabled) return { allowed: true, limit: size, remaining: size, resetAt: at + 1 }
    const bucket = buckets.get(caller) ?? { tokens: size, at }
    // A clock that went back gives nothing and takes nothing.
    bucket.tokens = Math.min(size, bucket.tokens + Math.max(0, at - bucket.at) * perSecond)
    bucket.at = at
    const allowed = bucket.tokens >= 1
    if (allowed) bucket.tokens -= 1
    if (!buckets.has(caller) && buckets.size >= MOST_CALLERS) buckets.clear()
    buckets.set(caller, bucket)
    const missing = size - bucket.tokens
    return {
      allowed,
      limit: size,
      remaining: Math.floor(bucket.tokens),
      resetAt: at + Math.ceil(missing / perSecond),
    }
  }
}
