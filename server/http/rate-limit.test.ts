import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { callerLimiter } from './rate-limit.ts'

const BUCKETS = {
  client: { size: 6, perSecond: 2 },
  user: { size: 4, perSecond: 1 },
  address: { size: 2, perSecond: 1 },
}

describe('the limits of requests', () => {
  afterEach(() => mock.timers.reset())
  const allowedOf = (limiter: ReturnType<typeof callerLimiter>, caller: string, times = 20) =>
    Array.from({ length: times }, () => limiter(caller)).filter(({ allowed }) => allowed).length

  it('are one bucket an application, a person and an address, each of its own size', () => {
    mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 })
    const limiter = callerLimiter(true, BUCKETS)
    for (const [caller, size] of [
      ['client|a', 6],
      ['client|b', 6],
      ['token|client|a', 6],
      ['user|auth0|a', 4],
      ['authorize|10.0.0.1', 2],
      ['token|address|10.0.0.1', 2],
    ] as const) {
      assert.equal(allowedOf(limiter, caller), size, caller)
    }
    mock.timers.setTime(1_700_000_002_000)
    assert.equal(allowedOf(limiter, 'client|a'), 4)
    assert.equal(allowedOf(limiter, 'user|auth0|a'), 2)
  })

  it('hold for whoever has used his up, however many others come', () => {
    mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 })
    const limiter = callerLimiter(true, BUCKETS)
    assert.equal(allowedOf(limiter, 'authorize|10.0.0.1'), 2)
    for (let other = 0; other < 30_000; other += 1) limiter(`authorize|other ${other}`)
    assert.equal(allowedOf(limiter, 'authorize|10.0.0.1'), 0)
    mock.timers.setTime(1_700_000_001_000)
    assert.equal(allowedOf(limiter, 'authorize|10.0.0.1'), 1)
  })

  it('are shared out among processes, and never so thinly that nothing passes', () => {
    mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 })
    const limiters = [callerLimiter(true, BUCKETS, 2), callerLimiter(true, BUCKETS, 2)]
    assert.equal(
      limiters.reduce((sum, limiter) => sum + allowedOf(limiter, 'client|a'), 0),
      6,
    )
    assert.equal(allowedOf(callerLimiter(true, BUCKETS, 50), 'client|a'), 1)
    mock.timers.setTime(1_700_000_003_000)
    assert.equal(
      limiters.reduce((sum, limiter) => sum + allowedOf(limiter, 'client|a'), 0),
      6,
    )
  })
})

describe('a bucket that is set', async () => {
  const test = await startTestServer({ RATE_LIMITS: 'on', RATE_LIMIT_CLIENT: '3/1', RATE_LIMIT_USER: '2/1' })

  it('shows in the headers, and empty in the answer with when to come again', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const ask = async () => await test.call('GET', '/api/v2/clients')
    const first = await ask()
    assert.deepEqual([first.headers['x-ratelimit-limit'], first.headers['x-ratelimit-remaining']].map(Number), [3, 2])
    await ask()
    await ask()
    const refused = await ask()
    assert.equal(refused.status, 429)
    assert.deepEqual(refused.body, {
      statusCode: 429,
      error: 'Too Many Requests',
      message: 'Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.',
      errorCode: 'too_many_requests',
    })
    const reset = Number(refused.headers['x-ratelimit-reset'])
    assert.equal(reset - Math.floor(Date.now() / 1000), 3)
    // Full in three seconds, and open for the next one in one.
    assert.equal(Number(refused.headers['retry-after']), 1)
  })
})
