import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formsOf, type Visited } from '../../../test/visitor.ts'
import type { DatabaseOptions } from '../../connections/connection.ts'
import { ask, PASSWORD, startSignInServer } from '../../oidc/sign-in.testing.ts'

describe('the pages of signing up and of asking for a new password', async () => {
  const { db, newUser, visitor, connection } = await startSignInServer()

  async function withOptions(options: DatabaseOptions, work: () => Promise<void>): Promise<void> {
    const say = (said: DatabaseOptions) =>
      db
        .updateTable('connections')
        .set({ options: JSON.stringify(said) })
        .where('id', '=', connection.id)
        .execute()
    await say({ ...connection.options, ...options })
    await work().finally(() => say(connection.options))
  }

  /** A page without what differs from one sign-in to another. */
  function plain({ status, url, text }: Visited, identifier: string): string {
    const [, id = 'no id'] = /login\/([\w-]+)/.exec(url.pathname) ?? []
    const tokens = text.replace(/name="form_token" value="[^"]*"/g, '')
    return `${status} ${url.pathname}${url.search} ${tokens}`.replaceAll(id, '…').replaceAll(identifier, '…')
  }

  const mailsTo = async (email: string) =>
    await db
      .selectFrom('emails')
      .leftJoin('users', 'users.user_id', 'emails.user_id')
      .select(['template', 'users.email', 'identifier', 'language'])
      .where((row) => row.or([row('users.email', '=', email), row('identifier', '=', email)]))
      .execute()

  it('make an account, send a mail and lead on to signing in', async () => {
    const email = 'lucia.ferrer@harborline.example'
    const person = visitor({ language: 'de' })
    const page = await person.open(ask({ screen_hint: 'signup', login_hint: email }).url)
    assert.match(page.text, /Mindestens 8 Zeichen/)
    assert.ok(page.text.includes(`value="${email}"`))
    const sent = await person.send({ given_name: 'Lucía', family_name: '', email, password: 'two herons at dusk' })
    assert.equal(sent.url.search, '?for=sign-up')
    assert.ok(sent.text.includes('<h1>Sehen Sie in Ihr Postfach</h1>') && sent.text.includes(email))
    const user = await db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirstOrThrow()
    assert.deepEqual([user.given_name, user.family_name, user.email_verified], ['Lucía', null, false])
    assert.deepEqual(user.user_metadata, { locale: 'de' })
    assert.deepEqual(
      (await mailsTo(email)).map(({ template, language }) => [template, language]),
      [['verify_email', 'de']],
    )
    await person.open(person.linkTo(/Weiter zur Anmeldung/))
    const landed = await person.send({ password: 'two herons at dusk' })
    assert.ok(landed.url.searchParams.get('code'))
  })

  it('take a form that was sent twice for one, and tell nobody of an account that it has made itself', async () => {
    await withOptions({ requires_username: true }, async () => {
      const email = 'twice@harborline.example'
      const person = visitor()
      const { url, text } = await person.open(ask({ screen_hint: 'signup' }).url)
      const [form] = formsOf(text).filter(({ names }) => names.has('email'))
      const fields = { ...form?.hidden, email, username: 'twice', password: 'two herons at dusk' }
      const answers = await Promise.all([person.hop('POST', url, fields), person.hop('POST', url, fields)])
      answers.push(await person.hop('POST', url, fields))
      for (const { status, location } of answers) assert.deepEqual([status, location?.search], [303, '?for=sign-up'])
      assert.deepEqual(
        (await mailsTo(email)).map(({ template }) => template),
        ['verify_email'],
      )
      const other = visitor()
      await other.open(ask({ screen_hint: 'signup' }).url)
      await other.send({ email, username: 'twice2', password: 'two herons at dusk' })
      assert.equal((await mailsTo(email)).length, 2)
    })
  })

  it('answer the same to a new address and to one that has an account, which is told by mail', async () => {
    const { email: known = '' } = await newUser()
    const pages = []
    for (const email of [known, 'new@harborline.example']) {
      const person = visitor()
      await person.open(ask({ screen_hint: 'signup' }).url)
      const sent = await person.send({ email, password: 'two herons at dusk' })
      pages.push(plain(sent, email))
      pages.push(plain(await person.send({}, /check-mail/), email))
    }
    assert.match(pages[0] ?? '', /^200 .*check-mail\?for=sign-up /)
    assert.match(pages[1] ?? '', /Sent again/)
    assert.deepEqual(pages.slice(2), pages.slice(0, 2))
    assert.deepEqual((await mailsTo(known)).map(({ template }) => template)[0], 'existing_account')
    assert.equal((await db.selectFrom('users').select('user_id').where('email', '=', known).execute()).length, 1)
  })

  it('say at each field what is wrong and how to mend it, keep what was typed, and never show a password', async () => {
    await withOptions({ requires_username: true, passwordPolicy: 'good' }, async () => {
      const person = visitor()
      await person.open(ask({ screen_hint: 'signup' }).url)
      const fields = { given_name: '<b>Lucía</b>', email: 'lucia.ferrer', username: 'a b', password: 'sesame' }
      const wrong = await person.send(fields)
      assert.equal(wrong.status, 400)
      assert.match(wrong.text, /<title>Error: Create your account/)
      assert.match(wrong.text, /3 fields need another look/)
      assert.match(wrong.text, /<a href="#password">Password: It does not keep the rules marked below/)
      assert.match(wrong.text, /<li class="broken" data-of="3"/)
      assert.match(wrong.text, /<a href="#email">E-mail address: Write the whole address/)
      assert.match(wrong.text, /name="username"[^>]*aria-invalid="true" aria-describedby="username-help"/)
      assert.ok(wrong.text.includes('value="&lt;b&gt;Lucía&lt;/b&gt;"') && !wrong.text.includes('sesame'))
      const weak = await person.send({ ...fields, email: 'weak@harborline.example', username: 'lucia' })
      assert.match(weak.text, /Password: It does not keep the rules marked below/)
      assert.match(
        weak.text,
        /<li class="broken" data-of="3" data-kinds="lowerCase upperCase numbers specialCharacters">/,
      )
      const { username } = await newUser({ email: 'taken@harborline.example' })
      assert.equal(username, undefined)
      const good = { ...fields, email: 'first@harborline.example', username: 'lucia', password: 'Two herons at dusk 1' }
      assert.match((await person.send(good)).url.pathname, /check-mail$/)
      const second = visitor()
      await second.open(ask({ screen_hint: 'signup' }).url)
      const taken = await second.send({ ...good, email: 'second@harborline.example' })
      assert.match(taken.text, /User name: Somebody has this name already/)
    })
    assert.equal(
      (await db.selectFrom('users').select('user_id').where('email', '=', 'weak@harborline.example').execute()).length,
      0,
    )
  })

  it('are closed where the connection says so, whoever sends their forms', async () => {
    await withOptions({ disable_signup: true, disable_self_service_change_password: true }, async () => {
      const person = visitor()
      const first = await person.open(ask().url)
      assert.doesNotMatch(first.text, /signup/)
      assert.doesNotMatch((await person.send({ username: 'x@y.example' })).text, /forgot/)
      const signUp = await person.open(`${first.url.pathname}/signup`)
      assert.match(signUp.text, /<h1>Nobody can sign up here<\/h1>/)
      assert.match((await person.open(`${first.url.pathname}/forgot`)).text, /Passwords are not reset by mail here/)
      assert.equal(
        (await person.post(`${first.url.pathname}/signup`, { email: 'x@y.example', password: PASSWORD })).status,
        403,
      )
    })
  })

  it('ask for a link for whoever it may be, and answer the same', async () => {
    const { email: known = '' } = await newUser()
    const pages = []
    for (const email of [known, 'unheard-of@harborline.example']) {
      const person = visitor()
      await person.open(ask().url)
      await person.send({ username: email })
      const form = await person.open(person.linkTo(/Forgot your password/))
      assert.ok(form.text.includes(`value="${email}"`))
      pages.push(plain(await person.send({}), email))
      assert.deepEqual(
        (await mailsTo(email)).map(({ template }) => template),
        ['reset_email'],
      )
    }
    assert.match(pages[0] ?? '', /^200 .*\?for=reset .*If there is an account/s)
    assert.equal(pages[1], pages[0])
  })

  it('send no more than a few mails to one address in a row', async () => {
    const person = visitor()
    await person.open(ask({ screen_hint: 'reset-password', login_hint: 'often@harborline.example' }).url)
    await person.send({})
    for (let sent = 0; sent < 4; sent += 1) await person.send({}, /check-mail/)
    const paused = await person.send({}, /check-mail/)
    assert.equal(paused.status, 429)
    assert.match(paused.text, /Wait \d+ seconds/)
  })

  it('can be used without a sign-in, for the application and connection that are named', async () => {
    const person = visitor()
    const path = `/u/reset-password/request?client_id=spa&connection=${encodeURIComponent(connection.name)}&ui_locales=de`
    assert.match((await person.open(path)).text, /<h1>Passwort vergessen\?<\/h1>/)
    const empty = await person.send({ username: ' ' })
    assert.equal(empty.status, 400)
    const { email = '' } = await newUser()
    const pages = []
    for (const identifier of [email, 'unknown@harborline.example']) {
      await person.open(path)
      pages.push(plain(await person.send({ username: identifier }), identifier))
      const [mail] = await mailsTo(identifier)
      assert.deepEqual([mail?.template, mail?.language], ['reset_email', 'de'])
    }
    assert.equal(pages[1], pages[0])
    assert.equal((await person.post(path, { username: email })).status, 403)
    const closed = await visitor().open('/u/reset-password/request?client_id=no-such-application')
    assert.equal(closed.status, 200)
  })
})
