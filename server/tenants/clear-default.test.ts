import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

const SETTINGS = '/api/v2/tenants/settings'
const CONNECTIONS = '/api/v2/connections'
const APIS = '/api/v2/resource-servers'

describe('a default of the tenant whose connection or API is deleted', async () => {
  const { call, db } = await startTestServer()

  async function create(path: string, body: object): Promise<string> {
    const created = await call('POST', path, { body })
    assert.equal(created.status, 201, created.text)
    return created.body.id
  }

  async function defaults(): Promise<[directory: string, audience: string]> {
    const { body } = await call('GET', SETTINGS)
    return [body.default_directory, body.default_audience]
  }

  async function setDefaults(directory: string, audience: string): Promise<void> {
    const body = { default_directory: directory, default_audience: audience }
    assert.equal((await call('PATCH', SETTINGS, { body })).status, 200)
  }

  async function lastAfter(): Promise<unknown> {
    const event = await db.selectFrom('events').select('person').orderBy('log_id', 'desc').executeTakeFirstOrThrow()
    return (event.person as { after?: unknown }).after
  }

  it('is taken back with it, and the event says so', async () => {
    const connection = await create(CONNECTIONS, { name: 'Gone', strategy: 'auth0' })
    const api = await create(APIS, { identifier: 'urn:gone' })
    await setDefaults('Gone', 'urn:gone')
    await call('PATCH', SETTINGS, { body: { friendly_name: 'Kept' } })

    assert.equal((await call('DELETE', `${APIS}/${api}`)).status, 204)
    assert.deepEqual(await lastAfter(), { tenant_settings: { default_audience: '' } })
    assert.deepEqual(await defaults(), ['Gone', ''])
    assert.equal((await call('DELETE', `${CONNECTIONS}/${connection}`)).status, 204)
    assert.deepEqual(await lastAfter(), { users_deleted: 0, tenant_settings: { default_directory: '' } })
    assert.deepEqual(await defaults(), ['', ''])
    assert.equal((await call('GET', SETTINGS)).body.friendly_name, 'Kept')
  })

  it('is found by a realm of the connection, and by the identifier of an API that is deleted by it', async () => {
    const connection = await create(CONNECTIONS, { name: 'Realms', strategy: 'auth0', realms: ['realms.example'] })
    await create(APIS, { identifier: 'urn:by-identifier' })
    await setDefaults('realms.example', 'urn:by-identifier')
    await call('DELETE', `${CONNECTIONS}/${connection}`)
    await call('DELETE', `${APIS}/urn:by-identifier`)
    assert.deepEqual(await defaults(), ['', ''])
  })

  it('stays where something else is deleted', async () => {
    const stays = await create(CONNECTIONS, { name: 'Stays', strategy: 'auth0' })
    const api = await create(APIS, { identifier: 'urn:stays' })
    await setDefaults('Stays', 'urn:stays')
    const other = await create(CONNECTIONS, { name: 'Other', strategy: 'auth0' })
    await call('DELETE', `${CONNECTIONS}/${other}`)
    assert.deepEqual(await lastAfter(), { users_deleted: 0 })
    await call('DELETE', `${APIS}/${await create(APIS, { identifier: 'urn:other' })}`)
    assert.equal(await lastAfter(), undefined)
    assert.deepEqual(await defaults(), ['Stays', 'urn:stays'])
    await call('DELETE', `${CONNECTIONS}/${stays}`)
    await call('DELETE', `${APIS}/${api}`)
  })

  it('names nothing that is gone, whichever of a deletion and a change at the same moment comes first', async () => {
    for (let round = 0; round < 10; round += 1) {
      const api = await create(APIS, { identifier: `urn:race-${round}` })
      const [changed] = await Promise.all([
        call('PATCH', SETTINGS, { body: { default_audience: `urn:race-${round}` } }),
        call('DELETE', `${APIS}/${api}`),
      ])
      assert.ok([200, 400].includes(changed.status), changed.text)
      assert.equal((await defaults())[1], '')
    }
  })
})
