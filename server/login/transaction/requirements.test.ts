import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { mailWorkerOf } from '../../jobs/mail-worker.ts'
import { ask, codeOf, PASSWORD, signIn, startSignInServer, THIRD } from '../../oidc/sign-in.testing.ts'
import { verifyPassword } from '../../passwords/hash.ts'

describe('what a person has to do after signing in', async () => {
  const { db, server, newUser, visitor, connection, exchange } = await startSignInServer()

  async function passwordOf(userId: string) {
    return await db.selectFrom('passwords').selectAll().where('user_id', '=', userId).executeTakeFirstOrThrow()
  }

  it('replaces a password that somebody else has set, and no application gets a code before', async () => {
    const user = await newUser()
    await db.updateTable('passwords').set({ temporary: true }).where('user_id', '=', user.user_id).execute()
    const person = visitor()
    const asked = ask()
    const page = await signIn(person, asked, user.email)
    assert.match(page.url.pathname, /\/change-password$/)
    assert.match(page.text, /<h1>Choose your own password<\/h1>/)
    const silent = await person.open(ask({ prompt: 'none' }).url)
    assert.equal(silent.url.searchParams.get('error'), 'interaction_required')
    await person.open(page.url)
    const same = await person.send({ password: PASSWORD })
    assert.equal(same.status, 400)
    assert.match(same.text, /You have used it before/)
    const weak = await person.send({ password: 'short' })
    assert.match(weak.text, /<li class="broken" data-least="8">/)
    assert.equal((await passwordOf(user.user_id)).temporary, true)
    const landed = await person.send({ password: 'two herons at dusk' })
    assert.equal((await exchange(asked, landed)).status, 200)
    const stored = await passwordOf(user.user_id)
    assert.deepEqual([stored.temporary, stored.set_by], [false, 'self'])
    assert.equal(await verifyPassword(stored.hash, 'two herons at dusk'), true)
  })

  const say = (said: object) =>
    db
      .updateTable('connections')
      .set({ options: JSON.stringify(said) })
      .where('id', '=', connection.id)
      .execute()
  const asksForMail = { ...connection.options, require_verified_email: true }

  it('shows that he reads mail at his address where the connection asks for it', async () => {
    await say(asksForMail)
    try {
      const user = await newUser({ email_verified: false })
      const person = visitor()
      const page = await signIn(person, ask(), user.email)
      assert.match(page.url.pathname, /\/verify-email$/)
      assert.ok(page.text.includes(user.email ?? '?'))
      const early = await person.send({})
      assert.equal(early.status, 400)
      assert.match(early.text, /not confirmed yet/)
      assert.match((await person.send({ send: 'again' })).text, /Sent again/)
      const mails = await db.selectFrom('emails').select('template').where('user_id', '=', user.user_id).execute()
      assert.deepEqual(
        mails.map(({ template }) => template),
        ['verify_email'],
      )
      await db.updateTable('users').set({ email_verified: true }).where('user_id', '=', user.user_id).execute()
      codeOf(await person.send({}))
    } finally {
      await say(connection.options)
    }
  })

  it('is told when nothing is sent again, and when he may ask once more', async () => {
    await say(asksForMail)
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    try {
      const user = await newUser({ email_verified: false })
      const person = visitor()
      await signIn(person, ask(), user.email)
      const again = async () => await person.send({ send: 'again' })
      for (let count = 0; count < 5; count += 1) assert.match((await again()).text, /Sent again/)
      const tooFast = await again()
      assert.equal(tooFast.status, 429)
      assert.match(tooFast.text, /Nothing was sent<[\s\S]*try again in a minute\./)
      await mailWorkerOf(server).runOnce()
      mock.timers.tick(10 * 60_000)
      const tooMany = await again()
      assert.deepEqual([tooMany.status, tooMany.headers['retry-after']], [429, String(50 * 60)])
      assert.match(tooMany.text, /try again in 50 minutes\./)
      assert.doesNotMatch(tooMany.text, /Sent again/)
      const mails = await db.selectFrom('emails').select('state').where('user_id', '=', user.user_id).execute()
      assert.deepEqual(
        mails.map(({ state }) => state),
        Array.from({ length: 5 }, () => 'sent'),
      )
    } finally {
      mock.timers.reset()
      await say(connection.options)
    }
  })

  it('is told where such mails are switched off', async () => {
    await say(asksForMail)
    const row = { template: 'verify_email', settings: '{"template":"verify_email","enabled":false}' } as const
    const at = new Date()
    await db
      .insertInto('email_templates')
      .values({ ...row, created_at: at, updated_at: at })
      .execute()
    try {
      const person = visitor()
      await signIn(person, ask(), (await newUser({ email_verified: false })).email)
      const off = await person.send({ send: 'again' })
      assert.equal(off.status, 400)
      assert.match(off.text, /switched off here\. Ask an administrator/)
    } finally {
      await db.deleteFrom('email_templates').execute()
      await say(connection.options)
    }
  })

  it('reads in plain words what an application asks for, and may say no', async () => {
    const user = await newUser()
    const person = visitor()
    const page = await signIn(person, ask({ client_id: THIRD, scope: 'openid email' }), user.email)
    assert.match(page.url.pathname, /\/consent$/)
    assert.match(page.text, /<li>Read your e-mail address<\/li>/)
    assert.match(page.text, /You can take this back at any time in your account, under Security\./)
    assert.ok(page.text.indexOf('>Allow<') < page.text.indexOf('>Deny<'))
    const denied = await person.send({ decision: 'deny' })
    assert.equal(denied.url.searchParams.get('error'), 'access_denied')
    assert.equal(denied.url.searchParams.get('error_description'), 'User did not authorize the request')
    const again = await person.open(ask({ client_id: THIRD, scope: 'openid email' }).url)
    assert.match(again.url.pathname, /\/consent$/)
    codeOf(await person.send({ decision: 'allow' }))
  })
})
