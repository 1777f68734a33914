/** What the answers about everything but users must be. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { DEMO_APPLICATIONS } from '../../server/demo/applications.ts'
import type { Reader } from './reader.ts'
import { faultsOf } from './shapes.ts'

/** Who made the journey, and where. */
export type Journey = { name: string; domain: string; clientId: string; version: string }

/** Clients, grants, APIs, connections, settings, log and keys. */
export function expectConfiguration(reader: Reader, journey: Journey): void {
  expectClients(reader, journey)
  expectGrants(reader)
  expectApis(reader, journey)
  expectConnections(reader, journey)
  expectTenant(reader, journey)
}

function expectClients({ answer, rows, fit }: Reader, { name, clientId }: Journey): void {
  it('a client is made, read, changed, listed and deleted', () => {
    fit('client', 'client created', 'client read', 'client changed')
    const created = answer('client created')
    assert.match(created.client_id, /^[A-Za-z0-9]{32}$/)
    assert.match(created.client_secret, /^\S{64}$/)
    const { name: called, app_type, grant_types, client_metadata, is_first_party, global } = created
    assert.deepEqual(
      { called, app_type, grant_types, client_metadata, is_first_party, global },
      {
        called: `Journey ${name}`,
        app_type: 'non_interactive',
        grant_types: ['client_credentials'],
        client_metadata: { team: 'blue', floor: '2' },
        is_first_party: true,
        global: false,
      },
    )
    assert.deepEqual(answer('client read'), created)
    const changed = { ...created, description: 'Reads', client_metadata: { team: 'blue', floor: '3' } }
    assert.deepEqual(answer('client changed'), changed)
    const others = [clientId, ...Object.keys(DEMO_APPLICATIONS)]
    const listed = rows('clients listed', 'clients', { start: 0, limit: 50, total: others.length + 1 })
    assert.deepEqual(listed.map(({ client_id }) => client_id).sort(), [...others, created.client_id].sort())
    for (const client of listed) assert.deepEqual(faultsOf('client', client), [])
    assert.equal(answer('client deleted'), null)
  })

  it('a secret is rotated: the new one counts at once, and nothing else changes', () => {
    const { client_secret, ...created } = answer('small client created')
    const { client_secret: renewed, ...rest } = answer('secret rotated')
    assert.deepEqual(rest, created)
    assert.match(renewed, /^\S{64}$/)
    assert.notEqual(renewed, client_secret)
    fit('token', 'new secret taken')
    assert.equal(answer('new secret taken').scope, 'read:users read:logs')
  })
}

function expectGrants({ answer, rows, fit }: Reader): void {
  it('a grant gives a client what it names and no more, until it is deleted', () => {
    fit('clientGrant', 'grant created', 'grant changed')
    const created = answer('grant created')
    assert.deepEqual(created.scope, ['read:users'])
    assert.equal(created.client_id, answer('small client created').client_id)
    assert.deepEqual(rows('grants listed', 'client_grants', {}), [created])
    const [reads, ...others] = rows('small client reads', 'users', { start: 0, limit: 1, length: 1, total: 120 })
    assert.deepEqual([reads, others], [{ family_name: 'Crowd' }, []])
    assert.deepEqual(answer('nobody was created'), [])
    assert.deepEqual(answer('grant changed'), { ...created, scope: ['read:users', 'read:logs'] })
    assert.equal(answer('grant deleted'), null)
    assert.deepEqual(rows('grants of nobody', 'client_grants', {}), [])
  })
}

function expectApis({ answer, rows }: Reader, { name }: Journey): void {
  it('an API is found by its id and by its identifier', () => {
    const { id, ...created } = answer('API created')
    assert.deepEqual(created, {
      name: `API ${name}`,
      identifier: `https://${name}.example/api/`,
      scopes: [{ value: 'read:x', description: 'Read x' }],
      allow_offline_access: false,
      skip_consent_for_verifiable_first_party_clients: false,
      token_lifetime: 86_400,
      token_lifetime_for_web: 7_200,
      signing_alg: 'RS256',
    })
    assert.deepEqual(answer('API read'), { id, ...created })
    assert.deepEqual(answer('API read by identifier'), { id, ...created })
    assert.equal(answer('API changed').token_lifetime, 600)
    // The Management API and the one of a person's own account, the demo's, and this one.
    const listed = rows('APIs listed', 'resource_servers', { start: 0, limit: 50, total: 4 })
    assert.equal(listed.filter((api) => api.is_system).length, 2)
    assert.deepEqual(listed.at(-1), answer('API changed'))
    for (const api of listed) assert.deepEqual(faultsOf('resourceServer', api), [])
    assert.equal(answer('API deleted'), null)
  })
}

function expectConnections({ answer, rows, fit }: Reader, { name }: Journey): void {
  it('a connection is made with Auth0’s defaults; a change replaces its options', () => {
    fit('connection', 'connection created', 'connection read', 'connection changed')
    const created = answer('connection created')
    assert.deepEqual(answer('connection read'), created)
    assert.equal(created.name, `journey-${name}`)
    assert.equal(created.strategy, 'auth0')
    assert.equal(created.display_name, 'Journey')
    assert.deepEqual(created.realms, [`journey-${name}`])
    assert.equal(created.options.requires_username, true)
    assert.equal(created.options.brute_force_protection, true)
    assert.deepEqual(answer('connection changed'), { ...created, options: { passwordPolicy: 'excellent' } })
    const listed = rows('connections listed', 'connections', {})
    assert.deepEqual(listed.map((connection) => connection.name).sort(), [
      'Globex-Lager',
      'Username-Password-Authentication',
      `journey-${name}`,
    ])
    for (const connection of listed) assert.deepEqual(faultsOf('connection', connection), [])
    assert.equal(answer('connection deleted'), null)
  })
}

function expectTenant({ answer, rows, fit }: Reader, { name, clientId, version }: Journey): void {
  it('the tenant’s settings are changed and read', () => {
    fit('settings', 'settings changed', 'settings read')
    assert.equal(answer('settings changed').friendly_name, `Company ${name}`)
    assert.deepEqual(answer('settings read'), answer('settings changed'))
  })

  it('the log tells each act, the newest first, and which SDK it came through', () => {
    const list = answer('log listed')
    const total = Array.isArray(list) ? undefined : list.total
    const entries = rows('log listed', 'logs', { start: 0, limit: 50, length: 50, total })
    assert.ok(total === undefined || total > 50)
    assert.equal(entries.length, 50)
    for (const entry of entries) assert.deepEqual(faultsOf('logEntry', entry), [])
    const [newest] = entries
    assert.deepEqual(answer('log entry read'), newest)
    assert.equal(newest.type, 'sapi')
    assert.equal(newest.client_id, clientId)
    assert.equal(newest.auth0_client.version, version)
    assert.deepEqual(newest.details.request.body, { friendly_name: `Company ${name}` })
    const dates = entries.map(({ date }) => date)
    assert.deepEqual(dates, dates.toSorted().reverse())
    assert.ok(!JSON.stringify(entries).includes('Morgentau'))
  })

  it('the keys are there, one of them current, and no private part of them', () => {
    const keys = answer('keys listed')
    for (const key of keys) assert.deepEqual(faultsOf('key', key), [])
    assert.equal(keys.filter(({ current }: { current?: boolean }) => current === true).length, 1)
    assert.deepEqual(answer('key read'), keys[0])
    assert.ok(!JSON.stringify(keys).includes('PRIVATE'))
  })
}
