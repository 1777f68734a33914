import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID } from '../../../test/harness.ts'
import { clientActor } from '../../authorization/actor.ts'
import { transact } from '../../db/database.ts'
import { accounts } from '../../sign-in/accounts.testing.ts'
import { authenticate } from '../../sign-in/authenticate.ts'
import { type FileRow, startJobTest } from '../jobs.testing.ts'
import { insertJob } from '../store.ts'

const BCRYPT = '$2b$05$CCCCCCCCCCCCCCCCCCCCC.e22V.clf0MdEophYgx19KGZH8ljD5Ky'
const PASSWORD = 'Wörter-27-Brücke'

describe('the rows of an import', async () => {
  const test = await startJobTest()
  const { call, connection, db, errorsOf, imported, otherConnection, passwordOf, rowsOf, userOf, eventsOf, server } =
    test
  const { person } = await accounts(test)
  const one = async (row: FileRow, more: Record<string, string> = {}) => (await imported([row], more)).id as string
  const faultsOf = async (row: FileRow, more: Record<string, string> = {}) => {
    const { body } = await errorsOf(await one(row, more))
    return body?.[0]?.errors.map(({ code, path }: { code: string; path?: string }) => `${code} ${path ?? ''}`) ?? []
  }

  /** TABLE: what is wrong with a row, and how it is told. */
  const WRONG: Record<string, [FileRow, string]> = {
    'no address': [{ name: 'x' }, 'OBJECT_REQUIRED email'],
    'a wrong address': [{ email: 'no address' }, 'FORMAT email'],
    'a wrong type': [{ email: 'a@r.example', blocked: 'yes' }, 'INVALID_TYPE blocked'],
    'an unknown property': [{ email: 'a@r.example', shoe_size: 43 }, 'NOT_PASSED '],
    'a long name': [{ email: 'a@r.example', given_name: 'x'.repeat(151) }, 'MAX_LENGTH given_name'],
    'an empty name': [{ email: 'a@r.example', name: '' }, 'MIN_LENGTH name'],
    'a wrong phone number': [{ email: 'a@r.example', phone_number: '030' }, 'PATTERN phone_number'],
    'a user name where there is none': [{ email: 'a@r.example', username: 'ada' }, 'OBJECT_REQUIRED '],
    'a reserved name': [{ email: 'a@r.example', app_metadata: { user_id: 1 } }, 'NOT_PASSED app_metadata'],
    'a name with a dot': [{ email: 'a@r.example', user_metadata: { 'a.b': 1 } }, 'NOT_PASSED user_metadata'],
    'a number that is not there, and verified': [{ email: 'a@r.example', phone_verified: true }, 'NOT_PASSED '],
    'text that cannot be stored': [{ email: 'a@r.example', name: 'a\u0000b' }, 'NOT_PASSED name'],
    'long metadata': [
      { email: 'a@r.example', user_metadata: { a: 'x'.repeat(1_100_000) } },
      'MAX_LENGTH user_metadata',
    ],
    'a password': [{ email: 'a@r.example', password: 'secret' }, 'NOT_PASSED '],
    'a hash that is none': [{ email: 'a@r.example', password_hash: 'secret' }, 'FORMAT password_hash'],
    'two hashes': [
      { email: 'a@r.example', password_hash: BCRYPT, custom_password_hash: { algorithm: 'md5', hash: { value: 'x' } } },
      'NOT_PASSED custom_password_hash',
    ],
    'an unknown algorithm': [
      { email: 'a@r.example', custom_password_hash: { algorithm: 'rot13', hash: { value: 'x' } } },
      'ENUM_MISMATCH custom_password_hash.algorithm',
    ],
    'a wrong hash': [
      { email: 'a@r.example', custom_password_hash: { algorithm: 'md5', hash: { value: 'x', encoding: 'hex' } } },
      'FORMAT custom_password_hash.hash.value',
    ],
    'no factors': [{ email: 'a@r.example', mfa_factors: [] }, 'ARRAY_LENGTH_SHORT mfa_factors'],
    'a wrong factor': [{ email: 'a@r.example', mfa_factors: [{ sms: 1 }] }, 'ANY_OF_MISSING mfa_factors.0'],
  }
  for (const [name, [row, expected]] of Object.entries(WRONG)) {
    it(`fail with Auth0's code, and bring nobody in: ${name}`, async () => {
      assert.deepEqual(await faultsOf(row), [expected])
      assert.deepEqual((await call('GET', '/api/v2/users-by-email?email=a@r.example')).body, [])
    })
  }

  it('say that what is there is verified, and that what is not there is not', async () => {
    for (const [row, more] of [
      [{ email: 'v1@r.example', email_verified: true, phone_number: '+49307', phone_verified: true }, {}],
      [{ email: 'v2@r.example', phone_verified: false }, { upsert: 'true' }],
    ] as const) {
      assert.deepEqual(await faultsOf(row, more), [])
    }
    assert.deepEqual(await faultsOf({ email: 'v2@r.example', phone_verified: true }, { upsert: 'true' }), [
      'NOT_PASSED ',
    ])
    const [user] = (await call('GET', '/api/v2/users-by-email?email=v1@r.example')).body
    assert.deepEqual([user.email_verified, user.phone_verified], [true, true])
  })

  it('are told without their secrets', async () => {
    const id = await one({
      email: 'mask',
      custom_password_hash: { algorithm: 'md5', hash: { value: 'the hash' } },
      mfa_factors: [{ totp: { secret: 'ABC' } }],
    })
    const { body, text } = await errorsOf(id)
    assert.deepEqual(body[0].user, { email: 'mask', custom_password_hash: '*****', mfa_factors: '*****' })
    assert.ok(!text.includes('the hash'))
    assert.deepEqual(Object.keys(body[0].errors[0]).sort(), ['code', 'message', 'path'])
  })

  it('fail when the user is there, by address, id or phone number, in whatever letters', async () => {
    const ada = await person({ phone_number: '+49301' })
    for (const [row, path] of [
      [{ email: ada.email?.toUpperCase() }, 'email'],
      [{ email: 'new@r.example', user_id: ada.user_id.replace('auth0|', '') }, 'user_id'],
      [{ email: 'new@r.example', phone_number: '+49301' }, 'phone_number'],
    ] as const) {
      assert.deepEqual(await faultsOf(row), [`DUPLICATED_USER ${path}`])
    }
    assert.deepEqual(await userOf(ada.user_id), ada)
  })

  it('fail when the file has them twice, and the first of them counts', async () => {
    for (const more of [{}, { upsert: 'true' }, { dry_run: 'true' }]) {
      const domain = `twice${Object.keys(more)}.example`
      const twice = [
        { email: `a@${domain}`, name: 'First' },
        { email: `A@${domain}`, name: 'Second' },
      ]
      const job = await imported(twice, more)
      assert.deepEqual(job.summary, { failed: 1, updated: 0, inserted: 1, total: 2 })
      const { body } = await errorsOf(job.id)
      assert.deepEqual([body[0].user.name, body[0].errors[0].code], ['Second', 'DUPLICATED_USER'])
    }
  })

  it('bring in the same file a second time without doubles or events', async () => {
    const file = [{ email: 'again@r.example', name: 'Again', user_metadata: { b: 1, a: 2 } }]
    assert.equal((await imported(file)).summary.inserted, 1)
    const [before] = (await call('GET', '/api/v2/users-by-email?email=again@r.example')).body
    const events = await eventsOf('sui')
    assert.deepEqual((await imported(file)).summary, { failed: 1, updated: 0, inserted: 0, total: 1 })
    assert.deepEqual((await imported(file, { upsert: 'true' })).summary, {
      failed: 0,
      updated: 1,
      inserted: 0,
      total: 1,
    })
    assert.deepEqual((await call('GET', '/api/v2/users-by-email?email=again@r.example')).body, [before])
    // Those of the two jobs as a whole.
    assert.equal((await eventsOf('sui')).length, events.length + 2)
  })

  it('change with upsert what Auth0 lets an import change, metadata whole, and nothing else', async () => {
    const ada = await person({ user_metadata: { kept: 1 }, app_metadata: { plan: 'free', old: true }, blocked: true })
    const row = {
      email: ada.email?.toUpperCase(),
      user_id: 'another-id',
      phone_number: '+49302',
      blocked: false,
      name: 'Ada',
      email_verified: true,
      app_metadata: { plan: 'team' },
    }
    assert.equal((await imported([row], { upsert: 'true' })).summary.updated, 1)
    const { updated_at, ...after } = await userOf(ada.user_id)
    const { updated_at: _, ...before } = ada
    assert.deepEqual(after, { ...before, name: 'Ada', email_verified: true, app_metadata: { plan: 'team' } })
    assert.ok(updated_at >= ada.updated_at)
    const [event] = (await eventsOf('sui')).filter(({ user_id }) => user_id === ada.user_id)
    const { before: was, after: is } = (event?.person ?? {}) as { before: object; after: object }
    assert.deepEqual(is, { name: 'Ada', email_verified: true, app_metadata: { plan: 'team' } })
    assert.deepEqual(Object.keys(was).sort(), ['app_metadata', 'email_verified', 'name'])
  })

  it('never touch users of other connections, whatever they have in common', async () => {
    const other = await otherConnection('Elsewhere')
    const ids: string[] = []
    for (const [email, user_id] of [['shared@r.example', 'shared-id']]) {
      const body = { connection: other.name, email, user_id, password: 'the old grey heron' }
      ids.push((await call('POST', '/api/v2/users', { body })).body.user_id)
    }
    const before = await userOf(ids[0] ?? '')
    const upsert = { upsert: 'true' }
    assert.equal((await imported([{ email: 'shared@r.example', name: 'Ours' }], upsert)).summary.inserted, 1)
    assert.deepEqual(await faultsOf({ email: 'third@r.example', user_id: 'shared-id' }, upsert), ['CONFLICT user_id'])
    assert.deepEqual(await faultsOf({ email: 'third@r.example', user_id: 'shared-id' }), ['DUPLICATED_USER user_id'])
    assert.deepEqual(await userOf(ids[0] ?? ''), before)
  })

  it('leave a user alone who has the address by an account that was linked to him', async () => {
    const [ada, bob] = [
      await person({ email_verified: false }),
      await person({ email: 'linked@r.example', email_verified: false }),
    ]
    const link = { body: { provider: 'auth0', user_id: bob.user_id } }
    assert.equal((await call('POST', `/api/v2/users/${ada.user_id}/identities`, link)).status, 201)
    const before = await userOf(ada.user_id)
    const row = { email: 'linked@r.example', email_verified: true, name: 'Mallory', password_hash: BCRYPT }
    assert.deepEqual(await faultsOf(row, { upsert: 'true' }), ['CONFLICT_EMAIL email'])
    assert.deepEqual(await userOf(ada.user_id), before)
  })

  it('leave alone whoever has the address through a linked account only', async () => {
    await imported([
      { email: 'primary@r.example', user_id: 'linked-primary', password_hash: BCRYPT },
      { email: 'second@r.example', user_id: 'linked-second' },
    ])
    const body = { provider: 'auth0', connection_id: connection.id, user_id: 'auth0|linked-second' }
    assert.equal((await call('POST', '/api/v2/users/auth0|linked-primary/identities', { body })).status, 201)
    const before = [await userOf('auth0|linked-primary'), await passwordOf('auth0|linked-primary')]
    const row = { email: 'second@r.example', name: 'Second', password_hash: BCRYPT.replace('e22V', 'e22W') }
    assert.deepEqual(await faultsOf(row, { upsert: 'true' }), ['CONFLICT_EMAIL email'])
    assert.deepEqual([await userOf('auth0|linked-primary'), await passwordOf('auth0|linked-primary')], before)
  })

  it('bring a password hash that signs in, once, and then is one of ours', async () => {
    const request = { id: 'x', method: 'post', path: '/x', query: {}, ip: '192.0.2.1' }
    const signIn = (password: string) =>
      authenticate(server, {
        connections: [connection],
        identifier: 'hash@r.example',
        password,
        clientId: CLIENT_ID,
        request,
      })
    await one({ email: 'hash@r.example', user_id: 'hash', password_hash: BCRYPT.replace('$2b', '$2a') })
    assert.equal((await signIn('wrong')).kind, 'refused')
    assert.ok((await passwordOf('auth0|hash'))?.hash.startsWith('imported:'))
    assert.equal((await signIn(PASSWORD)).kind, 'passed')
    assert.match((await passwordOf('auth0|hash'))?.hash ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.equal((await signIn(PASSWORD)).kind, 'passed')
    assert.equal((await signIn('wrong')).kind, 'refused')
  })

  it('replace an imported hash with upsert as long as nobody has signed in with it', async () => {
    const md5 = (value: string) => ({ custom_password_hash: { algorithm: 'md5', hash: { value, encoding: 'hex' } } })
    const [first, second] = ['b4de0a33c8132a564eb07ef67be79de6', 'b37953b6ea0d613a10c13ac9313e75d3']
    const row = { email: 'swap@r.example', user_id: 'swap' }
    await one({ ...row, ...md5(first ?? '') })
    await one({ ...row, ...md5(second ?? '') }, { upsert: 'true' })
    assert.ok((await passwordOf('auth0|swap'))?.hash.includes(second ?? ''))
    await db.updateTable('users').set({ logins_count: 1 }).where('user_id', '=', 'auth0|swap').execute()
    await one({ ...row, ...md5(first ?? '') }, { upsert: 'true' })
    assert.ok((await passwordOf('auth0|swap'))?.hash.includes(second ?? ''))
  })

  it('are only tried in a dry run, which says of each what would become of it', async () => {
    const ada = await person()
    const total = async () => (await call('GET', '/api/v2/users?include_totals=true&per_page=1')).body.total
    const [before, events] = [await total(), await eventsOf('sui')]
    const file = [
      { email: 'dry@r.example', user_id: 'dry' },
      { email: ada.email, name: 'Other' },
      { email: ada.email },
      { email: 'x' },
    ]
    const job = await imported(file, { upsert: 'true', dry_run: 'true' })
    assert.deepEqual(
      [job.status, job.dry_run, job.summary],
      ['completed', true, { failed: 2, updated: 1, inserted: 1, total: 4 }],
    )
    const rows = await rowsOf(job.id)
    assert.deepEqual(
      rows.map(({ row, outcome, user_id }: FileRow) => [row, outcome, user_id]),
      [
        [1, 'inserted', 'auth0|dry'],
        [2, 'updated', ada.user_id],
        [3, 'failed', undefined],
        [4, 'failed', undefined],
      ],
    )
    assert.equal((await rowsOf(job.id, '?after=1&take=1')).length, 1)
    assert.deepEqual([await total(), await userOf(ada.user_id)], [before, ada])
    assert.deepEqual(await eventsOf('sui'), events)
  })

  it('belong to a connection; without it the job fails and says so', async () => {
    const gone = { id: 'con_0123456789abcdef', name: 'Gone' }
    const settings = { upsert: false, dry_run: false, send_completion_email: true }
    const id = await transact(db, (tx) =>
      insertJob(tx, {
        type: 'users_import',
        state: 'pending',
        connection: gone,
        actor: clientActor('x'),
        settings,
      }),
    )
    await test.runner.runOnce()
    const { status, status_details } = await test.read(id)
    assert.deepEqual([status, status_details], ['failed', 'The connection does not exist.'])
  })
})
