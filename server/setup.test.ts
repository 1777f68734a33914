import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer, testConfig } from '../test/harness.ts'
import { StartError } from './base/start-error.ts'
import { setUpTenant } from './setup.ts'

describe('setting up the tenant at a start', async () => {
  const { call, db, server, tokenFor } = await startTestServer()

  it('refuses an address under which another API has the place of the Management API, and changes nothing', async () => {
    for (const identifier of ['https://id.acme.example/api/v2/', 'https://localhost:3999/api/v2/']) {
      assert.equal((await call('POST', '/api/v2/resource-servers', { body: { identifier } })).status, 201)
    }
    const before = await db.selectFrom('resource_servers').selectAll().execute()
    for (const environment of [{ PUBLIC_URL: 'https://id.acme.example' }, { TLS_PORT: '3999' }]) {
      await assert.rejects(setUpTenant(db, server.secrets, testConfig(environment)), (error) => {
        return error instanceof StartError && /another API/.test(error.message)
      })
    }
    assert.deepEqual(await db.selectFrom('resource_servers').selectAll().execute(), before)
  })

  it('makes a bootstrap client that was deleted again, for which the tokens of the former one do not count', async () => {
    const as = await tokenFor({})
    assert.equal((await call('DELETE', `/api/v2/clients/${CLIENT_ID}`, { as })).status, 204)
    assert.equal((await call('GET', '/api/v2/clients', { as })).status, 401)
    await setUpTenant(db, server.secrets, testConfig())
    assert.equal((await call('GET', '/api/v2/clients', { as })).status, 401)
    assert.equal((await call('GET', '/api/v2/clients', { as: await tokenFor({}) })).status, 200)
  })
})
