import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashToken } from '../base/secrets.ts'
import { findInvitationByTicket, forgetInvitations } from './invitation-store.ts'
import { startOrganizations } from './two-organizations.testing.ts'

const NO_INVITATION = {
  statusCode: 404,
  error: 'Not Found',
  message: 'The invitation does not exist.',
  errorCode: 'inexistent_invitation',
}

describe('invitations', async () => {
  const test = await startOrganizations()
  const { call, db, connection, acme, bolt, at, role, administrator, lastEvent, logged } = test
  const address = (id: string, path = '') => at(id, `/invitations${path}`)
  let people = 0
  const body = (more: object = {}) => {
    people += 1
    return {
      inviter: { name: 'Ada' },
      invitee: { email: `New.${people}@Example.com` },
      client_id: 'tenantry-account',
      ...more,
    }
  }
  const invite = async (more: object = {}, id = acme) => {
    const answer = await call('POST', address(id), { body: body(more) })
    assert.equal(answer.status, 201, answer.text)
    return answer.body
  }
  const client = async (settings: object) => {
    const { body: made } = await call('POST', '/api/v2/clients', {
      body: { name: 'App', app_type: 'spa', ...settings },
    })
    return made.client_id as string
  }

  it('are made, read and listed in the shape of Auth0, with a link to where the application begins', async () => {
    const client_id = await client({
      organization_usage: 'allow',
      initiate_login_uri: 'https://app.example.com/login?from={organization_name}',
    })
    const roles = [await role()]
    const sent = body({ client_id, roles, app_metadata: { tier: 1 }, user_metadata: { locale: 'de' }, ttl_sec: 600 })
    const made = await call('POST', address(acme), { body: sent })
    assert.equal(made.status, 201, made.text)
    const { id, ticket_id, created_at, expires_at, invitation_url, ...rest } = made.body
    assert.match(id, /^uinv_[A-Za-z0-9]{16}$/)
    assert.match(ticket_id, /^[A-Za-z0-9]{32}$/)
    assert.equal(Date.parse(expires_at) - Date.parse(created_at), 600_000)
    assert.equal(
      invitation_url,
      `https://app.example.com/login?from=acme&invitation=${ticket_id}&organization=${acme}&organization_name=acme`,
    )
    const { inviter, invitee, app_metadata, user_metadata } = sent as Record<string, unknown>
    assert.deepEqual(rest, { organization_id: acme, inviter, invitee, client_id, app_metadata, user_metadata, roles })
    assert.deepEqual((await call('GET', address(acme, `/${id}`))).body, made.body)
    const listed = await call('GET', address(acme, '?include_totals=true'))
    assert.deepEqual(listed.body, { start: 0, limit: 50, total: 1, invitations: [made.body] })
    const fields = await call('GET', address(acme, '?fields=id,invitee'))
    assert.deepEqual(fields.body, [{ id, invitee }])
    assert.deepEqual((await call('GET', address(bolt))).body, [])
    assert.deepEqual((await call('GET', address(bolt, `/${id}`))).body, NO_INVITATION)
  })

  it('keep their ticket to themselves: neither the table, nor the log, nor the server log shows it', async () => {
    const { id, ticket_id } = await invite()
    const row = await db
      .selectFrom('organization_invitations')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    assert.equal(row.ticket_hash, hashToken(ticket_id))
    assert.ok(!JSON.stringify(row).includes(ticket_id))
    const event = await lastEvent()
    assert.deepEqual([event.target_kind, event.target_id, event.organization_id], ['invitation', id, acme])
    assert.ok(!JSON.stringify(event).includes(ticket_id) && JSON.stringify(event.person?.after).includes(id))
    assert.ok(!logged().includes(ticket_id))
  })

  it('last seven days, unless the organization or the invitation says otherwise', async () => {
    const seconds = ({ created_at, expires_at }: { created_at: string; expires_at: string }) =>
      (Date.parse(expires_at) - Date.parse(created_at)) / 1000
    assert.equal(seconds(await invite()), 604_800)
    await call('PATCH', at(acme, '/settings'), { body: { invitation_ttl_sec: 3_600 } })
    assert.equal(seconds(await invite()), 3_600)
    assert.equal(seconds(await invite({ ttl_sec: 0 })), 3_600)
    assert.equal(seconds(await invite({ ttl_sec: 60 })), 60)
    await call('PATCH', at(acme, '/settings'), { body: { invitation_ttl_sec: null } })
    assert.equal(seconds(await invite()), 604_800)
  })

  it('are refused where nobody could accept them, and say why', async () => {
    const before = await db.selectFrom('organization_invitations').select('id').execute()
    const email = { strategy: 'auth0', name: 'elsewhere' }
    const { body: elsewhere } = await call('POST', '/api/v2/connections', { body: email })
    for (const [more, reason] of [
      [{ client_id: 'none' }, /no application none/],
      [{ client_id: await client({ organization_usage: 'deny' }) }, /closed to organizations/],
      [{ client_id: await client({ organization_usage: 'allow' }) }, /default login route/],
      [{ connection_id: elsewhere.id }, /not enabled for the organization/],
      [{ connection_id: 'con_0123456789abcdef' }, /not enabled for the organization/],
      [{ roles: ['rol_0123456789abcdef'] }, /One of the roles does not exist/],
      [{ roles: [] }, /roles/],
      [{ ttl_sec: 2_592_001 }, /ttl_sec/],
      [{ invitee: { email: 'nobody' } }, /format email/],
      [{ inviter: { name: 'x'.repeat(301) } }, /inviter/],
      [{ inviter: undefined }, /inviter/],
      [{ app_metadata: { email: 'x' } }, /Reserved property name/],
      [{ colour: 'red' }, /Additional properties not allowed/],
    ] as const) {
      const { status, body: answer } = await call('POST', address(acme), { body: body(more) })
      assert.deepEqual([status, answer.errorCode], [400, 'invalid_body'], JSON.stringify(more))
      assert.match(answer.message, reason)
    }
    assert.deepEqual(await db.selectFrom('organization_invitations').select('id').execute(), before)
  })

  it('name a connection that is enabled for the organization', async () => {
    await call('POST', at(acme, '/enabled_connections'), { body: { connection_id: connection.id } })
    assert.equal((await invite({ connection_id: connection.id })).connection_id, connection.id)
  })

  it('lead by the default of the tenant where the application names no beginning', async () => {
    const client_id = await client({ organization_usage: 'require' })
    await call('PATCH', '/api/v2/tenants/settings', { body: { default_redirection_uri: 'https://home.example.com/' } })
    const { invitation_url, ticket_id } = await invite({ client_id })
    assert.equal(
      invitation_url,
      `https://home.example.com/?invitation=${ticket_id}&organization=${acme}&organization_name=acme`,
    )
    assert.match((await invite()).invitation_url, /^http:\/\/localhost:3000\/account\?invitation=/)
    assert.match((await invite({ client_id: 'tenantry-admin' })).invitation_url, /^http:\/\/localhost:3000\/admin\?/)
  })

  it('are withdrawn: gone from the API, while the page behind the link can still say so', async () => {
    const { id, ticket_id } = await invite()
    assert.equal((await findInvitationByTicket(db, ticket_id))?.state, 'open')
    assert.equal((await call('DELETE', address(bolt, `/${id}`))).status, 404)
    assert.equal((await call('DELETE', address(acme, `/${id}`))).status, 204)
    const event = await lastEvent()
    assert.ok(!JSON.stringify(event).includes(ticket_id) && JSON.stringify(event.person?.before).includes(id))
    for (const method of ['GET', 'DELETE']) {
      const answer = await call(method, address(acme, `/${id}`))
      assert.deepEqual([answer.status, answer.body], [404, NO_INVITATION])
    }
    const { body: list } = await call('GET', address(acme, '?per_page=100'))
    assert.ok(!list.some((invitation: { id: string }) => invitation.id === id))
    const found = await findInvitationByTicket(db, ticket_id)
    assert.deepEqual([found?.state, found?.organization.id], ['revoked', acme])
    assert.equal(await findInvitationByTicket(db, 'x'.repeat(32)), undefined)
  })

  it('are listed newest first, or oldest first; those past their time too, accepted ones no more', async () => {
    const organization = await test.make('lists')
    const made = []
    for (let index = 0; index < 3; index += 1) made.push((await invite({}, organization)).id)
    const ids = async (query = '') =>
      (await call('GET', address(organization, query))).body.map(({ id }: { id: string }) => id)
    const oldest = await ids('?sort=created_at:1')
    assert.deepEqual(oldest.toSorted(), made.toSorted())
    assert.deepEqual(await ids(), oldest.toReversed())
    assert.deepEqual(await ids('?per_page=2&page=1'), [oldest[0]])
    assert.equal((await call('GET', address(organization, '?sort=id:1'))).status, 400)
    const past = new Date(Date.now() - 1000)
    await db.updateTable('organization_invitations').set({ expires_at: past }).where('id', '=', oldest[0]).execute()
    await db.updateTable('organization_invitations').set({ accepted_at: past }).where('id', '=', oldest[1]).execute()
    assert.deepEqual(await ids(), [oldest[2], oldest[0]])
  })

  it('are found by a part of their address, in whatever letters, and in no other organization', async () => {
    const organization = await test.make('searched')
    const people = ['Ada.Lovelace@Analytical.example', 'ada_2@example.com', 'grace%hopper@example.com']
    for (const email of people) await invite({ invitee: { email } }, organization)
    await invite({ invitee: { email: 'ada@bolt.example' } }, bolt)
    const found = async (text: string, more = '') => {
      const query = `?include_totals=true&sort=created_at:1&email_filter=${encodeURIComponent(text)}${more}`
      const { status, body } = await call('GET', address(organization, query))
      assert.equal(status, 200, JSON.stringify(body))
      return [body.total, ...body.invitations.map(({ invitee }: { invitee: { email: string } }) => invitee.email)]
    }
    const [ada, other, grace] = people
    assert.deepEqual(await found('ada'), [2, ada, other])
    assert.deepEqual(await found('ADA', '&per_page=1&page=1'), [2, other])
    assert.deepEqual(await found('lytical.EXAMPLE'), [1, ada])
    // Nothing stands for another letter.
    assert.deepEqual(await found('_'), [1, other])
    assert.deepEqual(await found('%'), [1, grace])
    assert.deepEqual(await found('\\'), [0])
    assert.deepEqual(await found('bolt'), [0])
    assert.deepEqual(await found(''), [3, ada, other, grace])
    for (const wrong of ['a'.repeat(321), '\0']) {
      const query = `?email_filter=${encodeURIComponent(wrong)}`
      assert.equal((await call('GET', address(organization, query))).status, 400)
    }
    const { ask } = await administrator(acme, ['read:organization_invitations'])
    const own = await ask('GET', address(acme, '?email_filter=lovelace'))
    assert.deepEqual([own.status, own.body], [200, []])
    const foreign = await ask('GET', address(organization, '?email_filter=lovelace'))
    assert.equal(foreign.status, (await ask('GET', address(organization))).status)
    assert.ok(foreign.status >= 400)
  })

  it('are forgotten once they are long past their time, and not before', async () => {
    const [old, past, open] = [await invite(), await invite(), await invite()]
    const endAt = async (id: string, days: number) =>
      await db
        .updateTable('organization_invitations')
        .set({ expires_at: new Date(Date.now() - days * 86_400_000) })
        .where('id', '=', id)
        .execute()
    await endAt(old.id, 31)
    await endAt(past.id, 29)
    assert.equal(await forgetInvitations(db, new Date(Date.now() - 30 * 86_400_000)), 1)
    assert.equal(await findInvitationByTicket(db, old.ticket_id), undefined)
    assert.equal((await findInvitationByTicket(db, past.ticket_id))?.state, 'expired')
    assert.equal((await findInvitationByTicket(db, open.ticket_id))?.state, 'open')
  })

  it('are sent by an administrator of the organization with no more than he may give', async () => {
    const may = ['create:organization_invitations', 'create:organization_member_roles', 'read:users'] as const
    const { ask, user } = await administrator(acme, may)
    const [open, closed, held, above] = [
      await role([], true),
      await role(),
      await role(['read:users']),
      await role(['delete:users'], true),
    ]
    const made = await ask('POST', address(acme), { body: body({ roles: [open, held] }) })
    assert.equal(made.status, 201, made.text)
    const { invited_by } = await db
      .selectFrom('organization_invitations')
      .select('invited_by')
      .where('id', '=', made.body.id)
      .executeTakeFirstOrThrow()
    assert.equal(invited_by, user.user_id)
    for (const [more, status, code] of [
      [{ roles: [closed] }, 400, 'invalid_body'],
      [{ roles: [above] }, 403, 'insufficient_scope'],
      [{ app_metadata: { tier: 9 } }, 403, 'operation_not_supported'],
      [{ user_metadata: { x: 9 } }, 403, 'operation_not_supported'],
    ] as const) {
      const answer = await ask('POST', address(acme), { body: body(more) })
      assert.deepEqual([answer.status, answer.body.errorCode], [status, code], answer.text)
    }
    assert.equal((await ask('POST', address(bolt), { body: body() })).status, 404)
    const helper = await administrator(acme, ['create:organization_invitations'])
    const gift = await helper.ask('POST', address(acme), { body: body({ roles: [open] }) })
    assert.deepEqual([gift.status, gift.body.errorCode], [403, 'insufficient_scope'])
    assert.equal((await helper.ask('POST', address(acme), { body: body() })).status, 201)
  })
})
