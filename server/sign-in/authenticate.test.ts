import assert from 'node:assert/strict'
import { argon2Sync, randomBytes } from 'node:crypto'
import { describe, it, mock } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { fold } from '../users/user.ts'
import { PASSWORD, statementsOf } from './accounts.testing.ts'
import { ELSEWHERE, HERE, tries } from './tries.testing.ts'

const DAY = 86_400_000

describe('a password', async () => {
  const test = await startTestServer()
  const { db } = test
  const helpers = await tries(test)
  const { person, attempt, right, wrong, close, connection, connectionWith, passwordOf, generationOf } = helpers
  const { eventsAbout, countsOf, countOf, queued } = helpers
  const mailsTo = async (userId: string) => (await queued()).filter((mail) => mail.user_id === userId)

  it('that is right passes, however the identifier is written', async () => {
    const user = await person()
    const identityId = user.user_id.replace('auth0|', '')
    const passed = {
      kind: 'passed',
      userId: user.user_id,
      identityId,
      connection,
      generation: await generationOf(user),
    }
    assert.deepEqual(await right(user), passed)
    assert.deepEqual(await right(` ${user.email?.toUpperCase()} `), passed)
    assert.deepEqual(await eventsAbout(user, 'fp'), [])
  })

  it('that is wrong is refused as for somebody unknown, and each is recorded as what it was', async () => {
    const user = await person()
    const nobody = 'nobody-knows-me@harborline.example'
    assert.deepEqual(await wrong(user, { clientId: 'testMachineClient' }), { kind: 'refused' })
    assert.deepEqual(await wrong(nobody), { kind: 'refused' })
    const [failed, ...more] = await eventsAbout(user, 'fp')
    assert.equal(more.length, 0)
    assert.deepEqual([failed?.client_id, failed?.connection], ['testMachineClient', connection.name])
    const [unknown, ...others] = await eventsAbout(nobody, 'fu')
    assert.equal(others.length, 0)
    assert.equal(unknown?.user_id, null)
    // What was typed is personal, and passwords are nowhere.
    const { person: _, ...rest } = unknown ?? {}
    assert.ok(!JSON.stringify(rest).includes(nobody))
    assert.ok(!JSON.stringify([failed, unknown]).includes('not the password'))
  })

  it('of somebody without one, or of somebody who is blocked by an administrator, is not told apart', async () => {
    const [bare, blocked] = [await person(), await person({ blocked: true })]
    await db.deleteFrom('passwords').where('user_id', '=', bare.user_id).execute()
    assert.deepEqual(await right(bare), { kind: 'refused' })
    assert.deepEqual(await wrong(blocked), { kind: 'refused' })
    // Whether he may sign in is another question.
    assert.equal((await right(blocked)).kind, 'passed')
  })

  it('causes the same statements for known and unknown, from the first try to the block and after it', async () => {
    const user = await person()
    const statements = async (who: string) => {
      const all: string[][] = []
      for (let count = 0; count < 12; count += 1) all.push(await statementsOf(() => wrong(who)))
      return all
    }
    const known = await statements(user.email ?? '')
    const unknown = await statements('statements@harborline.example')
    const inserts = (list: string[][]) => list.map((one) => one.map((text) => text.replace(/\s+/g, ' ')))
    assert.deepEqual(inserts(unknown), inserts(known))
    assert.ok(known[9]?.some((text) => text.includes('"emails"')))
    assert.ok(known[10] && known[10].length < 4)
  })

  it('can be tried ten times from one address, then not even the right one passes there, known or unknown', async () => {
    const user = await person()
    const nobody = 'unknown-ten@harborline.example'
    for (const who of [user, nobody]) {
      await close(who)
      for (let count = 0; count < 3; count += 1) assert.deepEqual(await wrong(who), { kind: 'blocked' })
      assert.deepEqual(await right(who), { kind: 'blocked' })
    }
    assert.equal((await right(user, { from: ELSEWHERE })).kind, 'passed')
    // His success elsewhere does not open it here.
    assert.equal((await right(user)).kind, 'blocked')
    assert.equal((await eventsAbout(user, 'fp')).length, 10)
    assert.equal((await eventsAbout(nobody, 'fu')).length, 10)
    for (const who of [user, nobody]) assert.equal((await eventsAbout(who, 'limit_wc')).length, 1)
  })

  it('that is guessed fifty times at once is looked at ten times', async () => {
    const user = await person()
    const nobody = 'racing@harborline.example'
    for (const who of [user, nobody]) {
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => wrong(who)))
      assert.deepEqual(countOf(outcomes), { blocked: 40, refused: 10 })
      assert.equal((await eventsAbout(who, typeof who === 'string' ? 'fu' : 'fp')).length, 10)
      assert.equal((await eventsAbout(who, 'limit_wc')).length, 1)
    }
    assert.equal((await mailsTo(user.user_id)).length, 1)
  })

  it('that the server has no time to look at does not count', async () => {
    const user = await person()
    const others = Array.from({ length: 600 }, (_, index) => `busy-${index}@harborline.example`)
    const settled = await Promise.allSettled([...others.map((who) => wrong(who)), ...others.map(() => wrong(user))])
    const busy = settled.filter(({ status }) => status === 'rejected')
    assert.ok(busy.length > 0)
    const looked = (await eventsAbout(user, 'fp')).length
    const [row] = await countsOf(user)
    assert.equal(row?.failures ?? 0, looked)
  })

  it('that is right clears the count, so that only failures in a row close an account', async () => {
    const user = await person()
    for (let count = 0; count < 9; count += 1) await wrong(user)
    assert.equal((await right(user)).kind, 'passed')
    for (let count = 0; count < 9; count += 1) await wrong(user)
    assert.equal((await right(user)).kind, 'passed')
    assert.deepEqual(await eventsAbout(user, 'limit_wc'), [])
  })

  it('of one person counts as one under each of his identifiers', async () => {
    const options = { ...connection.options, requires_username: true }
    const connections = [connectionWith(options)]
    const user = await person({ connection: connectionWith(options), username: 'lucia' })
    for (let count = 0; count < 5; count += 1) await wrong('LUCIA', { connections })
    for (let count = 0; count < 5; count += 1) await wrong(user, { connections })
    assert.equal((await right('lucia', { connections })).kind, 'blocked')
    // Where the connection takes no user names, nobody is known by one.
    assert.equal((await right('lucia', { from: ELSEWHERE })).kind, 'refused')
    assert.equal((await right('lucia', { from: ELSEWHERE, connections })).kind, 'passed')
  })

  it('counts for an IPv6 network as one, and for an IPv4 address however it is written', async () => {
    const [ann, ben] = [await person(), await person()]
    const outcomes = []
    for (let host = 1; host <= 1_000; host += 1) {
      outcomes.push(await wrong(ann, { from: `2001:db8:1:2:${host.toString(16)}::${(host * 7).toString(16)}` }))
    }
    assert.deepEqual(countOf(outcomes), { blocked: 990, refused: 10 })
    assert.equal((await countsOf(ann)).length, 1)
    assert.equal((await right(ann, { from: '2001:db8:1:3::1' })).kind, 'passed')
    const forms = [HERE, `::ffff:${HERE}`, '::ffff:cb00:7107', '0:0:0:0:0:ffff:cb00:7107']
    for (let count = 0; count < 10; count += 1) await wrong(ben, { from: forms[count % forms.length] ?? HERE })
    for (const from of forms) assert.equal((await right(ben, { from })).kind, 'blocked')
    assert.equal((await countsOf(ben)).length, 1)
  })

  it('that closed an account is told of by mail, once an hour for an address and not without end', async () => {
    const user = await person()
    await close(user)
    const [mail, ...more] = await mailsTo(user.user_id)
    assert.equal(more.length, 0)
    assert.deepEqual([mail?.template, mail?.person?.ip], ['blocked_account', HERE])
    await db.updateTable('login_failures').set({ failures: 0 }).where('user_id', '=', user.user_id).execute()
    await close(user)
    assert.equal((await mailsTo(user.user_id)).length, 1)
    for (let host = 1; host <= 7; host += 1) await close(user, { from: `192.0.2.${host}` })
    assert.equal((await mailsTo(user.user_id)).length, 5)
    const nobody = 'unknown-mail@harborline.example'
    await close(nobody)
    const [toNobody] = (await queued()).filter((one) => one.identifier === nobody)
    assert.deepEqual([toNobody?.template, toNobody?.user_id], ['blocked_account', null])
  })

  it('may be tried again thirty days after the last try, and the tries before it count no more', async () => {
    const user = await person()
    await close(user)
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    try {
      mock.timers.tick(30 * DAY - 1_000)
      assert.equal((await right(user)).kind, 'blocked')
      mock.timers.tick(2_000)
      assert.deepEqual(await wrong(user), { kind: 'refused' })
      assert.equal((await countsOf(user))[0]?.failures, 1)
      assert.equal((await right(user)).kind, 'passed')
    } finally {
      mock.timers.reset()
    }
  })

  it('is not counted in a connection that does without', async () => {
    const user = await person()
    const connections = [connectionWith({ ...connection.options, brute_force_protection: false })]
    for (let count = 0; count < 12; count += 1) assert.equal((await wrong(user, { connections })).kind, 'refused')
    assert.equal((await right(user, { connections })).kind, 'passed')
    assert.deepEqual(await countsOf(user), [])
    assert.equal((await eventsAbout(user, 'fp')).length, 12)
  })

  it('is asked of the first connection that knows the identifier, and of no other', async () => {
    const { body } = await test.call('POST', '/api/v2/connections', { body: { name: 'Second', strategy: 'auth0' } })
    const second = { ...connection, id: body.id, name: 'Second', options: body.options }
    const user = await person()
    await test.call('POST', '/api/v2/users', {
      body: { connection: 'Second', email: user.email, password: 'another one than there' },
    })
    const both = { connections: [connection, second] }
    assert.equal((await attempt(user, 'another one than there', both)).kind, 'refused')
    assert.equal((await attempt(user, 'another one than there', { connections: [second, connection] })).kind, 'passed')
    assert.deepEqual(await right(user, { connections: [] }), { kind: 'refused' })
  })

  it('kept as an older hash is hashed anew when it passes, and stays the same password', async () => {
    const user = await person()
    const salt = randomBytes(16)
    const cost = { memory: 8_192, passes: 1, parallelism: 1 }
    const tag = argon2Sync('argon2id', { message: PASSWORD, nonce: salt, tagLength: 32, ...cost })
    const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
    const hash = `$argon2id$v=19$m=8192,t=1,p=1$${text(salt)}$${text(tag)}`
    await db.updateTable('passwords').set({ hash }).where('user_id', '=', user.user_id).execute()
    await wrong(user)
    assert.equal((await passwordOf(user)).hash, hash)
    const before = await generationOf(user)
    assert.equal((await right(user)).kind, 'passed')
    const renewed = await passwordOf(user)
    assert.match(renewed.hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.equal(await generationOf(user), before)
    assert.equal((await right(user)).kind, 'passed')
  })

  it('with what PostgreSQL cannot store, or without end, is refused like any other', async () => {
    for (const typed of ['a\0b', '\ud800', 'x'.repeat(100_000), '', "' or 1=1 --"]) {
      assert.deepEqual(await attempt(typed, '\0\ud800', { from: '192.0.2.99' }), { kind: 'refused' })
    }
  })

  it('of a user who is deleted meanwhile leaves nothing behind', async () => {
    const user = await person()
    await wrong(user)
    await test.call('DELETE', `/api/v2/users/${encodeURIComponent(user.user_id)}`)
    assert.deepEqual(await countsOf(fold(user.email ?? '')), [])
    assert.deepEqual(await right(user), { kind: 'refused' })
  })
})
