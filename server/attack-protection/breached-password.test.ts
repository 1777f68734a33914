import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { accounts, PASSWORD, REQUEST } from '../sign-in/accounts.testing.ts'
import { authenticate } from '../sign-in/authenticate.ts'
import { changePassword } from '../sign-in/change-password.ts'
import { openResetLink, resetPassword } from '../sign-in/reset-password.ts'
import type { User } from '../users/user.ts'
import { type BreachedList, openBreachedList } from './breached-list.ts'

const SETTINGS = '/api/v2/attack-protection/breached-password-detection'
const BREACHED = 'eleven wet umbrellas'
const folder = await mkdtemp(join(tmpdir(), 'breached-'))
after(() => rm(folder, { recursive: true }))

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()
const write = async (name: string, lines: string[], end = '\n') => {
  const path = join(folder, name)
  await writeFile(path, lines.map((line) => `${line}${end}`).join(''))
  return path
}

describe('a list of breached passwords', () => {
  const opened: BreachedList[] = []
  const openList = async (path: string) => {
    const list = await openBreachedList(path)
    opened.push(list)
    return list
  }
  after(() => Promise.all(opened.map((list) => list.close())))
  const some = Array.from({ length: 5_000 }, (_, at) => `password number ${at}`)
  const finds = async (path: string) => {
    const list = await openList(path)
    for (const password of [some[0], some[1], some[2_500], some[4_998], some[4_999]]) {
      assert.equal(await list.has(password ?? ''), true, password)
    }
    for (const password of ['', 'password', 'password number 5000', 'PASSWORD NUMBER 1', 'ä', '\n', 'x'.repeat(256)]) {
      assert.equal(await list.has(password), false, password)
    }
  }

  it('is one of hashes with their counts, in either case of letters and with either end of line', async () => {
    const hashes = some.map(sha1).sort()
    await finds(
      await write(
        'counted',
        hashes.map((hash, at) => `${hash}:${at * at}`),
        '\r\n',
      ),
    )
    await finds(
      await write(
        'lower',
        hashes.map((hash) => hash.toLowerCase()),
      ),
    )
  })

  it('is one of the beginnings of hashes', async () => {
    await finds(await write('short', some.map((text) => sha1(text).slice(0, 20)).sort()))
  })

  it('is one of passwords in the order of their bytes', async () => {
    const byBytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right))
    await finds(await write('plain', [...some, 'Ünïcode', '𝒜', 'Zebra'].sort(byBytes)))
    assert.equal(await (await openList(join(folder, 'plain'))).has('Ünïcode'), true)
  })

  it('finds every line of files of all small sizes, whatever their last one ends with', async () => {
    for (const size of [0, 1, 2, 3, 150]) {
      const passwords = some.slice(0, size)
      const path = join(folder, `size-${size}`)
      await writeFile(path, passwords.map(sha1).sort().join('\n'))
      const list = await openList(path)
      for (const password of passwords) assert.equal(await list.has(password), true)
      assert.equal(await list.has('something else'), false)
    }
  })

  it('is refused with words about what to do when it is not in order, or not there', async () => {
    const path = await write('unsorted', some.map(sha1))
    await assert.rejects(openBreachedList(path), /not in order.*LC_ALL=C sort -u/s)
    await assert.rejects(openBreachedList(join(folder, 'nothing')), /cannot be read \(ENOENT\)/)
    await assert.rejects(openBreachedList(folder), /names what is no file/)
  })
})

