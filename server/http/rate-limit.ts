/**
 * A token bucket a caller, and Auth0's three headers on every answer. The buckets live in this process: they
 * keep one caller from crowding out the others and protect no secret (guessing is limited in the database). Where several
 * processes answer, each has its share of a bucket.
 */
import { nowSeconds } from '../base/clock.ts'
import type { Bucket, Limits } from '../config-limits.ts'

/** What is left to a caller; when, in seconds of the epoch, the bucket is full again, and when there is one more in it. */
export type RateLimit = { allowed: boolean; limit: number; remaining: number; resetAt: number; nextAt: number }

/** Counts a caller's request. */
export type RateLimiter = (caller: string) => RateLimit

/** So many buckets are kept, and so many are left when there are more. */
const MOST_CALLERS = 10_000
const KEPT_CALLERS = 7_500

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
  const buckets = new Map<string, Level>()
  return (caller) => {
    const at = nowSeconds()
    if (!enabled) return { allowed: true, limit: size, remaining: size, resetAt: at + 1, nextAt: at }
    const bucket = buckets.get(caller) ?? { tokens: size, at }
    bucket.tokens = tokensAt(bucket, { size, perSecond }, at)
    bucket.at = at
    const allowed = bucket.tokens >= 1
    if (allowed) bucket.tokens -= 1
    if (!buckets.has(caller) && buckets.size >= MOST_CALLERS) forgetFullest(buckets, { size, perSecond }, at)
    buckets.set(caller, bucket)
    const until = (tokens: number) => at + Math.ceil(Math.max(0, tokens - bucket.tokens) / perSecond)
    return {
      allowed,
      limit: size,
      remaining: Math.floor(bucket.tokens),
      resetAt: until(size),
      nextAt: until(1),
    }
  }
}

type Level = { tokens: number; at: number }

/** What is in a bucket by now. A clock that went back gives nothing and takes nothing. */
function tokensAt({ tokens, at }: Level, { size, perSecond }: Bucket, now: number): number {
  return Math.min(size, tokens + Math.max(0, now - at) * perSecond)
}

/**
 * Makes room. A full bucket says no more than none, and one that is nearly full is missed least: whoever has used his up
 * keeps it, however many come with new names to have it forgotten.
 */
function forgetFullest(buckets: Map<string, Level>, bucket: Bucket, now: number): void {
  const levels = [...buckets].map(([caller, level]) => ({ caller, tokens: tokensAt(level, bucket, now) }))
  levels.sort((left, right) => right.tokens - left.tokens)
  for (const { caller, tokens } of levels) {
    if (buckets.size <= KEPT_CALLERS && tokens < bucket.size) break
    buckets.delete(caller)
  }
}
