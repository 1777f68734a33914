/** What comes by mail to somebody who is invited. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startMailTest } from '../jobs/mail.testing.ts'

describe('the mail of an invitation', async () => {
  const { call, db, sink, worker } = await startMailTest()
  const organizationId: string = (
    await call('POST', '/api/v2/organizations', {
      body: {
        name: 'harborline',
        display_name: 'Harborline AG',
        branding: { colors: { primary: '#7a1f5c', page_background: '#ffffff' } },
      },
    })
  ).body.id
  const at = (path = '') => `/api/v2/organizations/${organizationId}/invitations${path}`
  let people = 0
  const invite = async (more: object = {}) => {
    people += 1
    const { status, body, text } = await call('POST', at(), {
      body: {
        inviter: { name: 'Ada Lovelace' },
        invitee: { email: `new-${people}@example.com` },
        client_id: 'tenantry-account',
        ...more,
      },
    })
    assert.equal(status, 201, text)
    return body
  }
  const mailOf = async (more: object = {}) => {
    const invitation = await invite(more)
    await worker.runOnce()
    const mail = sink.mails.at(-1)
    assert.ok(mail, 'no mail came')
    return { invitation, mail }
  }

  it('comes in the name of the organization, with the link that the API answers, in English', async () => {
    const { invitation, mail } = await mailOf()
    assert.deepEqual([mail.to, mail.fromName], [invitation.invitee.email, 'Harborline AG'])
    assert.equal(mail.subject, 'Invitation to Harborline AG')
    assert.match(mail.text, /^Hello,\n/)
    assert.match(mail.text, /Invited by: Ada Lovelace\n/)
    assert.match(mail.text, new RegExp(`for the address ${invitation.invitee.email}\\.`))
    assert.ok(mail.text.includes(`\n${invitation.invitation_url}\n`))
    assert.equal(mail.html.split(`href="${invitation.invitation_url.replaceAll('&', '&amp;')}"`).length, 3)
    assert.ok(!/\{|\bundefined\b|\bnull\b/.test(mail.text), mail.text)
    assert.ok(mail.html.includes('#7a1f5c'))
    assert.doesNotMatch(mail.html, /<img|<script|\bsrc=|url\(|@import/i)
    const stored = await db.selectFrom('emails').selectAll().where('template', '=', 'user_invitation').execute()
    assert.deepEqual(
      stored.map(({ state, variables, organization_id }) => ({ state, variables, organization_id })),
      [{ state: 'sent', variables: {}, organization_id: organizationId }],
    )
  })

  it('speaks the language of the invitation, else that of the organization', async () => {
    const { mail } = await mailOf({ language: 'de' })
    assert.equal(mail.subject, 'Einladung zu Harborline AG')
    assert.match(mail.text, /^Guten Tag,\n[\s\S]*Eingeladen von: Ada Lovelace\n/)
    const changed = await call('PATCH', `/api/v2/organizations/${organizationId}/settings`, {
      body: { language: 'de' },
    })
    assert.equal(changed.status, 200, changed.text)
    assert.equal((await mailOf()).mail.subject, 'Einladung zu Harborline AG')
    assert.equal((await mailOf({ language: 'en' })).mail.subject, 'Invitation to Harborline AG')
  })

  it('says who invites only where that is a name', async () => {
    for (const name of ['Win a prize at evil.example/x', '<b>Eve</b>']) {
      const { mail } = await mailOf({ inviter: { name }, language: 'en' })
      assert.ok(!mail.text.includes('Invited by') && !mail.text.includes(name))
      assert.ok(!mail.html.includes('evil.example') && !mail.html.includes('Eve'))
    }
  })

  it('comes by a template of the tenant, with the variables of Auth0', async () => {
    await call('POST', '/api/v2/email-templates', {
      body: {
        template: 'user_invitation',
        subject: '{{ inviter.name }} asks you to {{ organization.display_name }}',
        body: '<p>{{ url }} {{ organization.name }} {{ roles | join: "+" }} {{ user.email }}</p>',
        syntax: 'liquid',
        from: '',
        enabled: true,
      },
    })
    const role = await call('POST', '/api/v2/roles', { body: { name: 'Pilot' } })
    const { invitation, mail } = await mailOf({ roles: [role.body.id] })
    assert.equal(mail.subject, 'Ada Lovelace asks you to Harborline AG')
    assert.ok(mail.html.includes(` harborline Pilot ${invitation.invitee.email}<`), mail.html)
    assert.ok(mail.text.includes(invitation.ticket_id))
  })

  it('does not come where nobody wants it, nor once the invitation is withdrawn', async () => {
    await invite({ send_invitation_email: false })
    const { id } = await invite()
    assert.equal((await call('DELETE', at(`/${id}`))).status, 204)
    await worker.runOnce()
    assert.deepEqual(sink.mails, [])
    const { state, last_error } = await db
      .selectFrom('emails')
      .selectAll()
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
    assert.deepEqual([state, last_error], ['dropped', 'The invitation can be accepted no more.'])
  })
})