describe('breached-password detection', async () => {
  const path = await write('list', [sha1(BREACHED), sha1('another')].sort())
  const test = await startTestServer({ BREACHED_PASSWORDS_FILE: path })
  const { call, db, server, logged } = test
  const { person, connection, eventsOf, openTo, queued, linkFor, session } = await accounts(test)
  await openTo(CLIENT_ID)
  const patch = async (body: object) => await call('PATCH', SETTINGS, { body })
  const everywhere = {
    enabled: true,
    shields: ['block', 'user_notification'],
    stage: { 'pre-user-registration': { shields: ['block'] }, 'pre-change-password': { shields: ['block'] } },
  }
  const signIn = async (user: User, password: string) =>
    await authenticate(server, {
      connections: [connection],
      identifier: user.email ?? '',
      password,
      clientId: CLIENT_ID,
      request: REQUEST,
    })
  const setTo = async (user: User, password: string) => {
    const answer = await call('PATCH', `/api/v2/users/${encodeURIComponent(user.user_id)}`, { body: { password } })
    assert.equal(answer.status, 200)
  }
  const eventsAbout = async (user: User, type: string) =>
    (await eventsOf(type)).filter(({ user_id }) => user_id === user.user_id).length
  let names = 0
  const signUp = async (password: string) => {
    names += 1
    const email = `signs-up-${names}@harborline.example`
    const body = { client_id: CLIENT_ID, connection: connection.name, email, password }
    return await call('POST', '/dbconnections/signup', { as: null, body })
  }

  beforeEach(async () => {
    await db.deleteFrom('attack_protection').execute()
  })

  it('is off by default, and keeps what it is told', async () => {
    const defaults = {
      enabled: false,
      shields: [],
      admin_notification_frequency: [],
      method: 'standard',
      stage: { 'pre-user-registration': { shields: [] }, 'pre-change-password': { shields: [] } },
    }
    assert.deepEqual((await call('GET', SETTINGS)).body, defaults)
    const said = { admin_notification_frequency: ['daily', 'weekly'], method: 'enhanced' }
    assert.deepEqual((await patch(said)).body, { ...defaults, ...said })
    const stage = { 'pre-change-password': { shields: ['admin_notification'] } }
    const expected = { ...defaults, ...said, stage: { ...defaults.stage, ...stage } }
    assert.deepEqual((await patch({ stage })).body, expected)
    assert.deepEqual((await call('GET', SETTINGS)).body, expected)
    for (const wrong of [{ shields: ['none'] }, { method: 'x' }, { stage: { 'pre-login': {} } }, { more: 1 }]) {
      assert.equal((await patch(wrong)).status, 400, JSON.stringify(wrong))
    }
    const ada = await person()
    await setTo(ada, BREACHED)
    assert.equal((await signIn(ada, BREACHED)).kind, 'passed')
    assert.equal((await signUp(BREACHED)).status, 200)
  })

  it('refuses a sign-in with a breached password, and tells its holder by mail, once an hour', async () => {
    await patch(everywhere)
    const ada = await person()
    await setTo(ada, BREACHED)
    assert.deepEqual(await signIn(ada, BREACHED), { kind: 'breached' })
    // Nobody but who knows the password learns that it is breached.
    assert.deepEqual(await signIn(ada, 'another'), { kind: 'refused' })
    assert.equal(await eventsAbout(ada, 'pwd_leak'), 1)
    const mails = (await queued()).filter(({ user_id }) => user_id === ada.user_id)
    assert.deepEqual(
      mails.map(({ template }) => template),
      ['stolen_credentials'],
    )
    const eve = await person()
    assert.equal((await signIn(eve, PASSWORD)).kind, 'passed')
    await patch({ shields: ['admin_notification'] })
    assert.equal((await signIn(ada, BREACHED)).kind, 'passed')
    assert.equal(await eventsAbout(ada, 'pwd_leak'), 2)
  })

  it('refuses a breached password at a sign-up', async () => {
    await patch(everywhere)
    for (const password of [BREACHED, 'AUTH0-TEST-anything']) {
      const { status, body } = await signUp(password)
      assert.deepEqual([status, body.name, body.code], [400, 'PasswordLeakedError', 'password_leaked'])
    }
    assert.equal((await eventsOf('signup_pwd_leak')).length, 2)
    assert.equal((await signUp('slow ferry past midnight')).status, 200)
    await patch({ stage: { 'pre-user-registration': { shields: ['admin_notification'] } } })
    assert.equal((await signUp(BREACHED)).status, 200)
    assert.equal((await eventsOf('signup_pwd_leak')).length, 3)
  })

  it('refuses it as the new one, and keeps nobody from replacing it', async () => {
    await patch(everywhere)
    const ada = await person()
    await setTo(ada, BREACHED)
    const link = await openResetLink(db, await linkFor(ada, 'password_change'))
    assert.equal((await resetPassword(server, link, 'AUTH0-TEST-new password', REQUEST))?.name, 'PasswordLeakedError')
    assert.equal((await signIn(ada, BREACHED)).kind, 'breached')
    await session(ada, 'here')
    const change = { userId: ada.user_id, clientId: undefined, currentPassword: BREACHED, request: REQUEST }
    const refused = await changePassword(server, { ...change, newPassword: 'AUTH0-TEST-new password' })
    assert.equal(refused.kind === 'refused' && refused.refusal.name, 'PasswordLeakedError')
    assert.equal(await eventsAbout(ada, 'reset_pwd_leak'), 2)
    assert.deepEqual(await changePassword(server, { ...change, newPassword: 'slow ferry past midnight' }), {
      kind: 'changed',
    })
    const text = JSON.stringify(await db.selectFrom('events').selectAll().execute()) + logged()
    assert.ok(!text.includes(BREACHED) && !text.includes(sha1(BREACHED)))
  })
})
