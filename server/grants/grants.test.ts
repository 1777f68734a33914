import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { now, secondsFromNow } from '../base/clock.ts'
import { transact } from '../db/database.ts'
import { AUDIENCE } from '../oidc/oidc.testing.ts'
import { ask, SPA, signIn, startSignInServer, THIRD } from '../oidc/sign-in.testing.ts'
import type { User } from '../users/user.ts'

describe('deleting a grant', async () => {
  const test = await startSignInServer()
  const { call, db, newUser, visitor, exchange, server } = test
  const userinfo = `${server.config.issuer}userinfo`
  const ofUser = ({ user_id }: User) => `user_id=${encodeURIComponent(user_id)}`

  /** Somebody with an opaque token in an application of others, and with a code that waits. */
  async function allow(user: User, more: Record<string, string> = {}) {
    const browser = visitor()
    const asked = ask({ client_id: THIRD, scope: 'openid email', ...more })
    await signIn(browser, asked, user.email)
    const { body } = await exchange(asked, await browser.send({ decision: 'allow' }))
    const waiting = ask({ client_id: THIRD, scope: 'openid email', ...more })
    const landed = await browser.open(waiting.url)
    return {
      works: async () => (await call('GET', '/userinfo', { as: body.access_token })).status,
      exchanges: async () => (await exchange(waiting, landed)).status,
    }
  }
  const idOf = async (user: User, audience: string) =>
    (await call('GET', `/api/v2/grants?${ofUser(user)}&audience=${encodeURIComponent(audience)}`)).body[0].id

  for (const [what, pathOf] of [
    ['by id', async (user: User) => `/${await idOf(user, userinfo)}`],
    ['by user', async (user: User) => `?${ofUser(user)}`],
  ] as const) {
    it(`ends the opaque tokens and the codes of the application, and nobody else's: ${what}`, async () => {
      const [ada, ben] = [await newUser(), await newUser()]
      const [hers, his] = [await allow(ada), await allow(ben)]
      const browser = visitor()
      const own = ask({ client_id: SPA })
      const landed = await signIn(browser, own, ada.email)
      assert.equal(await hers.works(), 200)
      assert.equal((await call('DELETE', `/api/v2/grants${await pathOf(ada)}`)).status, 204)
      assert.deepEqual([await hers.works(), await hers.exchanges()], [401, 403])
      assert.deepEqual([await his.works(), await his.exchanges()], [200, 200])
      assert.equal((await exchange(own, landed)).status, 200)
    })
  }

  it('of an API ends the codes, and leaves a token that only says who somebody is', async () => {
    const ada = await newUser()
    const whoSheIs = await allow(ada)
    const api = await allow(ada, { audience: AUDIENCE, scope: 'openid email read:robots' })
    assert.equal((await call('DELETE', `/api/v2/grants/${await idOf(ada, AUDIENCE)}`)).status, 204)
    assert.deepEqual([await whoSheIs.works(), await api.exchanges()], [200, 403])
  })

  it('ends what a code is being exchanged for at that moment', async () => {
    const ada = await newUser()
    await allow(ada)
    const codes = db.selectFrom('oidc_artifacts').where('user_id', '=', ada.user_id).where('client_id', '=', THIRD)
    const kinds = async () =>
      (await codes.select('kind').where('kind', '<>', 'Grant').execute()).map(({ kind }) => kind)
    let deletion: ReturnType<typeof call> | undefined
    await transact(db, async (tx) => {
      // As the exchange does: it uses up the code, and stores the token that it gives out.
      const { id_hash } = await tx
        .updateTable('oidc_artifacts')
        .set({ consumed_at: now() })
        .where('user_id', '=', ada.user_id)
        .where('kind', '=', 'AuthorizationCode')
        .where('consumed_at', 'is', null)
        .returning('id_hash')
        .executeTakeFirstOrThrow()
      await sql`insert into oidc_artifacts (kind, id_hash, payload, user_id, client_id, user_generation, created_at, expires_at)
        select 'AccessToken', 'given-out', payload, user_id, client_id, user_generation, ${now()}, ${secondsFromNow(60)}
        from oidc_artifacts where id_hash = ${id_hash}`.execute(tx)
      deletion = call('DELETE', `/api/v2/grants?${ofUser(ada)}`)
      await isWaiting()
    })
    assert.equal((await deletion)?.status, 204)
    assert.deepEqual(await kinds(), [])
  })

  async function isWaiting(): Promise<void> {
    for (;;) {
      const { rows } = await sql`select from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()`.execute(db)
      if (rows.length > 0) return
      await sleep(20)
    }
  }
})
