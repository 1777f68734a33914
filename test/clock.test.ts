/** A clock that is wrong (GUARANTEES F02): it goes back an hour, or forward a day, and is right again. */
import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { formOf } from '../server/jobs/jobs.testing.ts'
import { mailWorkerOf } from '../server/jobs/mail-worker.ts'
import { jobRunnerOf } from '../server/jobs/runner.ts'
import { prepareEventDays } from '../server/logs/partitions.ts'
import { forgetEvents } from '../server/logs/retention.ts'
import { AUDIENCE } from '../server/oidc/oidc.testing.ts'
import { ask, codeForm, PASSWORD, SPA, signIn, startSignInServer } from '../server/oidc/sign-in.testing.ts'
import { closeDailyStats } from '../server/stats/store.ts'
import type { User } from '../server/users/user.ts'

const HOUR_MS = 3_600_000
const SHIFTS = { 'an hour back': -HOUR_MS, 'a day ahead': 24 * HOUR_MS }
const NEW_PASSWORD = 'seven herons over Marstrand'

for (const [shift, milliseconds] of Object.entries(SHIFTS)) {
  describe(`a clock that is ${shift}, and right again`, async () => {
    const test = await startSignInServer()
    const { call, connection, db, exchange, newUser, server, token, tokenFor, visitor } = test
    const right = Date.now()
    const at = (time: number) => {
      mock.timers.reset()
      mock.timers.enable({ apis: ['Date'], now: time })
    }
    const asked = () => ask({ audience: AUDIENCE, scope: 'openid offline_access read:robots' })
    const refresh = (refresh_token: string) => token({ grant_type: 'refresh_token', client_id: SPA, refresh_token })
    const pathOf = ({ user_id }: User) => `/api/v2/users/${encodeURIComponent(user_id)}`
    const userinfo = (as: string) => call('GET', '/userinfo', { as })
    afterEach(() => mock.timers.reset())

    async function signedIn(user: User, password = PASSWORD) {
      const [browser, wanted] = [visitor(), asked()]
      const landed = await signIn(browser, wanted, user.email, password)
      const { status, body } = await exchange(wanted, landed)
      assert.equal(status, 200, JSON.stringify(body))
      return { browser, wanted, landed, access: String(body.access_token), refresh: String(body.refresh_token) }
    }

    /** TABLE: what was ended while the clock was right. Each answers what tries to use it, which must be refused. */
    const ENDED: Record<string, () => Promise<() => Promise<boolean>>> = {
      'a refresh token that was exchanged': async () => {
        const one = await signedIn(await newUser())
        assert.equal((await refresh(one.refresh)).status, 200)
        return async () => (await refresh(one.refresh)).status === 200
      },
      'a refresh token that was revoked': async () => {
        const one = await signedIn(await newUser())
        await call('POST', '/oauth/revoke', { as: null, body: { client_id: SPA, token: one.refresh } })
        return async () => (await refresh(one.refresh)).status === 200
      },
      'a code that was exchanged': async () => {
        const { wanted, landed } = await signedIn(await newUser())
        const form = codeForm(wanted, landed)
        return async () => (await token(form)).status === 200
      },
      'a session that was ended': async () => {
        const { browser, access } = await signedIn(await newUser())
        const kept = visitor({ cookies: new Map(browser.cookies) })
        await browser.open(`/v2/logout?client_id=${SPA}&returnTo=${encodeURIComponent('https://app.example.com/bye')}`)
        assert.ok(access)
        return async () => (await kept.open(asked().url)).url.searchParams.has('code')
      },
      'what was given to somebody who was blocked': async () => {
        const user = await newUser()
        const one = await signedIn(user)
        await call('PATCH', pathOf(user), { body: { blocked: true } })
        return async () => (await refresh(one.refresh)).status === 200 || (await userinfo(one.access)).status === 200
      },
      'what was given before a new password': async () => {
        const user = await newUser()
        const one = await signedIn(user)
        await call('PATCH', pathOf(user), { body: { password: NEW_PASSWORD } })
        return async () => (await refresh(one.refresh)).status === 200 || (await userinfo(one.access)).status === 200
      },
      'a link that was used': async () => {
        const { user_id } = await newUser()
        const { body } = await call('POST', '/api/v2/tickets/password-change', { body: { user_id } })
        const person = visitor()
        await person.open(body.ticket)
        assert.equal((await person.send({ password: NEW_PASSWORD })).status, 200)
        return async () => (await visitor().open(body.ticket)).status === 200
      },
    }

    for (const [what, end] of Object.entries(ENDED)) {
      it(`revives nothing: ${what}`, async () => {
        at(right)
        const isAlive = await end()
        assert.equal(await isAlive(), false, 'right away')
        at(right + milliseconds)
        assert.equal(await isAlive(), false, 'while it is wrong')
        at(right + 60_000)
        assert.equal(await isAlive(), false, 'when it is right again')
      })
    }

    it('lets people sign in and stay signed in, before, meanwhile and afterwards', async () => {
      at(right)
      const user = await newUser()
      const before = await signedIn(user)
      at(right + milliseconds)
      const meanwhile = await signedIn(user)
      const renewed = await refresh(before.refresh)
      assert.equal(renewed.status, 200, JSON.stringify(renewed.body))
      at(right + 60_000)
      assert.equal((await refresh(renewed.body.refresh_token)).status, 200)
      assert.equal((await refresh(meanwhile.refresh)).status, 200)
      assert.equal((await userinfo(meanwhile.access)).status, 200)
      assert.equal((await refresh(before.refresh)).status, 403)
      await signedIn(user)
    })

    it('keeps nobody out afterwards for what was tried meanwhile', async () => {
      at(right + milliseconds)
      const user = await newUser()
      for (let tries = 0; tries < 3; tries += 1) {
        const person = visitor()
        await person.open(asked().url)
        await person.send({ username: user.email ?? '' })
        assert.equal((await person.send({ password: 'wrong every time' })).status, 400)
      }
      at(right + 60_000)
      await signedIn(user)
    })

    it('changes, records, imports, mails and clears away all the while', async () => {
      for (const time of [right, right + milliseconds, right + 60_000]) {
        at(time)
        const as = await tokenFor({})
        const email = `at-${time}@clock.example`
        const body = { connection: connection.name, email, password: PASSWORD }
        const made = await call('POST', '/api/v2/users', { as, body })
        assert.equal(made.status, 201, made.text)
        const path = pathOf(made.body)
        assert.equal((await call('PATCH', path, { as, body: { app_metadata: { time } } })).status, 200)
        const rows = JSON.stringify([{ email: `imported-${email}` }])
        const sent = await call('POST', '/api/v2/jobs/users-imports', {
          ...formOf({ connection_id: connection.id }, rows),
          as,
        }).then(undefined, String)
        assert.ok(typeof sent === 'object')
        await jobRunnerOf(server).runOnce()
        const job = await call('GET', `/api/v2/jobs/${sent.body.id}`, { as })
        assert.deepEqual([job.body.status, job.body.summary?.inserted], ['completed', 1], job.text)
        await mailWorkerOf(server).runOnce()
        await prepareEventDays(db)
        await closeDailyStats(db)
        await forgetEvents(server.database, server.secrets, { days: 1, administrativeDays: 1 })
        const logs = await call('GET', `${path}/logs`, { as })
        assert.equal(logs.body[0].description, 'Update a User')
        for (const url of [
          '/api/v2/stats/daily',
          '/api/v2/stats/active-users',
          '/api/v2/logs?per_page=5',
          '/authorize',
        ]) {
          assert.ok((await call('GET', url, { as })).status < 500, url)
        }
      }
      const left = await db.selectFrom('emails').select('id').where('state', '=', 'queued').execute()
      assert.deepEqual(left, [])
      const { body } = await call('GET', '/api/v2/users?q=email:*@clock.example&include_totals=true', {
        as: await tokenFor({}),
      })
      assert.equal(body.total, 6)
    })
  })
}
