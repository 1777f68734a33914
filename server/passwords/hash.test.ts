import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { boundedQueue } from '../http/bounded-queue.ts'
import { ApiError } from '../http/errors.ts'
import { hashOfNobody, hashPassword, needsRehash, verifyPassword } from './hash.ts'

describe('password hashes', () => {
  it('of nobody cost as much as any other, and match nothing', async () => {
    assert.equal(needsRehash(hashOfNobody()), false)
    for (const password of ['', 'slow ferry past']) assert.equal(await verifyPassword(hashOfNobody(), password), false)
  })

  it('are argon2id at OWASP strength, salted, and match their password alone', async () => {
    const [first, second] = await Promise.all([hashPassword('slow ferry past'), hashPassword('slow ferry past')])
    assert.match(first, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    assert.notEqual(first, second)
    assert.equal(await verifyPassword(first, 'slow ferry past'), true)
    assert.equal(await verifyPassword(first, 'Slow ferry past'), false)
    assert.equal(await verifyPassword(first, ''), false)
    assert.equal(needsRehash(first), false)
  })

  it('are made by threads that give way to the one that answers', { skip: process.platform !== 'linux' }, async () => {
    await hashPassword('slow ferry past')
    const threads = readdirSync('/proc/self/task').map((thread) => ({
      name: readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim(),
      priority: getPriority(Number(thread)),
    }))
    const own = getPriority(process.pid)
    const workers = threads.filter(({ name }) => name === 'libuv-worker')
    assert.ok(workers.length > 0)
    for (const { name, priority } of threads) {
      if (name === 'libuv-worker') assert.ok(priority > own || priority === 19)
      else assert.equal(priority, own, name)
    }
  })

  it('count every character: nothing is cut off after 72 bytes', async () => {
    const hash = await hashPassword(`${'x'.repeat(100)}1`)
    assert.equal(await verifyPassword(hash, `${'x'.repeat(100)}2`), false)
  })

  it('match the same letters however the device composed them, and tell compatible ones apart', async () => {
    const hash = await hashPassword('caf\u00e9 am Fluss')
    assert.equal(await verifyPassword(hash, 'cafe\u0301 am Fluss'), true)
    assert.equal(await verifyPassword(await hashPassword('x\u00b2 + y'), 'x2 + y'), false)
  })

  // Of the reference implementation's test vectors (phc-winner-argon2, test.c): password `password`, salt `somesalt`.
  const foreign = {
    argon2id: '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    argon2i: '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA',
  }
  for (const [algorithm, hash] of Object.entries(foreign)) {
    it(`made elsewhere with ${algorithm} are checked, and due for a new one`, async () => {
      assert.equal(await verifyPassword(hash, 'password'), true)
      assert.equal(await verifyPassword(hash, 'passwore'), false)
      assert.equal(needsRehash(hash), true)
    })
  }

  const unreadable = [
    '',
    'password',
    '$2b$10$CwTycUXWue0Thq9StjUM0uJ8Z8W4uVYQ4c3qj8oJm9pJc5c0B7gqK',
    '$argon2id$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=65536,t=4000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=65536,t=2$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=65536,t=2,p=1,keyid=YQ$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc$more',
  ]
  it('that cannot be read, or ask for too much, match nothing and do no work', async () => {
    for (const hash of unreadable) {
      assert.equal(await verifyPassword(hash, 'password'), false, hash)
      assert.equal(needsRehash(hash), true, hash)
    }
  })

  it('are made few at a time; a burst beyond the queue is told to come again, and the rest is served', async () => {
    const burst = await Promise.allSettled(Array.from({ length: 250 }, () => hashPassword('slow ferry past')))
    const refused = burst.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    assert.ok(refused.length > 0 && refused.length < 250)
    for (const error of refused) {
      assert.ok(error instanceof ApiError)
      assert.equal(error.code, 'busy')
      assert.equal(error.retryAfterSeconds, 2)
    }
    assert.equal(await verifyPassword(await hashPassword('after the burst'), 'after the burst'), true)
  })
})

describe('a bounded queue', () => {
  it('runs so many at once, in the order in which they came, and goes on after one that failed', async () => {
    const inTurn = boundedQueue({ atOnce: 2, mostWaiting: 3 })
    let running = 0
    let most = 0
    const begun: number[] = []
    const work = (number: number) =>
      inTurn(async () => {
        begun.push(number)
        running += 1
        most = Math.max(most, running)
        await sleep(5)
        running -= 1
        if (number === 1) throw new Error('failed')
        return number
      })
    const results = await Promise.allSettled([0, 1, 2, 3, 4, 5].map(work))
    assert.equal(most, 2)
    assert.deepEqual(begun, [0, 1, 2, 3, 4])
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
      [0, 'failed', 2, 3, 4, 'The server is busy. Nothing was changed. Try again in a moment.'],
    )
    assert.equal(await work(6), 6)
  })
})
