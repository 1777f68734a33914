/** Writes what is left of a caller's bucket on the answer, and refuses him when it is empty. */
import type { FastifyReply } from 'fastify'
import { nowSeconds } from '../base/clock.ts'
import { ApiError } from './errors.ts'
import type { RateLimiter } from './rate-limit.ts'

/** @throws ApiError too_many_requests */
export function applyRateLimit(limiter: RateLimiter, caller: string, reply: FastifyReply): void {
  const { allowed, limit, remaining, resetAt, nextAt } = limiter(caller)
  reply.headers({ 'x-ratelimit-limit': limit, 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': resetAt })
  if (!allowed) throw new ApiError('too_many_requests', { retryAfterSeconds: Math.max(1, nextAt - nowSeconds()) })
}
