import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { organizations } from '../oidc/organization.testing.ts'
import { ask, codeOf, SPA, signIn, startSignInServer, WEB, WEB_SECRET } from '../oidc/sign-in.testing.ts'
import { join } from '../organizations/organizations.testing.ts'
import type { User } from '../users/user.ts'

describe('an application that is closed to somebody', async () => {
  const test = await startSignInServer()
  const { call, db, newUser, visitor, exchange, token, tokenFor } = test
  const { organization, use } = organizations(test)
  const at = ({ user_id }: User, clientId = '') =>
    `/api/v2/users/${encodeURIComponent(user_id)}/application-access${clientId && `/${clientId}`}`
  const close = async (user: User, clientId: string, closed = true, as?: string) =>
    await call('PUT', at(user, clientId), {
      body: { closed, ...(closed ? { reason: 'audit' } : {}) },
      ...(as ? { as } : {}),
    })
  const administrator = async (organizationId: string) => {
    const boss = await newUser()
    await join(db, organizationId, boss.user_id, 'administrator')
    return { boss, as: await tokenFor({ userId: boss.user_id, organizationId }) }
  }

  it('lets him in nowhere, while others work, and tells him so', async () => {
    const user = await newUser()
    const closed = await close(user, SPA)
    assert.deepEqual([closed.status, closed.body.closed, closed.body.reason], [200, true, 'audit'])
    const shut = await signIn(visitor(), ask(), user.email)
    assert.equal(shut.status, 403)
    assert.match(shut.text, /is not open to you/)
    assert.doesNotMatch(shut.text, /audit/)
    codeOf(await signIn(visitor(), ask({ client_id: WEB }), user.email))
    assert.equal((await close(user, SPA, false)).body.closed, false)
    codeOf(await signIn(visitor(), ask(), user.email))
    assert.deepEqual((await call('GET', at(user))).body.applications, [])
  })

  it('ends what it has of him: codes, the silent sign-in, refresh tokens', async () => {
    const user = await newUser()
    const person = visitor()
    const asked = ask({ scope: 'openid offline_access' })
    const { body } = await exchange(asked, await signIn(person, asked, user.email))
    const second = ask()
    const landed = await person.open(second.url)
    await close(user, SPA)
    assert.equal((await exchange(second, landed)).status, 403)
    const refresh = { grant_type: 'refresh_token', client_id: SPA, refresh_token: String(body.refresh_token) }
    assert.equal((await token(refresh)).status, 403)
    const silent = await person.open(ask({ prompt: 'none' }).url)
    assert.equal(silent.url.searchParams.get('error'), 'access_denied')
    codeOf(await person.open(ask({ client_id: WEB }).url))
    await close(user, SPA, false)
    codeOf(await person.open(ask({ prompt: 'none' }).url))
  })

  it('can be closed by an organization for sign-ins to it alone, among the applications that its members use', async () => {
    await use({ organization_usage: 'allow' })
    const [acme, bolt] = [await organization('acme'), await organization('bolt')]
    const user = await newUser()
    await join(db, acme, user.user_id)
    await join(db, bolt, user.user_id)
    const { as } = await administrator(acme)
    const listed = await call('GET', at(user), { as })
    assert.deepEqual(
      listed.body.applications.map(({ client_id, closed }: Record<string, unknown>) => [client_id, closed]),
      [[SPA, false]],
    )
    assert.equal((await close(user, SPA, true, as)).body.organization_id, acme)
    assert.equal((await signIn(visitor(), ask({ organization: acme }), user.email)).status, 403)
    codeOf(await signIn(visitor(), ask({ organization: bolt }), user.email))
    codeOf(await signIn(visitor(), ask(), user.email))
    const theirs = await administrator(bolt)
    const seen = (await call('GET', at(user), { as: theirs.as })).body.applications
    assert.deepEqual(
      seen.map(({ closed }: { closed: boolean }) => closed),
      [false],
    )
    assert.equal((await close(user, SPA, false, theirs.as)).status, 200)
    assert.equal(
      (await signIn(visitor(), ask({ organization: acme }), user.email)).status,
      403,
      'still closed in the other',
    )
    assert.equal((await call('GET', at(user))).body.applications.length, 1, 'whoever acts for the tenant sees it')
    assert.equal((await close(user, SPA, false, as)).status, 200)
    codeOf(await signIn(visitor(), ask({ organization: acme }), user.email))
  })

  it('ends refreshing in the organization that closed it, and tells it nothing of what the tenant closes', async () => {
    const [dock, quay] = [await organization('dock'), await organization('quay')]
    const user = await newUser()
    const given = async (organizationId: string) => {
      await join(db, organizationId, user.user_id)
      const asked = ask({ organization: organizationId, scope: 'openid offline_access' })
      const { body } = await exchange(asked, await signIn(visitor(), asked, user.email))
      return async () => {
        const grant = { grant_type: 'refresh_token', client_id: SPA, refresh_token: String(body.refresh_token) }
        return (await token(grant)).status
      }
    }
    const [there, elsewhere] = [await given(dock), await given(quay)]
    const { as } = await administrator(dock)
    await close(user, SPA, true, as)
    assert.deepEqual([await there(), await elsewhere()], [403, 200])
    await close(user, SPA, false, as)
    assert.equal((await close(user, SPA)).body.reason, 'audit')
    assert.deepEqual([await there(), await elsewhere()], [403, 403])
    const logs = await call('GET', `/api/v2/users/${encodeURIComponent(user.user_id)}/logs`, { as })
    assert.equal(logs.status, 200)
    const seen = (await call('GET', at(user), { as })).body.applications
    assert.deepEqual(
      seen.filter((one: { closed: boolean }) => one.closed),
      [],
    )
    const written = logs.body.filter(({ description }: { description: string }) =>
      /Close an application/.test(description),
    )
    assert.equal(written.length, 2, 'its own two')
    await close(user, SPA, false)
  })

  it('is closed to nobody by whoever may not, and no application is named that is none of theirs', async () => {
    const cargo = await organization('cargo')
    const [user, stranger] = [await newUser(), await newUser()]
    await join(db, cargo, user.user_id)
    const { boss, as } = await administrator(cargo)
    for (const clientId of [WEB, 'nobodys', 'tenantry-account', 'tenantry-admin', 'tenantry-global']) {
      assert.equal((await close(user, clientId, true, as)).status, 404, clientId)
    }
    for (const clientId of ['tenantry-admin', 'tenantry-global'])
      assert.equal((await close(user, clientId)).status, 404)
    assert.equal((await close(stranger, SPA, true, as)).status, 404)
    assert.equal((await close(boss, SPA, true, as)).status, 403, 'oneself')
    const auditor = await newUser()
    await join(db, cargo, auditor.user_id, 'auditor')
    const reader = await tokenFor({ userId: auditor.user_id, organizationId: cargo })
    assert.equal((await close(user, SPA, true, reader)).status, 403)
    assert.equal((await call('GET', at(user), { as: reader })).status, 200)
    assert.deepEqual(await db.selectFrom('closed_applications').select('client_id').execute(), [])
  })

  it('stays closed to whom somebody is linked, and to an identity that is unlinked', async () => {
    const [user, other] = [await newUser(), await newUser()]
    const identities = `/api/v2/users/${encodeURIComponent(user.user_id)}/identities`
    await close(user, WEB)
    await close(other, WEB)
    await close(other, SPA)
    const link = { provider: 'auth0', user_id: other.user_id }
    assert.equal((await call('POST', identities, { body: link })).status, 201)
    for (const person of [user, other]) assert.equal((await signIn(visitor(), ask(), person.email)).status, 403)
    const unlink = `${identities}/auth0/${other.user_id.slice('auth0|'.length)}`
    assert.equal((await call('DELETE', unlink)).status, 200)
    for (const person of [user, other]) {
      const { applications } = (await call('GET', at(person))).body
      assert.deepEqual(applications.map(({ client_id }: { client_id: string }) => client_id).sort(), [SPA, WEB].sort())
    }
  })

  it('is recorded, and gone with the application', async () => {
    const user = await newUser()
    const { body: client } = await call('POST', '/api/v2/clients', { body: { name: 'Short lived' } })
    await close(user, client.client_id)
    const { body: logs } = await call('GET', `/api/v2/users/${encodeURIComponent(user.user_id)}/logs`)
    const entry = logs.find(({ description }: { description: string }) => /Close an application/.test(description))
    assert.deepEqual(entry?.details.application, { name: 'Short lived' })
    assert.equal((await call('DELETE', `/api/v2/clients/${client.client_id}`)).status, 204)
    assert.deepEqual((await call('GET', at(user))).body.applications, [])
  })

  it('takes no password grant either', async () => {
    const user = await newUser()
    await close(user, WEB)
    const realm = { grant_type: 'http://auth0.com/oauth/grant-type/password-realm', realm: test.connection.name }
    const login = {
      client_id: WEB,
      client_secret: WEB_SECRET,
      username: user.email ?? '',
      password: 'slow ferry past Vinga',
    }
    const { status, body } = await token({ ...realm, ...login, scope: 'openid' })
    assert.deepEqual([status, body.error], [403, 'access_denied'])
  })
})
