import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordEvent } from '../logs/record.ts'
import { isoDay } from '../stats/store.ts'
import { NO_ORGANIZATION, startOrganizations } from './two-organizations.testing.ts'

describe('an organization in numbers', async () => {
  const { call, db, person, acme, bolt, make, at, memberAt, join, administrator } = await startOrganizations()

  it('counts its own members, invitations and sign-ins, and nobody else’s', async () => {
    const empty = (await call('GET', at(bolt, '/summary'))).body
    const days = Array.from({ length: 30 }, (_, index) => isoDay(Date.now() - (29 - index) * 86_400_000))
    const quiet = days.map((day) => ({ day, ok: 0, failed: 0 }))
    const none = { members: 0, blocked: 0, unverified: 0, active_30_days: 0, open_invitations: 0, with_factor: 0 }
    assert.deepEqual(empty, { ...none, sign_ins: quiet })

    const [ada, ben, cyd] = [await person({ email_verified: true }), await person(), await person()]
    await join(acme, [ada, ben, cyd])
    await call('PATCH', memberAt(acme, ben), { body: { blocked: true } })
    const ago = (count: number) => new Date(Date.now() - count * 86_400_000)
    await db
      .updateTable('memberships')
      .set({ last_login: ago(29) })
      .where('user_id', '=', ada.user_id)
      .execute()
    await db
      .updateTable('memberships')
      .set({ last_login: ago(31) })
      .where('user_id', '=', ben.user_id)
      .execute()
    await db
      .updateTable('users')
      .set({ multifactor: ['otp'] })
      .where('user_id', '=', cyd.user_id)
      .execute()
    const invite = async (email: string) =>
      await call('POST', at(acme, '/invitations'), {
        body: { inviter: { name: 'Ada' }, invitee: { email }, client_id: 'tenantry-account' },
      })
    const withdrawn = await invite('one@example.com')
    await invite('two@example.com')
    await call('DELETE', at(acme, `/invitations/${withdrawn.body.id}`))
    const actor = { kind: 'user', userId: ada.user_id, clientId: undefined, scopes: new Set<string>() } as const
    for (const type of ['s', 's', 'fp', 'sapi'] as const) await recordEvent(db, { type, actor, organizationId: acme })
    await recordEvent(db, { type: 's', actor })
    const today = isoDay(Date.now())
    assert.deepEqual((await call('GET', at(acme, '/summary'))).body, {
      members: 3,
      blocked: 1,
      unverified: 2,
      active_30_days: 1,
      open_invitations: 1,
      with_factor: 1,
      sign_ins: quiet.map((day) => (day.day === today ? { day: today, ok: 2, failed: 1 } : day)),
    })
    assert.deepEqual((await call('GET', at(bolt, '/summary'))).body, empty)
    assert.deepEqual((await call('GET', at('org_0123456789abcdef', '/summary'))).body, NO_ORGANIZATION)
  })

  it('is for its own administrators who may read both members and numbers', async () => {
    const id = await make('own')
    const { ask } = await administrator(id, ['read:organization_members', 'read:stats'])
    assert.equal((await ask('GET', at(id, '/summary'))).body.members, 1)
    assert.deepEqual((await ask('GET', at(bolt, '/summary'))).body, NO_ORGANIZATION)
    const half = await administrator(id, ['read:organization_members'])
    assert.equal((await half.ask('GET', at(id, '/summary'))).status, 403)
  })
})
