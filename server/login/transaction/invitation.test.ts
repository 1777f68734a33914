import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { decodeJwt } from 'jose'
import { formsOf } from '../../../test/visitor.ts'
import { now } from '../../base/clock.ts'
import { organizations } from '../../oidc/organization.testing.ts'
import { ask, signIn, startSignInServer } from '../../oidc/sign-in.testing.ts'
import { join } from '../../organizations/organizations.testing.ts'

const PASSWORD = 'slow ferry past Vinga'

describe('an invitation', async () => {
  const test = await startSignInServer()
  const { db, call, newUser, visitor, exchange, connection } = test
  const { organization, use, invite, eventsOf, membershipOf, shutOut, tokensOf } = organizations(test)
  const acme = await organization('acme', { displayName: 'Acme Freight' })
  const globex = await organization('globex')
  await use({ organization_usage: 'allow' })
  const { body: role } = await call('POST', '/api/v2/roles', { body: { name: 'Dispatcher' } })
  const { body: higher } = await call('POST', '/api/v2/roles', { body: { name: 'Boss' } })
  let people = 0
  const newAddress = () => {
    people += 1
    return `invited-${people}@acme.example`
  }
  const by = (ticket: string, more: Record<string, string> = {}) =>
    ask({ organization: acme, invitation: ticket, ...more })
  const tokenOf = async (asked: ReturnType<typeof ask>, landed: Parameters<typeof exchange>[1]) =>
    decodeJwt((await exchange(asked, landed)).body.id_token)
  const rolesOf = async (userId: unknown) =>
    (await db.selectFrom('membership_roles').selectAll().where('user_id', '=', String(userId)).execute()).map(
      ({ role_id }) => role_id,
    )
  const found = async (q: string) => {
    const { body } = await call('GET', `/api/v2/users?q=${encodeURIComponent(q)}`)
    return body.map((user: { user_id: string }) => user.user_id)
  }
  const isOpen = async (id: string) =>
    (await db.selectFrom('organization_invitations').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
      .accepted_at === null

  it('makes an account of its address, verified and managed by the organization, with roles and metadata', async () => {
    const email = newAddress()
    const said = { appMetadata: { plan: 'gold' }, userMetadata: { desk: 4 }, language: 'de' }
    const { id, ticket } = await invite(acme, email, { roleIds: [role.id], ...said })
    const browser = visitor()
    const asked = by(ticket)
    const first = await browser.open(asked.url)
    assert.match(first.url.pathname, /\/invitation$/)
    assert.match(first.text, /<html lang="de">/)
    for (const told of ['Acme Freight', 'Lucía Ferrer', email, 'Dispatcher']) assert.ok(first.text.includes(told), told)
    // UTC until the page's script puts it on the reader's clock.
    assert.match(first.text, /<dd><time datetime="[^"]+Z">[^<]+ UTC<\/time>/)
    const form = await browser.send({})
    assert.match(form.url.pathname, /\/signup$/)
    assert.match(form.text, new RegExp(`name="email"[^>]*value="${email}"[^>]*readonly`))
    const refused = await browser.send({ password: 'short' })
    assert.equal(refused.status, 400)
    assert.ok(await isOpen(id))
    const landed = await browser.send({ password: PASSWORD })
    const claims = await tokenOf(asked, landed)
    assert.deepEqual([claims.org_id, claims.email, claims.email_verified], [acme, email, true])
    const userId = String(claims.sub)
    const user = await db.selectFrom('users').selectAll().where('user_id', '=', userId).executeTakeFirstOrThrow()
    assert.equal(user.managing_organization_id, acme)
    assert.deepEqual(user.app_metadata, { plan: 'gold' })
    assert.equal(user.user_metadata?.desk, 4)
    for (const q of ['app_metadata.plan:gold', 'user_metadata.desk:4']) assert.deepEqual(await found(q), [userId], q)
    assert.deepEqual(await rolesOf(userId), [role.id])
    const [accepted] = (await eventsOf('si')).filter((event) => event.user_id === userId)
    assert.equal(accepted?.organization_id, acme)
    assert.ok(!JSON.stringify(accepted?.details).includes(email), 'the address is the entry’s personal part')
    assert.ok(!JSON.stringify([accepted?.details, accepted?.person]).includes(ticket), 'the ticket is a secret')
    const [added] = (await eventsOf('organization_member_added')).filter((event) => event.user_id === userId)
    assert.equal(added?.details?.reason, 'invitation')
    const mails = await db.selectFrom('emails').select('template').where('user_id', '=', userId).execute()
    assert.deepEqual(mails, [{ template: 'welcome_email' }])
    assert.equal((await membershipOf(acme, user))?.logins_count, 1)
  })

  it('is accepted by the account that the address has, after its password, which stays its own', async () => {
    const user = await newUser({ email_verified: false, user_metadata: { theme: 'dark', floor: 1 } })
    const { ticket } = await invite(acme, user.email?.toUpperCase() ?? '', { userMetadata: { desk: 5, floor: null } })
    const browser = visitor()
    const asked = by(ticket)
    assert.match((await browser.open(asked.url)).text, /Sign in and accept/)
    const page = await browser.send({})
    assert.match(page.url.pathname, /\/password$/)
    assert.equal(await membershipOf(acme, user), undefined)
    const landed = await browser.send({ password: PASSWORD })
    assert.equal((await tokenOf(asked, landed)).org_id, acme)
    const row = await db.selectFrom('users').selectAll().where('user_id', '=', user.user_id).executeTakeFirstOrThrow()
    assert.deepEqual([row.email_verified, row.managing_organization_id], [true, null])
    assert.deepEqual([row.user_metadata, row.app_metadata], [{ theme: 'dark', desk: 5 }, null])
    assert.deepEqual(await found('user_metadata.desk:5 AND user_metadata.theme:dark'), [user.user_id])
    assert.deepEqual(await found('user_metadata.floor:1'), [])
    assert.deepEqual(await found(`updated_at:"${row.updated_at.toISOString()}"`), [user.user_id])
  })

  it('is accepted with one press by whoever is signed in with that address, and asks anew where the application does', async () => {
    const user = await newUser()
    const { browser } = await tokensOf(user, {})
    const { ticket } = await invite(acme, user.email ?? '')
    const silent = await browser.open(by(ticket, { prompt: 'none' }).url)
    assert.equal(silent.url.searchParams.get('error'), 'login_required')
    const anew = by(ticket, { prompt: 'login' })
    assert.match((await browser.open(anew.url)).text, /Sign in and accept/)
    const asked = by(ticket)
    assert.match((await browser.open(asked.url)).text, /Accept invitation/)
    assert.equal(await membershipOf(acme, user), undefined, 'opening the page changes nothing')
    const landed = await browser.send({})
    assert.equal((await tokenOf(asked, landed)).org_id, acme)
    // Opened once more by the same person, it leads on.
    const again = by(ticket)
    assert.match((await browser.open(again.url)).text, /Continue to spa/)
    assert.equal((await tokenOf(again, await browser.send({}))).org_id, acme)
  })

  it('stays open when another account tries it, is explained to that one, and goes on with the right one', async () => {
    const [stranger, invited] = [await newUser(), await newUser()]
    const { id, ticket } = await invite(acme, invited.email ?? '')
    const { browser } = await tokensOf(stranger, {})
    const asked = by(ticket)
    const page = await browser.open(asked.url)
    assert.equal(page.status, 403)
    assert.match(page.text, /This invitation is for somebody else/)
    assert.ok(page.text.includes(invited.email ?? '?') && page.text.includes(stranger.email ?? '?'))
    assert.match((await browser.send({})).url.pathname, /\/password$/)
    assert.ok(await isOpen(id))
    assert.equal((await tokenOf(asked, await browser.send({ password: PASSWORD }))).sub, invited.user_id)
    assert.equal(await membershipOf(acme, stranger), undefined)
  })

  it('D18: neither another address, nor a role or an organization in the address, changes what it gives', async () => {
    const stranger = await newUser()
    const email = newAddress()
    const { id, ticket } = await invite(acme, email, { roleIds: [role.id] })
    const browser = visitor()
    await browser.open(by(ticket, { login_hint: stranger.email ?? '' }).url)
    await browser.open(`${browser.page().url.pathname.replace('/invitation', '')}?screen=login`)
    await browser.send({ username: stranger.email ?? '' })
    const told = await browser.send({ password: PASSWORD })
    assert.equal(told.status, 403)
    assert.match(told.text, /This account cannot accept the invitation/)
    const back = await browser.send({}, /leave/)
    assert.deepEqual(
      [back.url.searchParams.get('error'), back.url.searchParams.get('error_description')],
      ['access_denied', 'the specified account is not allowed to accept the current invitation'],
    )
    const failed = (await eventsOf('fi')).filter((event) => event.user_id === stranger.user_id)
    assert.equal(failed.length, 1)
    assert.equal(failed[0]?.organization_id, null, 'the organization is not told of a stranger')
    assert.ok(await isOpen(id))

    const other = await visitor().open(ask({ organization: globex, invitation: ticket }).url)
    assert.match(other.text, /There is no such invitation/)

    const person = visitor()
    const asked = by(ticket, { roles: higher.id, role: higher.id, email: stranger.email ?? '' })
    await person.open(asked.url)
    await person.send({})
    const landed = await person.post(person.page().url, {
      ...formsOf(person.page().text)[0]?.hidden,
      email: 'another@acme.example',
      roles: higher.id,
      password: PASSWORD,
    })
    const claims = await tokenOf(asked, landed)
    assert.equal(claims.email, email)
    assert.deepEqual(await rolesOf(claims.sub), [role.id])
    assert.equal(await membershipOf(acme, stranger), undefined)
  })

  // TABLE: what became of it, and what the page says then.
  const GONE = {
    'past its time': [/has expired/, { expires_at: new Date(now().getTime() - 1_000) }],
    revoked: [/was withdrawn/, { revoked_at: now() }],
    'accepted by somebody else': [/was accepted already/, { accepted_at: now() }],
  } as const
  for (const [name, [words, change]] of Object.entries(GONE)) {
    it(`D18: that is ${name} makes nobody a member, on whichever page`, async () => {
      const user = await newUser()
      const { id, ticket } = await invite(acme, user.email ?? '')
      const late = visitor()
      await late.open(by(ticket).url)
      await late.send({})
      await db.updateTable('organization_invitations').set(change).where('id', '=', id).execute()
      const page = await visitor().open(by(ticket).url)
      assert.equal(page.status, 403)
      assert.match(page.text, words)
      assert.match((await late.send({ password: PASSWORD })).text, words)
      const back = await late.send({}, /leave/)
      assert.equal(back.url.searchParams.get('error_description'), 'invitation not found or already used')
      assert.equal(await membershipOf(acme, user), undefined)
      assert.equal((await eventsOf('fi')).filter((event) => event.user_id === user.user_id).length, 1)
      const fresh = visitor()
      await fresh.open(by(ticket).url)
      const signUp = await fresh.open(`${fresh.page().url.pathname.replace('/invitation', '')}/signup`)
      assert.match(signUp.text, words)
    })
  }

  it('that nobody has made is told as such', async () => {
    const page = await visitor().open(by('x'.repeat(32)).url)
    assert.equal(page.status, 403)
    assert.match(page.text, /There is no such invitation/)
  })

  it('D18: accepted by fifty at once makes one account, and by fifty of one account one membership', async () => {
    const email = newAddress()
    const { ticket } = await invite(acme, email)
    const racers = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const racer = visitor({ from: `192.0.2.${at}` })
        await racer.open(by(ticket).url)
        await racer.send({})
        return racer
      }),
    )
    const landed = await Promise.all(racers.map((racer) => racer.send({ password: PASSWORD }).catch(() => undefined)))
    assert.equal(landed.filter((page) => page?.url.searchParams.get('code')).length, 1)
    const made = await db.selectFrom('users').select('user_id').where('email', '=', email).execute()
    assert.equal(made.length, 1)
    const own = (await eventsOf('si')).filter((event) => event.user_id === made[0]?.user_id)
    assert.equal(own.length, 1)
  })

  it('is for an account of its connection, and lets nobody in whom the organization has blocked', async () => {
    const user = await newUser()
    const { body: other } = await call('POST', '/api/v2/connections', { body: { name: 'other', strategy: 'auth0' } })
    const row = { organization_id: acme, connection_id: other.id, created_at: now() }
    await db.insertInto('organization_connections').values(row).execute()
    const pinned = await invite(acme, user.email ?? '', { connectionId: other.id })
    assert.match((await visitor().open(by(pinned.ticket).url)).text, /Create your account/)
    const { browser } = await tokensOf(user, {})
    await browser.open(by(pinned.ticket).url)
    const refused = await browser.send({})
    assert.equal(refused.status, 403)
    assert.equal(await membershipOf(acme, user), undefined)

    await join(db, acme, user.user_id)
    await shutOut(acme, user)
    const { id, ticket } = await invite(acme, user.email ?? '')
    await browser.open(by(ticket).url)
    assert.match((await browser.send({})).text, /cannot join Acme Freight at present/)
    assert.ok(await isOpen(id))
  })

  it('makes a managed account the person’s own, but for one of an organization’s own connection', async () => {
    const user = await newUser()
    await join(db, globex, user.user_id)
    const managed = { managing_organization_id: globex }
    await db.updateTable('users').set(managed).where('user_id', '=', user.user_id).execute()
    const { ticket } = await invite(acme, user.email ?? '')
    const asked = by(ticket)
    const browser = visitor()
    await browser.open(asked.url)
    await browser.send({})
    assert.equal((await tokenOf(asked, await browser.send({ password: PASSWORD }))).org_id, acme)
    const row = await db.selectFrom('users').selectAll().where('user_id', '=', user.user_id).executeTakeFirstOrThrow()
    assert.equal(row.managing_organization_id, null)

    const owner = await organization('owner')
    const kept = await newUser()
    await join(db, owner, kept.user_id)
    await db.updateTable('users').set({ managing_organization_id: owner }).where('user_id', '=', kept.user_id).execute()
    const others = await db
      .deleteFrom('organization_connections')
      .where('organization_id', '<>', owner)
      .where('connection_id', '=', connection.id)
      .returningAll()
      .execute()
    await db.updateTable('organization_connections').set({ access_level: 'full' }).execute()
    try {
      const { id, ticket } = await invite(acme, kept.email ?? '')
      const { browser: signedIn } = await tokensOf(kept, {})
      await signedIn.open(by(ticket).url)
      const refused = await signedIn.send({})
      assert.equal(refused.status, 403)
      assert.ok(await isOpen(id))
      assert.match(refused.text, /cannot join Acme Freight at present/)
      assert.equal(await membershipOf(acme, kept), undefined)
    } finally {
      await db.updateTable('organization_connections').set({ access_level: null }).execute()
      await db.insertInto('organization_connections').values(others).execute()
    }
  })

  it('expires by the clock between its page and its form', async () => {
    const user = await newUser()
    const { ticket } = await invite(acme, user.email ?? '', { ttlSeconds: 600 })
    const browser = visitor()
    await browser.open(by(ticket).url)
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 601_000 })
    try {
      assert.match((await browser.send({})).text, /has expired/)
    } finally {
      mock.timers.reset()
    }
    assert.equal((await signIn(visitor(), ask({ organization: acme }), user.email)).status, 403)
  })
})
