import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeJwt } from 'jose'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { now } from '../base/clock.ts'
import type { JsonObject } from '../db/tables.ts'
import { makeOrganization } from '../organizations/organizations.testing.ts'
import { ASK, addApi, addClient, addGrant, post } from './oidc.testing.ts'

describe('an application’s own token in an organization', async () => {
  const test = await startTestServer()
  const { db, server, call } = test
  const acme = await makeOrganization(db, 'acme')
  const globex = await makeOrganization(db, 'globex')
  let apis = 0

  /** Makes an API with a grant of the test client, which is good in these organizations. */
  async function apiWith(settings: JsonObject, organizationIds: string[] = [], client = CLIENT_ID): Promise<string> {
    apis += 1
    const identifier = `urn:api:${apis}`
    const api = await addApi(test, { identifier, scopes: ['read:things'] })
    await addGrant(test, { client, api, scope: ['read:things'], settings })
    const grant = await db
      .selectFrom('client_grants')
      .select('id')
      .where('resource_server_id', '=', api)
      .executeTakeFirstOrThrow()
    for (const organization_id of organizationIds) {
      const row = { organization_id, grant_id: grant.id, created_at: now() }
      await db.insertInto('organization_client_grants').values(row).execute()
    }
    return identifier
  }

  const refusalOf = async (audience: string, organization?: string) => {
    const { status, body } = await post(test, { ...ASK, audience, organization })
    return [status, body.error, body.error_description]
  }

  it('names the organization that its grant is good in, and is recorded there', async () => {
    const audience = await apiWith({ organization_usage: 'allow' }, [acme])
    const { body } = await post(test, { ...ASK, audience, organization: acme })
    const claims = decodeJwt(body.access_token)
    assert.deepEqual([claims.org_id, claims.organization_generation], [acme, 1])
    assert.equal(claims.org_name, undefined)
    const without = await post(test, { ...ASK, audience })
    assert.equal(decodeJwt(without.body.access_token).org_id, undefined)
    const [event] = await db
      .selectFrom('events')
      .selectAll()
      .where('type', '=', 'seccft')
      .where('organization_id', '=', acme)
      .execute()
    assert.equal(event?.client_id, CLIENT_ID)
  })

  it('is refused in another organization, an unknown or a suspended one, and where the grant wants none', async () => {
    const audience = await apiWith({ organization_usage: 'allow' }, [acme])
    assert.deepEqual((await refusalOf(audience, globex)).slice(0, 2), [403, 'access_denied'])
    assert.deepEqual(await refusalOf(audience, 'org_unknown'), [
      400,
      'invalid_request',
      'parameter organization is invalid: org_unknown',
    ])
    const dock = await makeOrganization(db, 'dock')
    const any = await apiWith({ organization_usage: 'allow', allow_any_organization: true })
    assert.equal((await post(test, { ...ASK, audience: any, organization: dock })).status, 200)
    await db.updateTable('organizations').set({ suspended_at: now() }).where('id', '=', dock).execute()
    assert.deepEqual(await refusalOf(any, dock), [403, 'access_denied', 'The organization is suspended.'])
    const denied = await apiWith({}, [acme])
    assert.deepEqual(await refusalOf(denied, acme), [
      400,
      'invalid_request',
      'parameter organization is not allowed for this client',
    ])
  })

  it('is asked for where the grant wants one, or the application has one of its own', async () => {
    const audience = await apiWith({ organization_usage: 'require' }, [acme])
    assert.deepEqual(await refusalOf(audience), [
      400,
      'invalid_request',
      'parameter organization is required for this client',
    ])
    const settings = { default_organization: { organization_id: acme, flows: ['client_credentials'] } }
    await addClient(test, { id: 'bound', method: 'client_secret_post', secret: 'its-secret', settings })
    const own = await apiWith({ organization_usage: 'require' }, [acme], 'bound')
    const bound = { ...ASK, client_id: 'bound', client_secret: 'its-secret', audience: own }
    assert.equal(decodeJwt((await post(test, bound)).body.access_token).org_id, acme)
    assert.equal((await post(test, { ...bound, organization: globex })).status, 403)
  })

  it('may be asked for by name, and tells it, only where the tenant says so', async () => {
    const audience = await apiWith({ organization_usage: 'allow' }, [acme])
    assert.equal((await refusalOf(audience, 'acme'))[0], 400)
    const body = { allow_organization_name_in_authentication_api: true }
    await call('PATCH', '/api/v2/tenants/settings', { body })
    const { body: answer } = await post(test, { ...ASK, audience, organization: 'Acme' })
    assert.deepEqual([decodeJwt(answer.access_token).org_id, decodeJwt(answer.access_token).org_name], [acme, 'acme'])
    await call('PATCH', '/api/v2/tenants/settings', { body: { allow_organization_name_in_authentication_api: false } })
  })

  it('is never one for the Management API, whatever the grant says', async () => {
    const any = { organization_usage: 'allow', allow_any_organization: true }
    await db
      .updateTable('client_grants')
      .set({ settings: JSON.stringify(any) })
      .where('client_id', '=', CLIENT_ID)
      .execute()
    assert.deepEqual(await refusalOf(server.config.managementAudience, acme), [
      400,
      'invalid_request',
      'parameter organization is not allowed for this client',
    ])
    assert.equal((await post(test, { ...ASK, audience: server.config.managementAudience })).status, 200)
  })
})
