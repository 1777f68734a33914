/**
 * A token bucket a caller, and Auth0's three headers on every answer. The buckets live in this process: they
 * keep one caller from crowding out the others and protect no secret (guessing is limited in the database). Where several
 * processes answer, each has its share of a bucket.
 */
import { nowSeconds } from '../base/clock.ts'
import type { Bucket, Limits } from '../config-limits.ts'

/** What is left to a caller. */
export type RateLimit = { allowed: boolean; limit: number; remaining: number; resetAt: number }

/** Counts a caller's request. */
export type RateLimiter = (caller: string) => RateLimit

const MOST_CALLERS = 10_000

/** The buckets of applications, of people, and of addresses from which somebody asks who is not known yet. */
export type Buckets = Limits['rateLimitBuckets']

/** One process's share of a bucket: never less than one request at once. */
function shareOf({ size, perSecond }: Bucket, processes: number): Bucket {
  return { size: Math.max(1, Math.floor(size / processes)), perSecond: perSecond / processes }
}

/** Makes the limiter of all callers, who say by the first word of their names what they are. */
export function callerLimiter(enabled: boolean, buckets: Buckets, processes = 1): RateLimiter {
  const limiterOf = (bucket: Bucket) => rateLimiter(enabled, shareOf(bucket, processes))
  const [clients, users, others] = [buckets.client, buckets.user, buckets.address].map(limiterOf)
  if (!clients || !users || !others) throw new Error('A kind of callers has no bucket.')
  return (caller) => {
    if (caller.startsWith('user|')) return users(caller)
    return /^(?:token\|)?client\|/.test(caller) ? clients(caller) : others(caller)
  }
}

/** Makes a limiter; switched off, it counts nobody and refuses nothing. */
export function rateLimiter(enabled: boolean, { size, perSecond }: Bucket): RateLimiter {
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
