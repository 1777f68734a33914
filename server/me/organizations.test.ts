import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { organizations } from '../oidc/organization.testing.ts'
import { startSignInServer } from '../oidc/sign-in.testing.ts'
import { join } from '../organizations/organizations.testing.ts'
import { signInToAccount } from './me.testing.ts'

describe('a person’s organizations', async () => {
  const test = await startSignInServer()
  const { db, newUser } = test
  const { organization, use, membershipOf, shutOut, tokensOf } = organizations(test)
  const acme = await organization('acme', {
    displayName: 'Acme Freight',
    branding: { logo_url: 'https://a.example/l' },
  })
  const globex = await organization('globex')
  await use({ organization_usage: 'allow' })

  it('are listed with roles, whoever administers them, and without those that have shut him out', async () => {
    const [user, boss] = [await newUser(), await newUser()]
    await join(db, acme, boss.user_id, 'administrator')
    await join(db, acme, user.user_id, 'auditor')
    await join(db, globex, user.user_id)
    const shut = await organization('shut')
    await join(db, shut, user.user_id)
    await shutOut(shut, user)
    const { call } = await signInToAccount(test, user)
    const { status, body } = await call('GET', '/organizations')
    assert.equal(status, 200)
    assert.deepEqual(
      body.organizations.map(({ joined_at, ...others }: { joined_at: string }) => {
        assert.match(joined_at, /^\d{4}-/)
        return others
      }),
      [
        {
          id: acme,
          name: 'acme',
          display_name: 'Acme Freight',
          branding: { logo_url: 'https://a.example/l' },
          roles: ['Auditor'],
          administers: true,
        },
        { id: globex, name: 'globex', display_name: 'globex', branding: {}, roles: [], administers: false },
      ],
    )
    assert.equal((await call('POST', `/organizations/${shut}/leave`, {})).status, 404)
    assert.ok(await membershipOf(shut, user))
  })

  it('can be left, with all that was given for them; what is not one’s own is unknown', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    await join(db, globex, user.user_id)
    const { access_token } = await tokensOf(user, { organization: acme })
    const { call } = await signInToAccount(test, user)
    const foreign = await organization('foreign')
    const [unknown, notOwn] = [
      await call('POST', '/organizations/org_unknown/leave', {}),
      await call('POST', `/organizations/${foreign}/leave`, {}),
    ]
    assert.equal(unknown.status, 404)
    assert.equal(notOwn.text, unknown.text)
    assert.equal((await call('POST', `/organizations/${acme}/leave`, {})).status, 204)
    assert.equal(await membershipOf(acme, user), undefined)
    assert.ok(await membershipOf(globex, user))
    assert.equal((await test.call('GET', '/userinfo', { as: access_token })).status, 401)
    const events = await db
      .selectFrom('events')
      .selectAll()
      .where('operation', '=', 'post_me_organizations_leave')
      .where('organization_id', '=', acme)
      .execute()
    assert.deepEqual(
      events.map(({ type, user_id }) => [type, user_id]),
      [['sapi', user.user_id]],
    )
  })

  it('cannot be left by the last administrator, nor by an account that the organization manages', async () => {
    const [last, managed] = [await newUser(), await newUser()]
    const dock = await organization('dock')
    await join(db, dock, last.user_id, 'administrator')
    await join(db, dock, managed.user_id)
    await db
      .updateTable('users')
      .set({ managing_organization_id: dock })
      .where('user_id', '=', managed.user_id)
      .execute()
    for (const [user, type] of [
      [last, 'leaves_no_administrator'],
      [managed, 'managed_account'],
    ] as const) {
      const { call } = await signInToAccount(test, user)
      const { status, body } = await call('POST', `/organizations/${dock}/leave`, {})
      assert.equal(status, 403)
      assert.match(body.type, new RegExp(`#${type}$`))
      assert.ok(await membershipOf(dock, user))
    }
    const second = await newUser()
    await join(db, dock, second.user_id, 'administrator')
    const { call } = await signInToAccount(test, last)
    assert.equal((await call('POST', `/organizations/${dock}/leave`, {})).status, 204)
  })
})
