import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { now } from '../base/clock.ts'
import { organizations } from '../oidc/organization.testing.ts'
import { ask, PASSWORD, signIn, startSignInServer } from '../oidc/sign-in.testing.ts'
import { join } from '../organizations/organizations.testing.ts'
import type { User } from '../users/user.ts'

describe('the roles that an organization gives to everybody', async () => {
  const test = await startSignInServer()
  const { db, call, newUser, visitor } = test
  const { organization, use, invite } = organizations(test)
  await use({ organization_usage: 'allow' })
  const [given, promised, gone] = await Promise.all(
    ['Given', 'Promised', 'Gone'].map(async (name) => {
      const { body } = await call('POST', '/api/v2/roles', { body: { name } })
      return String(body.id)
    }),
  )
  assert.ok(given && promised && gone)
  const rules = { default_role_ids: [given, gone] }
  const acme = await organization('acme', { rules, assigns: true })
  await call('DELETE', `/api/v2/roles/${gone}`)

  const accept = async (user: User) => {
    const { ticket } = await invite(acme, user.email ?? '', { roleIds: [promised] })
    const person = visitor()
    await person.open(ask({ organization: acme, invitation: ticket }).url)
    await person.send({})
    assert.ok((await person.send({ password: PASSWORD })).url.searchParams.get('code'))
  }
  // TABLE: the doors, and what else one has then.
  const DOORS: Record<string, { enter: (user: User) => Promise<unknown>; more?: string[] }> = {
    'by an administrator': {
      enter: (user) => call('POST', `/api/v2/organizations/${acme}/members`, { body: { members: [user.user_id] } }),
    },
    'by signing in': { enter: (user) => signIn(visitor(), ask({ organization: acme }), user.email) },
    'by an invitation': { enter: accept, more: [promised] },
    'by an invitation after the end of a membership with other roles': {
      enter: async (user) => {
        await join(db, acme, user.user_id, 'auditor')
        const ended = { ends_at: new Date(now().getTime() - 1_000) }
        await db.updateTable('memberships').set(ended).where('user_id', '=', user.user_id).execute()
        await accept(user)
      },
      more: [promised],
    },
  }
  for (const [name, { enter, more = [] }] of Object.entries(DOORS)) {
    it(`are had by whoever comes in ${name}, but for one that is there no more`, async () => {
      const user = await newUser()
      await enter(user)
      const rows = await db.selectFrom('membership_roles').selectAll().where('user_id', '=', user.user_id).execute()
      assert.deepEqual(rows.map(({ role_id }) => role_id).sort(), [given, ...more].sort())
    })
  }
})
