import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID } from '../../test/harness.ts'
import { visitor } from '../../test/visitor.ts'
import { now } from '../base/clock.ts'
import { startMailTest } from '../jobs/mail.testing.ts'
import { join } from '../organizations/organizations.testing.ts'
import { FIRST_CONNECTION } from '../setup.ts'
import { statementsOf } from '../sign-in/accounts.testing.ts'
import type { User } from '../users/user.ts'

const UNKNOWN = 'org_abcdefghijklmnop'
const NO_MEMBER = 'The user is not a member of the organization.'

describe('links and mails in the name of an organization', async () => {
  const { app, call, connection, db, openTo, person, queued, sink, worker, server } = await startMailTest()
  await openTo(CLIENT_ID)
  const make = async (name: string, display_name: string) => {
    const body = { name, display_name, enabled_connections: [{ connection_id: connection.id }] }
    const made = await call('POST', '/api/v2/organizations', { body })
    assert.equal(made.status, 201, made.text)
    return String(made.body.id)
  }
  const acme = await make('acme', 'Acme Freight')
  const globex = await make('globex', 'Globex')
  await call('PATCH', `/api/v2/organizations/${acme}/settings`, { body: { language: 'de' } })

  let people = 0
  const somebody = async (...organizations: string[]): Promise<User> => {
    people += 1
    const user = await person({ email: `somebody-${people}@harborline.example` })
    for (const id of organizations) await join(db, id, user.user_id)
    return user
  }
  const forgotten = (body: object) =>
    call('POST', '/dbconnections/change_password', {
      as: null,
      body: { client_id: CLIENT_ID, connection: FIRST_CONNECTION, ...body },
    })
  const nextMail = async () => {
    sink.clear()
    await worker.runOnce()
    const [mail] = sink.mails
    assert.ok(mail, 'no mail came')
    return mail
  }
  const titleOf = async (link: string | undefined) => {
    const { text } = await call('GET', (link ?? '').replace('#', ''), { as: null })
    return /<title>(.*?)<\/title>/.exec(text)?.[1] ?? text.slice(0, 200)
  }

  describe('that anybody may ask for', () => {
    it('are so to a member, and so is the page behind the link, in its language', async () => {
      const user = await somebody(acme)
      assert.equal((await forgotten({ email: user.email, organization: acme })).status, 200)
      const mail = await nextMail()
      assert.deepEqual([mail.to, mail.fromName], [user.email, 'Acme Freight'])
      assert.match(mail.html, /<html lang="de">/)
      assert.match(await titleOf(mail.link), / – Acme Freight$/)
    })

    it('are in the tenant’s to whoever has nothing to do with it, and the answer is the same to the byte', async () => {
      const [member, stranger] = [await somebody(acme), await somebody(globex)]
      const shut = await somebody(acme)
      await db.updateTable('memberships').set({ blocked_at: now() }).where('user_id', '=', shut.user_id).execute()
      await forgotten({ email: 'warm-up@harborline.example', organization: acme })
      const emails = [member.email, stranger.email, shut.email, 'nobody@harborline.example']
      const statements: unknown[] = []
      for (const email of emails) {
        statements.push(
          await statementsOf(async () => {
            const { status, text } = await forgotten({ email, organization: acme })
            assert.deepEqual([status, text], [200, "We've just sent you an email to reset your password."])
          }),
        )
      }
      for (const others of statements) assert.deepEqual(others, statements[0])
      sink.clear()
      await worker.runOnce()
      const names = new Map(sink.mails.map(({ to, fromName }) => [to, fromName]))
      assert.deepEqual(
        emails.map((email) => names.get(email ?? '')),
        ['Acme Freight', 'Tenantry', 'Tenantry', undefined],
      )
      const told = sink.mails.find(({ to }) => to === stranger.email)
      assert.doesNotMatch(`${told?.html}${told?.text}${await titleOf(told?.link)}`, /Acme/)
    })

    it('are so to whom signing in makes a member, and to whoever is invited', async () => {
      const invited = await somebody()
      const invitation = {
        inviter: { name: 'Lucía Ferrer' },
        invitee: { email: invited.email },
        client_id: 'tenantry-account',
        send_invitation_email: false,
      }
      const made = await call('POST', `/api/v2/organizations/${globex}/invitations`, { body: invitation })
      assert.equal(made.status, 201, made.text)
      await forgotten({ email: invited.email, organization: globex })
      assert.equal((await nextMail()).fromName, 'Globex')
      const other = await somebody()
      await db
        .updateTable('organization_connections')
        .set({ assign_membership_on_login: true })
        .where('organization_id', '=', globex)
        .execute()
      await forgotten({ email: other.email, organization: globex })
      assert.equal((await nextMail()).fromName, 'Globex')
    })

    it('are refused for an organization that there is not, or that has not this connection, whoever is named', async () => {
      const closed = await make('closed', 'Closed')
      await db.deleteFrom('organization_connections').where('organization_id', '=', closed).execute()
      const before = (await queued()).length
      for (const { email } of [await somebody(acme), { email: 'nobody@harborline.example' }]) {
        for (const [organization, error] of [
          [UNKNOWN, 'organization not found'],
          ['acme', 'organization not found'],
          [closed, 'Connection must be enabled for this organization'],
        ]) {
          const { status, body } = await forgotten({ email, organization })
          assert.deepEqual([status, body], [400, { error }])
        }
      }
      assert.equal((await queued()).length, before)
      // By its name only where the tenant lets names in.
      const settings = { allow_organization_name_in_authentication_api: true }
      await call('PATCH', '/api/v2/tenants/settings', { body: settings })
      assert.equal((await forgotten({ email: 'nobody@harborline.example', organization: 'Acme' })).status, 200)
    })
  })

  // TABLE: what an application asks for in the name of an organization.
  const ASKED = {
    'a ticket for a password': '/api/v2/tickets/password-change',
    'a ticket for an address': '/api/v2/tickets/email-verification',
    'a mail for an address': '/api/v2/jobs/verification-email',
  }
  for (const [name, url] of Object.entries(ASKED)) {
    it(`${name} is for a member of it alone`, async () => {
      const user = await somebody(acme)
      const ask = ({ user_id }: User, organization_id: string) =>
        call('POST', url, { body: { user_id, organization_id } })
      const { status, body } = await ask(user, acme)
      assert.equal(status, 201)
      const link = body.ticket ?? (await nextMail()).link
      assert.match(await titleOf(link), / – Acme Freight$/)

      const count = async () => [
        (await db.selectFrom('tickets').selectAll().execute()).length,
        (await db.selectFrom('emails').selectAll().execute()).length,
      ]
      const before = await count()
      const over = await somebody(acme)
      const ended = { ends_at: new Date(now().getTime() - 1_000) }
      await db.updateTable('memberships').set(ended).where('user_id', '=', over.user_id).execute()
      for (const [whom, organization, message] of [
        [user, UNKNOWN, 'No organization found by that id or name'],
        [user, globex, NO_MEMBER],
        [over, acme, NO_MEMBER],
      ] as const) {
        const refused = await ask(whom, organization)
        assert.deepEqual([refused.status, refused.body.message], [404, message])
      }
      assert.deepEqual(await count(), before)
    })
  }

  it('lead on to the address of the template with the organization’s id and name', async () => {
    const body = {
      template: 'verify_email',
      body: '<a href="{{ url }}">{{ url }}</a>',
      from: 'id@example.com',
      subject: 'Confirm',
      syntax: 'liquid',
      enabled: true,
      resultUrl: 'https://app.example/done',
    }
    assert.equal((await call('POST', '/api/v2/email-templates', { body })).status, 200)
    const { user_id } = await somebody(acme)
    await call('POST', '/api/v2/jobs/verification-email', { body: { user_id, organization_id: acme } })
    const browser = visitor(app, server.config.publicUrl)
    await browser.open((await nextMail()).link ?? '')
    const { url } = await browser.send()
    assert.equal(url.origin + url.pathname, 'https://app.example/done')
    const said = ['success', 'organization_id', 'organization_name'].map((name) => url.searchParams.get(name))
    assert.deepEqual(said, ['true', acme, 'acme'])
  })
})
