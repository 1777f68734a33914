import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { newLogId } from '../base/ids.ts'
import { limitedSearchOf } from '../http/limited-search.ts'
import { join, makeOrganization } from '../organizations/organizations.testing.ts'
import { type Event, recordEvent } from './record.ts'

const CHROME =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36'
const KEYS = [
  '_id,log_id,date,type,description,connection,connection_id,organization_id,organization_name,client_id,client_name',
  'ip,hostname,user_id,user_name,user_agent,audience,scope,strategy,strategy_type,isMobile,location_info,details',
  'auth0_client,security_context',
]
  .join(',')
  .split(',')

describe('the log', async () => {
  const { call, tokenFor, db, server } = await startTestServer()
  const system = { kind: 'system', name: 'test' } as const
  const record = async (event: Partial<Event>) => await recordEvent(db, { type: 's', actor: system, ...event })
  const logs = async (query: string, as?: string) =>
    (await call('GET', `/api/v2/logs${query}`, as === undefined ? {} : { as })).body

  it('shows a change with who, what, from where and how it was answered, every key there', async () => {
    const telemetry = { name: 'auth0.js', version: '1' }
    const rotated = await call('POST', '/api/v2/keys/signing/rotate', {
      headers: {
        'user-agent': CHROME,
        'auth0-client': Buffer.from(JSON.stringify(telemetry)).toString('base64'),
        'x-correlation-id': 'job-7',
      },
      from: '10.1.2.3',
    })
    const [entry] = await logs('?q=type:sapi&per_page=1')
    assert.deepEqual(Object.keys(entry), KEYS)
    const { _id, log_id: logId, date, details, ...rest } = entry
    assert.equal(_id, logId)
    assert.match(logId, /^\d{54}$/)
    assert.match(date, /^\d{4}-.*\.\d{3}Z$/)
    assert.deepEqual(rest, {
      type: 'sapi',
      description: 'Rotate the signing keys',
      connection: null,
      connection_id: null,
      organization_id: null,
      organization_name: null,
      client_id: CLIENT_ID,
      client_name: 'Bootstrap client',
      ip: '10.1.2.3',
      hostname: 'localhost:3000',
      user_id: null,
      user_name: null,
      user_agent: 'Chrome 120.0.0 / Mac OS X 10.15.7',
      audience: null,
      scope: null,
      strategy: null,
      strategy_type: null,
      isMobile: false,
      location_info: null,
      auth0_client: telemetry,
      security_context: { ja3: null, ja4: null },
    })
    assert.deepEqual(details, {
      request: {
        method: 'post',
        path: '/api/v2/keys/signing/rotate',
        query: {},
        body: {},
        channel: 'api',
        ip: '10.1.2.3',
        userAgent: CHROME,
        auth: {
          user: {},
          strategy: 'jwt',
          credentials: { scopes: ['create:signing_keys', 'update:signing_keys'] },
        },
      },
      response: { statusCode: 201, body: rotated.body },
      operation: 'post_signing_keys',
      target: { kind: 'signing_key', id: rotated.body.kid },
      correlation_id: 'job-7',
    })
    assert.deepEqual((await call('GET', `/api/v2/logs/${logId}`)).body, entry)
  })

  it('has 404 for an id it does not know, 401 without and 403 with too small a token', async () => {
    const unknown = await call('GET', `/api/v2/logs/${newLogId()}`)
    assert.deepEqual(unknown.body, {
      statusCode: 404,
      error: 'Not Found',
      message: 'The log event does not exist.',
      errorCode: 'inexistent_log',
    })
    assert.equal(unknown.status, 404)
    assert.equal((await call('GET', '/api/v2/logs', { as: null })).status, 401)
    const as = await tokenFor({ scopes: ['read:users'] })
    for (const path of ['/logs', '/logs/1', '/users/auth0%7Ceve/logs']) {
      const { status, body } = await call('GET', `/api/v2${path}`, { as })
      assert.equal(status, 403)
      assert.equal(body.message, 'Insufficient scope, expected any of: read:logs,read:logs_users')
    }
    assert.equal(
      (await call('GET', '/api/v2/logs', { as: await tokenFor({ scopes: ['read:logs_users'] }) })).status,
      200,
    )
  })

  it('pages from the newest, with totals on demand, and sorts by date both ways', async () => {
    for (const userId of ['auth0|p1', 'auth0|p2', 'auth0|p3']) await record({ type: 'ss', userId })
    const page = await logs('?q=type:ss&per_page=2&page=0&include_totals=true&fields=user_id')
    assert.deepEqual(page, {
      start: 0,
      limit: 2,
      length: 2,
      total: 3,
      logs: [{ user_id: 'auth0|p3' }, { user_id: 'auth0|p2' }],
    })
    const second = await logs('?q=type:ss&per_page=2&page=1&include_totals=true&fields=user_id')
    assert.deepEqual([second.start, second.length, second.total], [2, 1, 3])
    assert.deepEqual(second.logs, [{ user_id: 'auth0|p1' }])
    assert.deepEqual(await logs('?q=type:ss&per_page=2&page=900'), [])
    const oldest = await logs('?search=type:ss&sort=date:1&per_page=1')
    assert.equal(oldest[0].user_id, 'auth0|p1')
    const without = await logs('?q=type:ss&per_page=1&fields=details,location_info&include_fields=false')
    assert.deepEqual(
      Object.keys(without[0]),
      KEYS.filter((key) => key !== 'details' && key !== 'location_info'),
    )
    for (const query of [
      'per_page=101',
      'sort=colour:1',
      'sort=type',
      'sort=details:1',
      'page=-1',
      'take=101',
      'from=abc',
    ]) {
      const { status, body } = await call('GET', `/api/v2/logs?${query}`)
      assert.deepEqual([status, body.errorCode], [400, 'invalid_query_string'], query)
    }
  })

  it('sorts by what it can be searched by, the newest first among equals and what is not known last', async () => {
    for (const [userId, ip] of [
      ['auth0|o1', '10.9.0.2'],
      ['auth0|o2', undefined],
      ['auth0|o3', '10.9.0.1'],
      ['auth0|o4', '10.9.0.2'],
    ] as const) {
      await record({
        type: 'fs',
        userId,
        description: userId === 'auth0|o3' ? 'first' : 'second',
        ...(ip ? { person: { ip } } : {}),
      })
    }
    const sorted = async (sort: string, rest = '&q=type:fs') =>
      (await logs(`?sort=${sort}${rest}`)).map((log: { user_id: string }) => log.user_id.slice(-2)).join()
    assert.equal(await sorted('ip:1'), 'o3,o4,o1,o2')
    assert.equal(await sorted('ip:-1'), 'o4,o1,o3,o2')
    assert.equal(await sorted('user_id:-1'), 'o4,o3,o2,o1')
    assert.equal(await sorted('description:1', '&q=type:fs&per_page=2&page=1'), 'o2,o1')
    assert.equal(await sorted('log_id:1'), 'o1,o2,o3,o4')
    const { body } = await call('GET', '/api/v2/users/auth0|o4/logs?sort=type:1&include_totals=true')
    assert.equal(body.total, 1)
  })

  it('is searched by a few at a time, for ten seconds at most, and read by others meanwhile', async () => {
    const search = limitedSearchOf(server.database)
    const held = Promise.withResolvers<void>()
    const begun = Array.from({ length: 3 }, () => Promise.withResolvers<string>())
    const slow = begun.map(({ resolve }) =>
      search(async ({ query }) => {
        const [row] = await query<{ statement_timeout: string }>({ name: 'shown', text: 'show statement_timeout' }, [])
        resolve(row?.statement_timeout ?? '')
        await held.promise
      }),
    )
    assert.deepEqual(await Promise.all(begun.map(({ promise }) => promise)), ['10s', '10s', '10s'])
    const answered: string[] = []
    const ask = async (query: string) => {
      assert.equal((await call('GET', `/api/v2/logs?${query}`)).status, 200)
      answered.push(query)
    }
    const waiting = [ask('q=type:s'), ask('search=type:s&from=0'), ask('sort=ip:1')]
    await ask('sort=date:1')
    await ask('from=0&take=1')
    assert.deepEqual(answered, ['sort=date:1', 'from=0&take=1'])
    held.resolve()
    await Promise.all([...slow, ...waiting])
    assert.equal(answered.length, 5)
  })

  it('says so when a search takes too long', async () => {
    const late = limitedSearchOf(server.database)(async ({ query }) => {
      await query({ name: 'shorter', text: "select set_config('statement_timeout', '50', true)" }, [])
      return await query({ name: 'slow', text: 'select pg_sleep(5)' }, [])
    })
    await assert.rejects(late, { code: 'search_timeout', status: 503 })
  })

  it('is searched in the syntax of Lucene, and says where in a query the fault is', async () => {
    const connection = { id: 'con_0000000000000001', name: 'Sales people', strategy: 'auth0' }
    await record({ type: 'f', userId: 'auth0|q1', connection, clientId: 'clientOfQuery', person: { ip: '10.7.7.7' } })
    await record({ type: 'fp', userId: 'auth0|q2', description: '100% of it', clientId: CLIENT_ID })
    const found = async (q: string) =>
      (await logs(`?sort=date:1&q=${encodeURIComponent(q)}`)).map((log: { user_id: string }) => log.user_id)
    const today = new Date().toISOString()
    const [q1, q2] = ['auth0|q1', 'auth0|q2']
    for (const [query, expected] of [
      ['type:f AND user_id:auth0|q1', [q1]],
      ['user_id:"auth0|q2"', [q2]],
      ['connection:"Sales people"', [q1]],
      ['connection_id:con_0000000000000001 AND client_id:clientOfQuery', [q1]],
      ["type:f'--", []],
      ['client_name:"Bootstrap client" AND user_id:auth0|q*', [q2]],
      ['client_name:Boot* AND user_id:auth0|q*', [q2]],
      ['NOT client_name:Boot* AND user_id:auth0|q*', [q1]],
      ['_exists_:client_name AND user_id:auth0|q*', [q2]],
      ['"Bootstrap client" AND user_id:auth0|q*', [q2]],
      ['"Sales people" AND user_id:auth0|q*', [q1]],
      ['(type:f OR type:fp) AND user_id:auth0|q*', [q1, q2]],
      ['user_id:auth0|q* AND NOT type:fp', [q1]],
      ['user_id:auth0|q* AND _exists_:connection', [q1]],
      ['ip:10.7.7.*', [q1]],
      ['hostname:"localhost:3000" AND user_id:auth0|q1', [q1]],
      ['hostname:local* AND _exists_:hostname AND user_id:auth0|q1', [q1]],
      ['hostname:elsewhere AND user_id:auth0|q*', []],
      ['_exists_:actor_id AND user_id:auth0|q1', [q1]],
      ['actor_id:nobody AND user_id:auth0|q*', []],
      ['"100% of it"', [q2]],
      ['description:100%*', [q2]],
      ['user_id:[auth0|q1 TO auth0|q2}', [q1]],
      [`date:[${today.slice(0, 10)} TO *] AND user_id:auth0|q*`, [q1, q2]],
      [`date:${today.slice(0, 4)} AND user_id:auth0|q1`, [q1]],
      ['date:{* TO 2020-01} AND user_id:auth0|q*', []],
      ['date:[* TO 2020-01-31T12:00:00.000Z] AND user_id:auth0|q*', []],
    ] as const) {
      assert.deepEqual(await found(query), expected, query)
    }
    for (const [query, position] of [
      ['AND', 1],
      ['name:ann', 1],
      ['type:s AND __proto__:x', 12],
      ['date:[* TO now]', 12],
      ['date:20*', 6],
      ['type:"f', 6],
      ['(type:f', 1],
    ] as const) {
      const { status, body } = await call('GET', `/api/v2/logs?q=${encodeURIComponent(query)}`)
      assert.deepEqual([status, body.errorCode], [400, 'invalid_query_string'], query)
      assert.match(body.message, new RegExp(`\\(position ${position}\\)' on property q`), query)
    }
    assert.equal((await call('GET', '/api/v2/logs?q=user_id:a%00b')).status, 400)
    const byName = await logs('?sort=client_name:-1&per_page=1&q=user_id:(auth0|q1 OR auth0|q2)')
    assert.deepEqual([byName[0].user_id, byName[0].client_name], [q2, 'Bootstrap client'])
  })

  it('is read by checkpoint, oldest first, with a link to what follows', async () => {
    const [newest] = await logs('?per_page=1')
    for (const userId of ['auth0|c1', 'auth0|c2', 'auth0|c3']) await record({ userId })
    const first = await call('GET', `/api/v2/logs?from=${newest.log_id}&take=2`)
    assert.deepEqual(
      first.body.map((log: { user_id: string }) => log.user_id),
      ['auth0|c1', 'auth0|c2'],
    )
    const next = `http://localhost:3000/api/v2/logs?from=${first.body[1].log_id}&take=2`
    assert.equal(first.headers.link, `<${next}>; rel="next"`)
    const second = await call('GET', next.slice('http://localhost:3000'.length))
    assert.deepEqual(
      second.body.map((log: { user_id: string }) => log.user_id),
      ['auth0|c3'],
    )
    const last = `/api/v2/logs?from=${second.body[0].log_id}&take=2`
    const nothing = await call('GET', `${last}&include_totals=true&per_page=5`)
    assert.deepEqual(nothing.body, [])
    assert.equal(nothing.headers.link, `<http://localhost:3000${last}>; rel="next"`)
  })

  it('loses no entry to a reader by checkpoint when transactions commit out of order', async () => {
    const [newest] = await logs('?per_page=1')
    let late: Promise<void> | undefined
    await new Promise<void>((recorded) => {
      late = db.transaction().execute(async (tx) => {
        await recordEvent(tx, { type: 's', actor: system, userId: 'auth0|late' })
        recorded()
        await new Promise((resolve) => setTimeout(resolve, 150))
      })
    })
    await record({ userId: 'auth0|early' })
    const read = await logs(`?from=${newest.log_id}&take=10`)
    await late
    assert.deepEqual(
      read.map((log: { user_id: string }) => log.user_id),
      ['auth0|late', 'auth0|early'],
    )
  })

  it('shows what happened to one user, newest first; nothing for a user nobody knows', async () => {
    await record({ type: 'ss', userId: 'auth0|ann', userName: 'ann@example.com' })
    await record({ type: 's', userId: 'auth0|ann' })
    await record({ type: 's', userId: 'auth0|ben' })
    const { body } = await call('GET', '/api/v2/users/auth0%7Cann/logs?include_totals=true')
    assert.deepEqual([body.start, body.limit, body.length, body.total], [0, 50, 2, 2])
    assert.deepEqual(
      body.logs.map((log: { type: string }) => log.type),
      ['s', 'ss'],
    )
    assert.equal(body.logs[1].user_name, 'ann@example.com')
    assert.deepEqual((await call('GET', '/api/v2/users/auth0%7Cnobody/logs')).body, [])
    assert.equal((await call('GET', '/api/v2/users/auth0%7Cann/logs?per_page=101')).status, 400)
  })

  it('tells of a new user what was sent, his password masked, and of a deleted one from where', async () => {
    const person = {
      connection: 'Username-Password-Authentication',
      email: 'new@example.com',
      app_metadata: { plan: 1 },
    }
    const { body: user } = await call('POST', '/api/v2/users', {
      body: { ...person, password: 'Morgentau-27-Fenster' },
    })
    const [signedUp] = await logs(`?q=type:ss AND user_id:"${user.user_id}"`)
    assert.deepEqual(signedUp.details, { body: { ...person, password: '*****' } })
    await call('DELETE', `/api/v2/users/${encodeURIComponent(user.user_id)}`, { from: '10.1.2.3' })
    const [deleted] = await logs(`?q=type:sdu AND user_id:"${user.user_id}"`)
    assert.equal(deleted.ip, '10.1.2.3')
    assert.deepEqual(deleted.details, { connection: person.connection })
  })

  it('keeps of a long request how long it was, so that a page of the log stays small', async () => {
    const { body: user } = await call('POST', '/api/v2/users', {
      body: {
        connection: 'Username-Password-Authentication',
        email: 'long@example.com',
        password: 'Morgentau-27-Fenster',
      },
    })
    const url = `/api/v2/users/${encodeURIComponent(user.user_id)}`
    await call('PATCH', url, { body: { user_metadata: { much: 'x'.repeat(900_000) } }, from: '10.1.2.3' })
    await call('PATCH', url, { body: { user_metadata: null } })
    const { text } = await call('GET', `${url}/logs`)
    assert.ok(text.length < 50_000, String(text.length))
    const [, sent] = JSON.parse(text)
    assert.match(sent.details.request.body, /^left out: 900\d\d\d characters$/)
    assert.equal(sent.details.request.ip, '10.1.2.3')
    assert.equal(sent.user_name, 'long@example.com')
  })

  it("shows an organization's administrator his organization's entries alone, totals included", async () => {
    await db
      .insertInto('users')
      .values([plainUser('auth0|admin'), plainUser('auth0|m')])
      .execute()
    for (const name of ['a', 'b']) await makeOrganization(db, name, `org_${name}`)
    await join(db, 'org_a', 'auth0|admin', 'auditor')
    await join(db, 'org_a', 'auth0|m')
    const as = await tokenFor({ userId: 'auth0|admin', organizationId: 'org_a', scopes: ['read:logs'] })
    const within = (organizationId: string) =>
      ({ kind: 'user', userId: 'auth0|admin', clientId: CLIENT_ID, scopes: new Set<string>(), organizationId }) as const
    const operation = { operation: 'patch_users_by_id', after: { app_metadata: { secret: 1 } } }
    await record({ type: 'sapi', actor: within('org_a'), userId: 'auth0|m', ...operation })
    await record({ type: 'sapi', actor: within('org_b'), userId: 'auth0|m', ...operation })
    const { logs: seen, total } = await logs('?include_totals=true', as)
    assert.equal(total, 1)
    assert.deepEqual(
      seen.map((log: { organization_id: string }) => log.organization_id),
      ['org_a'],
    )
    assert.equal('body' in seen[0].details.response, false)
    assert.deepEqual(seen[0].details.request.auth.user, { user_id: 'auth0|admin' })
    const [foreign] = await logs('?q=organization_id:org_b')
    assert.equal((await call('GET', `/api/v2/logs/${foreign.log_id}`, { as })).status, 404)
    assert.deepEqual(await logs('?q=organization_id:org_b', as), [])
    assert.equal((await call('GET', '/api/v2/users/auth0%7Cm/logs', { as })).body.length, 1)
    assert.deepEqual(foreign.details.response.body, { app_metadata: { secret: 1 } })
  })

  it('has nothing personal outside the column that an erasure blanks', async () => {
    await call('POST', '/api/v2/keys/signing/rotate?note=ann%40example.com', {
      headers: { 'user-agent': CHROME },
      from: '10.9.9.9',
    })
    await db.updateTable('events').set({ person: null }).execute()
    const { text } = await call('GET', '/api/v2/logs?per_page=100')
    assert.doesNotMatch(text, /10\.9\.9\.9|Chrome|ann@example\.com/)
    assert.equal(server.config.publicUrl, 'http://localhost:3000')
  })
})

function plainUser(userId: string) {
  const at = new Date(1_700_000_000_000)
  return { user_id: userId, created_at: at, updated_at: at }
}
