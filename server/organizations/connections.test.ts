import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addApi, addClient, addGrant } from '../oidc/oidc.testing.ts'
import { NO_ORGANIZATION, startOrganizations } from './two-organizations.testing.ts'

const NO_CONNECTION = { statusCode: 404, error: 'Not Found', message: 'No connection found by that id' }

describe('what is open to an organization', async () => {
  const test = await startOrganizations()
  const { call, db, connection, acme, bolt, at, administrator, lastEvent } = test
  const UNKNOWN = 'org_0123456789abcdef'
  const database = async (name: string) =>
    (await call('POST', '/api/v2/connections', { body: { strategy: 'auth0', name } })).body.id as string

  it('are connections, told of in the older way', async () => {
    const url = at(acme, '/enabled_connections')
    const made = await call('POST', url, { body: { connection_id: connection.id } })
    assert.equal(made.status, 201, made.text)
    const expected = {
      connection_id: connection.id,
      assign_membership_on_login: false,
      show_as_button: true,
      is_signup_enabled: false,
      connection: { name: connection.name, strategy: 'auth0' },
    }
    assert.deepEqual(made.body, expected)
    assert.deepEqual((await call('GET', url)).body, [expected])
    assert.deepEqual((await call('GET', `${url}?include_totals=true`)).body, {
      start: 0,
      limit: 50,
      total: 1,
      enabled_connections: [expected],
    })
    const one = `${url}/${connection.id}`
    assert.deepEqual((await call('GET', one)).body, expected)
    const again = await call('POST', url, { body: { connection_id: connection.id } })
    assert.equal(again.status, 409)

    const refused = await call('PATCH', one, { body: { is_signup_enabled: true } })
    assert.deepEqual([refused.status, refused.body.errorCode], [400, 'invalid_body'])
    const changed = await call('PATCH', one, {
      body: { is_signup_enabled: true, assign_membership_on_login: true, show_as_button: false },
    })
    const after = { ...expected, is_signup_enabled: true, assign_membership_on_login: true, show_as_button: false }
    assert.deepEqual([changed.status, changed.body], [200, after])
    const { person, organization_id } = await lastEvent()
    assert.deepEqual([person?.before, person?.after, organization_id], [expected, after, acme])
    assert.equal((await call('PATCH', one, { body: { assign_membership_on_login: false } })).status, 400)

    assert.deepEqual((await call('GET', at(bolt, '/enabled_connections'))).body, [])
    assert.deepEqual((await call('GET', at(bolt, `/enabled_connections/${connection.id}`))).body, NO_CONNECTION)
    assert.equal((await call('DELETE', one)).status, 204)
    assert.deepEqual((await call('GET', one)).body, NO_CONNECTION)
    assert.equal((await call('DELETE', one)).status, 204)
  })

  it('and in the newer one, with name, level and a switch', async () => {
    const url = at(acme, '/connections')
    const id = await database('newer')
    const made = await call('POST', url, {
      body: {
        connection_id: id,
        organization_connection_name: 'Staff',
        organization_access_level: 'limited',
        is_enabled: false,
      },
    })
    const expected = {
      connection_id: id,
      assign_membership_on_login: false,
      show_as_button: true,
      is_signup_enabled: false,
      connection: { name: 'newer', strategy: 'auth0' },
      organization_connection_name: 'Staff',
      organization_access_level: 'limited',
      is_enabled: false,
    }
    assert.deepEqual([made.status, made.body], [201, expected])
    assert.deepEqual((await call('GET', `${url}?is_enabled=true`)).body, [])
    assert.deepEqual((await call('GET', `${url}?is_enabled=false&include_totals=true`)).body.connections, [expected])
    const changed = await call('PATCH', `${url}/${id}`, {
      body: { organization_connection_name: null, organization_access_level: null, is_enabled: null },
    })
    const { organization_connection_name: _, organization_access_level: __, ...rest } = expected
    assert.deepEqual([changed.status, changed.body], [200, { ...rest, is_enabled: true }])
    assert.deepEqual((await call('GET', `${url}/${id}`)).body, changed.body)
    for (const body of [{ organization_access_level: 'all' }, { organization_connection_name: '' }, { color: 1 }]) {
      assert.equal((await call('PATCH', `${url}/${id}`, { body })).status, 400)
    }
    assert.equal((await call('DELETE', `${url}/${id}`)).status, 204)
    assert.deepEqual((await call('GET', `${url}/${id}`)).body, NO_CONNECTION)
  })

  it('are not what is unknown, and go with the connection', async () => {
    for (const path of ['/enabled_connections', '/connections']) {
      const { status, body } = await call('POST', at(acme, path), { body: { connection_id: 'con_0123456789abcdef' } })
      assert.deepEqual([status, body.errorCode], [404, 'inexistent_connection'])
      for (const method of ['GET', 'POST']) {
        const answer = await call(method, at(UNKNOWN, path), {
          ...(method === 'POST' ? { body: { connection_id: connection.id } } : {}),
        })
        assert.deepEqual([answer.status, answer.body], [404, NO_ORGANIZATION])
      }
    }
    const id = await database('passing')
    await call('POST', at(acme, '/enabled_connections'), { body: { connection_id: id } })
    await call('DELETE', `/api/v2/connections/${id}`)
    assert.deepEqual((await call('GET', at(acme, '/enabled_connections'))).body, [])
  })

  it('can be read by its own administrators, and changed by operators alone', async () => {
    const { ask } = await administrator(acme, [
      'read:organization_connections',
      'create:organization_connections',
      'delete:organization_connections',
      'read:organization_discovery_domains',
      'update:organization_discovery_domains',
    ])
    assert.equal((await ask('GET', at(acme, '/enabled_connections'))).status, 200)
    assert.equal((await ask('GET', at(acme, '/discovery-domains'))).status, 200)
    assert.deepEqual((await ask('GET', at(bolt, '/enabled_connections'))).body, NO_ORGANIZATION)
    const body = { connection_id: connection.id }
    assert.equal((await ask('POST', at(acme, '/enabled_connections'), { body })).status, 403)
    assert.equal((await ask('DELETE', at(acme, `/connections/${connection.id}`))).status, 403)
    assert.equal(
      (await ask('PATCH', at(acme, '/discovery-domains/ord_x'), { body: { status: 'verified' } })).status,
      403,
    )
  })

  it('are domains, of which a verified one leads to one organization', async () => {
    const url = at(acme, '/discovery-domains')
    const made = await call('POST', url, { body: { domain: 'Acme.Example' } })
    assert.equal(made.status, 201, made.text)
    const { id, verification_txt } = made.body
    assert.match(id, /^ord_[A-Za-z0-9]{22}$/)
    assert.match(verification_txt, /^[0-9a-f]{32}$/)
    const expected = {
      id,
      domain: 'acme.example',
      status: 'pending',
      use_for_organization_discovery: true,
      verification_txt,
      verification_host: `_ss-verification.${acme}.acme.example`,
    }
    assert.deepEqual(made.body, expected)
    assert.deepEqual((await call('GET', `${url}/${id}`)).body, expected)
    assert.deepEqual((await call('GET', `${url}/name/ACME.example`)).body, expected)
    assert.deepEqual((await call('GET', url)).body, { domains: [expected] })
    assert.equal((await call('POST', url, { body: { domain: 'acme.example' } })).status, 409)

    const other = await call('POST', at(bolt, '/discovery-domains'), { body: { domain: 'acme.example' } })
    assert.equal(other.status, 201, 'anybody may claim a domain')
    const verified = await call('PATCH', `${url}/${id}`, { body: { status: 'verified' } })
    assert.deepEqual([verified.status, verified.body], [200, { ...expected, status: 'verified' }])
    const taken = await call('PATCH', at(bolt, `/discovery-domains/${other.body.id}`), { body: { status: 'verified' } })
    assert.deepEqual(
      [taken.status, taken.body.message],
      [409, 'The domain acme.example belongs to an organization already.'],
    )

    const gone = { statusCode: 404, error: 'Not Found', message: 'No organization domain found by that id' }
    assert.deepEqual((await call('GET', at(bolt, `/discovery-domains/${id}`))).body, gone)
    assert.deepEqual((await call('DELETE', at(bolt, `/discovery-domains/${id}`))).body, gone)
    assert.equal((await call('DELETE', `${url}/${id}`)).status, 204)
    for (const [method, path] of [
      ['GET', `/${id}`],
      ['PATCH', `/${id}`],
      ['DELETE', `/${id}`],
      ['GET', '/name/acme.example'],
    ] as const) {
      const answer = await call(method, `${url}${path}`, method === 'PATCH' ? { body: {} } : {})
      assert.deepEqual([answer.status, answer.body], [404, gone])
    }
    for (const domain of ['acme', 'a b.example', '-x.example', 'x..example', '1.2.3.4', 'x'.repeat(256), '']) {
      assert.equal((await call('POST', url, { body: { domain } })).status, 400, domain)
    }
  })

  it('are at most a hundred domains, listed by checkpoint', async () => {
    const id = await test.make('domains')
    const url = at(id, '/discovery-domains')
    const first = await call('POST', url, { body: { domain: 'd0.example' } })
    const rows = Array.from({ length: 99 }, (_, index) => ({
      id: `ord_${index}`,
      organization_id: id,
      domain: `d${index + 1}.example`,
      status: 'pending' as const,
      verification_txt: 'x',
      created_at: new Date(Date.now() + index),
    }))
    await db.insertInto('organization_discovery_domains').values(rows).execute()
    const { status, body } = await call('POST', url, { body: { domain: 'more.example' } })
    assert.deepEqual([status, body.errorCode], [403, 'too_many_entities'])
    const seen: string[] = []
    for (let from = ''; ; ) {
      const page = await call('GET', `${url}?take=40${from && `&from=${from}`}`)
      seen.push(...page.body.domains.map(({ domain }: { domain: string }) => domain))
      if (!page.body.next) break
      from = page.body.next
    }
    assert.equal(new Set(seen).size, 100)
    assert.equal(seen[0], first.body.domain)
  })

  it('are client grants, seen from either side', async () => {
    const api = await addApi(test, { identifier: 'https://robots.example.com', scopes: ['read:robots'] })
    await addClient(test, { id: 'robotClient', method: 'client_secret_post' })
    await addGrant(test, {
      client: 'robotClient',
      api,
      scope: ['read:robots'],
      settings: { organization_usage: 'allow' },
    })
    const [grant] = (await call('GET', '/api/v2/client-grants?client_id=robotClient')).body
    const url = at(acme, '/client-grants')
    const made = await call('POST', url, { body: { grant_id: grant.id } })
    const expected = {
      id: grant.id,
      client_id: 'robotClient',
      audience: 'https://robots.example.com',
      scope: ['read:robots'],
      organization_usage: 'allow',
    }
    assert.deepEqual([made.status, made.body], [201, expected])
    assert.equal((await call('POST', url, { body: { grant_id: grant.id } })).status, 409)
    assert.equal((await call('POST', url, { body: { grant_id: 'cgr_0123456789abcdef' } })).status, 404)
    assert.deepEqual((await call('GET', url)).body, [expected])
    for (const [query, found] of [
      ['client_id=robotClient', 1],
      ['client_id=other', 0],
      ['audience=https://robots.example.com', 1],
      ['audience=https://none.example.com', 0],
      [`grant_ids=${grant.id}&grant_ids=cgr_x`, 1],
      ['grant_ids=cgr_x', 0],
    ] as const) {
      const { body } = await call('GET', `${url}?include_totals=true&${query}`)
      assert.deepEqual([body.total, body.client_grants.length], [found, found], query)
    }
    const organizations = await call('GET', `/api/v2/client-grants/${grant.id}/organizations?include_totals=true`)
    assert.deepEqual(
      [organizations.body.total, organizations.body.organizations.map(({ id }: { id: string }) => id)],
      [1, [acme]],
    )
    assert.deepEqual((await call('GET', at(bolt, '/client-grants'))).body, [])
    assert.equal((await call('DELETE', `${url}/${grant.id}`)).status, 204)
    assert.equal((await call('DELETE', `${url}/${grant.id}`)).status, 404)
    assert.deepEqual((await call('GET', `/api/v2/client-grants/${grant.id}/organizations`)).body, [])
  })

  it('are applications', async () => {
    await addClient(test, { id: 'memberApp', method: 'none', settings: { app_type: 'spa' } })
    const url = at(acme, '/clients')
    const made = await call('POST', url, {
      body: { clients: [{ client_id: 'memberApp', use_for_member_access: true }] },
    })
    const expected = {
      client_id: 'memberApp',
      use_for_member_access: true,
      client: {
        name: 'memberApp',
        app_type: 'spa',
        is_first_party: made.body[0].client.is_first_party,
        grant_types: ['client_credentials'],
      },
    }
    assert.deepEqual([made.status, made.body], [201, [expected]])
    assert.deepEqual((await call('GET', url)).body, { clients: [expected] })
    const changed = await call('PATCH', `${url}/memberApp`, { body: { use_for_member_access: false } })
    assert.deepEqual([changed.status, changed.body], [200, { ...expected, use_for_member_access: false }])
    assert.deepEqual((await call('GET', `${url}/memberApp`)).body, changed.body)
    const unknown = await call('POST', url, { body: { clients: [{ client_id: 'none', use_for_member_access: true }] } })
    assert.equal(unknown.status, 404)
    assert.equal((await call('POST', url, { body: { clients: [{ client_id: 'memberApp' }] } })).status, 400)
    assert.deepEqual((await call('GET', at(bolt, '/clients'))).body, { clients: [] })
    assert.equal((await call('DELETE', url, { body: { clients: ['memberApp', 'none'] } })).status, 204)
    assert.equal((await call('GET', `${url}/memberApp`)).status, 404)
    assert.equal((await call('PATCH', `${url}/memberApp`, { body: {} })).status, 404)
  })
})
