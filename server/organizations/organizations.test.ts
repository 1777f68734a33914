import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_ORGANIZATION, startOrganizations } from './two-organizations.testing.ts'

const API = '/api/v2/organizations'

describe('organizations', async () => {
  const { call, db, tokenFor, connection, person, acme, bolt, make, at, join, give, role, administrator, lastEvent } =
    await startOrganizations()

  it('are made, read by id and name, changed and removed in the shapes of Auth0', async () => {
    const sent = {
      name: 'harbor-line_2',
      display_name: 'Harborline',
      branding: {
        logo_url: 'https://cdn.example.com/logo.png',
        colors: { primary: '#016869', page_background: '#fff' },
      },
      metadata: { plan: 'gold', seats: '40' },
      token_quota: { client_credentials: { enforce: true, per_day: 100 } },
    }
    const made = await call('POST', API, { body: sent })
    assert.equal(made.status, 201, made.text)
    const { id } = made.body
    assert.match(id, /^org_[A-Za-z0-9]{16}$/)
    assert.deepEqual(made.body, { id, ...sent })
    assert.deepEqual((await call('GET', at(id))).body, made.body)
    assert.deepEqual((await call('GET', `${API}/name/harbor-line_2`)).body, made.body)
    const created = await lastEvent()
    assert.deepEqual([created.target_kind, created.target_id, created.organization_id], ['organization', id, id])

    const changed = await call('PATCH', at(id), {
      body: { name: 'harborline', branding: { colors: sent.branding.colors }, token_quota: null },
    })
    const { token_quota: _, ...rest } = sent
    const after = { id, ...rest, name: 'harborline', branding: { colors: sent.branding.colors } }
    assert.deepEqual([changed.status, changed.body], [200, after])
    const event = await lastEvent()
    assert.deepEqual([event.person?.before, event.person?.after], [made.body, after])
    assert.equal((await call('GET', `${API}/name/harbor-line_2`)).status, 404)

    assert.equal((await call('DELETE', at(id))).status, 204)
    for (const [method, url] of [
      ['GET', at(id)],
      ['PATCH', at(id)],
      ['DELETE', at(id)],
      ['GET', at(id, '/members')],
      ['GET', at(id, '/invitations')],
      ['GET', `${API}/name/harborline`],
    ] as const) {
      const answer = await call(method, url, method === 'PATCH' ? { body: { display_name: 'x' } } : {})
      assert.deepEqual([answer.status, answer.body], [404, NO_ORGANIZATION], `${method} ${url}`)
    }
  })

  it('answer only what was said of them', async () => {
    const { body } = await call('POST', API, { body: { name: 'plain' } })
    assert.deepEqual(body, { id: body.id, name: 'plain' })
  })

  it('have names of their own within rules, which are free again after a change of name', async () => {
    await make('taken')
    for (const body of [{ name: 'taken' }]) {
      const { status, body: answer } = await call('POST', API, { body })
      assert.deepEqual([status, answer.errorCode], [409, 'organization_conflict'])
    }
    const other = await make('other')
    const renamed = await call('PATCH', at(other), { body: { name: 'taken' } })
    assert.deepEqual([renamed.status, renamed.body.errorCode], [409, 'organization_conflict'])
    assert.equal((await call('PATCH', at(other), { body: { name: 'another' } })).status, 200)
    await make('other')
    for (const name of ['', 'Upper', 'org_abc', '-x', 'x-', '_x', 'a b', 'ä', 'a'.repeat(51), 7, null]) {
      const { status, body } = await call('POST', API, { body: { name } })
      assert.deepEqual([status, body.errorCode], [400, 'invalid_body'], String(name))
    }
    for (const name of ['x', '0', 'a--b_c', 'a'.repeat(50)]) await make(name)
  })

  it('refuse what has the wrong shape, and say what', async () => {
    const many = Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`k${index}`, 'v']))
    for (const more of [
      { display_name: '' },
      { display_name: 'x'.repeat(256) },
      { metadata: { plan: 7 } },
      { metadata: { plan: 'x'.repeat(256) } },
      { metadata: many },
      { branding: { logo_url: 'http://example.com/x.png' } },
      { branding: { colors: { primary: '#fff' } } },
      { branding: { colors: { primary: 'red', page_background: '#fff' } } },
      { token_quota: {} },
      { enabled_connections: [{}] },
      { colour: 'red' },
    ]) {
      const { status, body } = await call('POST', API, { body: { name: 'wrong', ...more } })
      assert.deepEqual([status, body.errorCode], [400, 'invalid_body'], JSON.stringify(more))
    }
    assert.equal((await call('GET', `${API}/name/wrong`)).status, 404)
  })

  it('have metadata that a change merges by key, at once from two sides, and never beyond the limit', async () => {
    const id = await make('metadata', { metadata: { plan: 'gold', gone: 'x', never: null } })
    assert.deepEqual((await call('GET', at(id))).body.metadata, { plan: 'gold', gone: 'x' })
    const patches = [{ left: '1', gone: null }, { right: '2' }]
    await Promise.all(patches.map((metadata) => call('PATCH', at(id), { body: { metadata } })))
    const all = { plan: 'gold', left: '1', right: '2' }
    assert.deepEqual((await call('GET', at(id))).body.metadata, all)
    const more = Object.fromEntries(Array.from({ length: 23 }, (_, index) => [`k${index}`, 'v']))
    const refused = await call('PATCH', at(id), { body: { metadata: more } })
    assert.deepEqual([refused.status, refused.body.errorCode], [400, 'invalid_body'])
    assert.match(refused.body.message, /At most 25 .*Nothing was changed/)
    assert.deepEqual((await call('GET', at(id))).body.metadata, all)
  })

  it('begin with connections, for callers who may open them', async () => {
    const enabled_connections = [
      { connection_id: connection.id, assign_membership_on_login: true, is_signup_enabled: true },
    ]
    const made = await call('POST', API, { body: { name: 'connected', enabled_connections } })
    assert.equal(made.status, 201, made.text)
    assert.deepEqual(made.body.enabled_connections, [
      {
        ...enabled_connections[0],
        show_as_button: true,
        connection: { name: connection.name, strategy: 'auth0' },
      },
    ])
    const as = await tokenFor({ scopes: ['create:organizations'] })
    const refused = await call('POST', API, { as, body: { name: 'refused', enabled_connections } })
    assert.deepEqual([refused.status, refused.body.errorCode], [403, 'insufficient_scope'])
    const unknown = await call('POST', API, {
      body: { name: 'refused', enabled_connections: [{ connection_id: 'con_0123456789abcdef' }] },
    })
    assert.equal(unknown.status, 404)
    const alone = await call('POST', API, {
      body: { name: 'refused', enabled_connections: [{ connection_id: connection.id, is_signup_enabled: true }] },
    })
    assert.deepEqual([alone.status, alone.body.errorCode], [400, 'invalid_body'])
    assert.equal((await call('GET', `${API}/name/refused`)).status, 404)
  })

  it('are listed in pages, by checkpoint and in the order asked for', async () => {
    const all = (await call('GET', `${API}?per_page=100`)).body.map(({ id }: { id: string }) => id)
    assert.deepEqual(all.slice(0, 2), [acme, bolt])
    const totals = await call('GET', `${API}?include_totals=true&per_page=2&page=1`)
    const { organizations, ...rest } = totals.body
    assert.deepEqual(rest, { start: 2, limit: 2, total: all.length })
    assert.deepEqual(
      organizations.map(({ id }: { id: string }) => id),
      all.slice(2, 4),
    )
    const seen: string[] = []
    for (let from = ''; ; ) {
      const { body } = await call('GET', `${API}?take=3&include_totals=true${from && `&from=${from}`}`)
      seen.push(...body.organizations.map(({ id }: { id: string }) => id))
      if (!body.next) break
      from = body.next
    }
    assert.deepEqual(seen, all)
    const names = async (sort: string) =>
      (await call('GET', `${API}?per_page=100&sort=${sort}`)).body.map(({ name }: { name: string }) => name)
    const sorted = (await names('name:1')) as string[]
    assert.deepEqual(sorted, sorted.toSorted())
    assert.deepEqual(await names('name:-1'), sorted.toReversed())
    for (const query of ['sort=plan:1', 'sort=name', 'sort=name:1&take=5', 'take=2&from=nonsense', 'per_page=101']) {
      const { status, body } = await call('GET', `${API}?${query}`)
      assert.deepEqual([status, body.errorCode], [400, 'invalid_query_string'], query)
    }
  })

  it('show a caller who may read summaries no more than id and names', async () => {
    const as = await tokenFor({ scopes: ['read:organizations_summary'] })
    const id = await make('summary', { metadata: { secret: 'x' } })
    assert.deepEqual((await call('GET', at(id), { as })).body, { id, name: 'summary' })
    const { body } = await call('GET', `${API}?per_page=100`, { as })
    assert.ok(body.every((organization: object) => !('metadata' in organization)))
  })

  it('leave their members as users when they are removed, with nothing of theirs there', async () => {
    const id = await make('short-lived')
    const user = await person()
    await join(id, [user])
    await give(id, user, [await role()])
    assert.equal((await call('DELETE', at(id))).status, 204)
    assert.equal((await call('GET', `/api/v2/users/${encodeURIComponent(user.user_id)}`)).status, 200)
    for (const table of ['memberships', 'membership_roles'] as const) {
      assert.deepEqual(await db.selectFrom(table).selectAll().where('organization_id', '=', id).execute(), [])
    }
  })

  it('are seen and changed by their own administrators in what is theirs, and by no others', async () => {
    const { ask } = await administrator(acme, ['read:organizations', 'update:organizations', 'delete:organizations'])
    assert.equal((await ask('GET', at(acme))).body.name, 'acme')
    const changed = await ask('PATCH', at(acme), {
      body: { name: 'acme', display_name: 'Acme Ltd', metadata: { floor: '3' } },
    })
    assert.equal(changed.status, 200, changed.text)
    for (const body of [{ name: 'apex' }, { token_quota: null }, { third_party_client_access: 'block' }]) {
      const refused = await ask('PATCH', at(acme), { body })
      assert.equal(refused.status, 403, refused.text)
      assert.match(refused.body.message, /Only an operator .*Nothing was changed/)
    }
    assert.equal((await call('GET', at(acme))).body.name, 'acme')
    for (const id of [bolt, 'org_0123456789abcdef']) {
      assert.deepEqual((await ask('GET', at(id))).body, NO_ORGANIZATION)
      assert.deepEqual((await ask('PATCH', at(id), { body: { display_name: 'Mine' } })).body, NO_ORGANIZATION)
    }
    assert.equal((await call('GET', at(bolt))).body.display_name, 'Bolt')
    for (const [method, url] of [
      ['GET', API],
      ['GET', `${API}/name/acme`],
      ['DELETE', at(acme)],
    ] as const) {
      assert.equal((await ask(method, url)).status, 403)
    }
  })
})
