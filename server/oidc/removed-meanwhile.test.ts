import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import type { Visited } from '../../test/visitor.ts'
import { type OwnConnection, transact } from '../db/database.ts'
import { join } from '../organizations/organizations.testing.ts'
import { FIRST_CONNECTION } from '../setup.ts'
import { issueTicket } from '../tickets/issue.ts'
import type { User } from '../users/user.ts'
import { PASSWORD_REALM } from './client-metadata.ts'
import { AUDIENCE } from './oidc.testing.ts'
import { organizations } from './organization.testing.ts'
import {
  ask,
  CALLBACK,
  codeForm,
  PASSWORD,
  SPA,
  signIn,
  startSignInServer,
  THIRD,
  WEB,
  WEB_SECRET,
} from './sign-in.testing.ts'

const OFFLINE = { scope: 'openid offline_access', audience: AUDIENCE }

// TABLE: what is taken away while somebody signs in, as a statement.
const REMOVALS = {
  'a member removed': (userId: string, organizationId: string) =>
    sql`delete from memberships where user_id = ${userId} and organization_id = ${organizationId}`,
  'a user deleted': (userId: string) => sql`delete from users where user_id = ${userId}`,
}
/** A connection beside the server's, and the process that serves it. */
type Held = OwnConnection & { pid: number }
type Removal = (typeof REMOVALS)['a member removed']

describe('somebody who is taken away in the very moment of signing in', async () => {
  const test = await startSignInServer()
  const { call, connection, db, newUser, server, token, visitor, exchange } = test
  const { organization, use, tokensOf, invite } = organizations(test)
  const acme = await organization('acme')
  const globex = await organization('globex')
  await use({ organization_usage: 'allow' })
  await use({ organization_usage: 'allow' }, WEB)

  const memberOf = async (...ids: string[]) => {
    const user = await newUser()
    for (const id of ids) await join(db, id, user.user_id)
    return user
  }

  /** Waits until a statement tells that it is so. */
  const until = async (isSo: (pid: number) => RawBuilder<unknown>, { pid }: Held) => {
    for (let tries = 0; tries < 2_000; tries += 1) {
      if ((await isSo(pid).execute(db)).rows.length > 0) return
      await sleep(5)
    }
    throw new Error('Nobody waits.')
  }
  const untilWaitedFor = (held: Held) =>
    until((pid) => sql`select 1 from pg_stat_activity where ${pid}::int = any(pg_blocking_pids(pid))`, held)
  const untilWaits = (held: Held) => until((pid) => sql`select 1 where pg_blocking_pids(${pid}::int) <> '{}'`, held)
  const openHeld = async (): Promise<Held> => {
    const own = await server.database.openOwn()
    const { rows } = await own.client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return { ...own, pid: rows[0]?.pid ?? 0 }
  }

  /** Removes him while the request is under way: it has seen him, and waits for what it has to write. */
  const during = async <T>(user: User, remove: Removal, request: () => Promise<T>): Promise<T> => {
    const remover = await openHeld()
    try {
      let answer: Promise<T> | undefined
      await remover.transact(async (tx) => {
        await remove(user.user_id, acme).execute(tx)
        answer = request()
        answer.catch(() => {})
        await untilWaitedFor(remover)
      })
      assert.ok(answer)
      return await answer
    } finally {
      await remover.close()
    }
  }

  /**
   * Removes him right before a row is written: the request waits in a trigger there. Where it holds him fast, the removal
   * waits for the request in turn.
   */
  const rightBefore = async <T>(
    { table, kind }: { table: string; kind: string | undefined },
    user: User,
    remove: Removal,
    request: () => Promise<T>,
  ): Promise<T> => {
    const [holder, remover] = [await openHeld(), await openHeld()]
    const isMeant = kind === undefined ? sql`new.user_id is not null` : sql`new.kind = ${sql.lit(kind)}`
    await sql`create or replace trigger waits before insert on ${sql.table(table)} for each row
      when (${isMeant}) execute function wait_here()`.execute(db)
    try {
      await holder.client.query('select pg_advisory_lock(4711)')
      const answer = request()
      answer.catch(() => {})
      await untilWaitedFor(holder)
      const removal = remover.transact((tx) => remove(user.user_id, acme).execute(tx))
      await Promise.race([removal, untilWaits(remover)])
      await holder.client.query('select pg_advisory_unlock(4711)')
      await removal
      return await answer
    } finally {
      await Promise.all([holder.close(), remover.close()])
      await sql`drop trigger waits on ${sql.table(table)}`.execute(db)
    }
  }
  await sql`create function wait_here() returns trigger language plpgsql as
    'begin perform pg_advisory_xact_lock_shared(4711); return new; end'`.execute(db)

  const passwordForm = ({ email }: User) => ({
    grant_type: PASSWORD_REALM,
    realm: FIRST_CONNECTION,
    client_id: WEB,
    client_secret: WEB_SECRET,
    username: email ?? '',
    password: PASSWORD,
    organization: acme,
    ...OFFLINE,
  })

  for (const [name, remove] of Object.entries(REMOVALS)) {
    it(`gets no tokens by his password: ${name}`, async () => {
      const user = await memberOf(acme)
      const refused = await during(user, remove, () => token(passwordForm(user)))
      const earlier = await token(passwordForm(user))
      assert.equal(refused.status, 403, refused.text.slice(-900))
      assert.deepEqual(refused.body, earlier.body)
    })

    it(`gets none for a code and none for a refresh token: ${name}`, async () => {
      const user = await memberOf(acme)
      const tokens = await tokensOf(user, { organization: acme, ...OFFLINE })
      const asked = ask({ organization: acme })
      const landed = await tokens.browser.open(asked.url)
      const refused = await during(user, remove, () => exchange(asked, landed))
      assert.deepEqual(
        [refused.status, refused.body],
        [403, { error: 'invalid_grant', error_description: 'Invalid authorization code' }],
      )

      const other = await memberOf(acme)
      const { refresh_token } = await tokensOf(other, { organization: acme, ...OFFLINE })
      const form = { grant_type: 'refresh_token', client_id: SPA, refresh_token }
      const unknown = await during(other, remove, () => token(form))
      assert.deepEqual(
        [unknown.status, unknown.body],
        [403, { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' }],
      )
    })

    it(`is not let past the page of the password, nor past that of an organization: ${name}`, async () => {
      const user = await memberOf(acme)
      const person = visitor()
      await person.open(ask({ organization: acme }).url)
      await person.send({ username: user.email ?? '' })
      isRefused(await during(user, remove, () => person.send({ password: PASSWORD })))

      const chooser = await memberOf(acme, globex)
      const choosing = visitor()
      await use({ organization_usage: 'require', organization_require_behavior: 'post_login_prompt' }, WEB)
      const page = await signIn(choosing, ask({ client_id: WEB }), chooser.email)
      assert.match(page.url.pathname, /\/organization$/)
      isRefused(await during(chooser, remove, () => choosing.send({ organization: acme })))
      await use({ organization_usage: 'allow', organization_require_behavior: 'no_prompt' }, WEB)
    })

    it(`does not get on with a session: ${name}`, async () => {
      for (const more of [{}, { prompt: 'none' }]) {
        const user = await memberOf(acme)
        const { browser } = await tokensOf(user, { organization: acme })
        isRefused(await during(user, remove, () => browser.open(ask({ organization: acme, ...more }).url)))
      }
    })

    // TABLE: what is written last before the answer, and the way there.
    const WAYS: Record<string, { table: string; kind: string | undefined }> = {
      'the session': { table: 'sessions', kind: undefined },
      'the code': { table: 'oidc_artifacts', kind: 'AuthorizationCode' },
    }
    for (const [what, place] of Object.entries(WAYS)) {
      it(`has nothing that counts, between the check and ${what}: ${name}`, async () => {
        const user = await memberOf(acme)
        const person = visitor()
        const asked = ask({ organization: acme, ...OFFLINE })
        await person.open(asked.url)
        await person.send({ username: user.email ?? '' })
        const landed = await rightBefore(place, user, remove, () => person.send({ password: PASSWORD }))
        if (!landed.url.searchParams.get('code')) isRefused(landed)
        else assert.equal((await exchange(asked, landed)).body.error, 'invalid_grant')
      })
    }

    for (const [grant, kind] of Object.entries({ password: 'Grant', code: 'RefreshToken', refresh: 'RefreshToken' })) {
      it(`has no token that counts, between the check and what a ${grant} gives: ${name}`, async () => {
        const user = await memberOf(acme)
        const tokens = await tokensOf(user, { organization: acme, ...OFFLINE })
        const asked = ask({ organization: acme, ...OFFLINE })
        const form = {
          password: passwordForm(user),
          code: codeForm(asked, await tokens.browser.open(asked.url)),
          refresh: { grant_type: 'refresh_token', client_id: SPA, refresh_token: tokens.refresh_token },
        }[grant]
        assert.ok(form)
        const answer = await rightBefore({ table: 'oidc_artifacts', kind }, user, remove, () => token(form))
        if (answer.status !== 200) return assert.equal(answer.status, 403, answer.text)
        assert.equal((await call('GET', '/userinfo', { as: answer.body.access_token })).status, 401)
        const { refresh_token } = answer.body
        const again = { grant_type: 'refresh_token', client_id: form.client_id ?? '', refresh_token }
        const secret = form.client_id === WEB ? { client_secret: WEB_SECRET } : {}
        assert.equal((await token({ ...again, ...secret })).body.error, 'invalid_grant')
      })
    }
  }

  it('neither accepts an invitation nor allows an application anything, once deleted', async () => {
    const remove = REMOVALS['a user deleted']
    const user = await newUser()
    const { ticket } = await invite(acme, user.email ?? '')
    const invited = visitor()
    await invited.open(ask({ organization: acme, invitation: ticket }).url)
    await invited.send({})
    isRefused(await during(user, remove, () => invited.send({ password: PASSWORD })))

    const other = await newUser()
    const allowing = visitor()
    assert.match((await signIn(allowing, ask({ client_id: THIRD }), other.email)).url.pathname, /\/consent$/)
    isRefused(await during(other, remove, () => allowing.send({})))
  })

  it('gets no session by a link', async () => {
    const user = await newUser()
    const identity = {
      userId: user.user_id,
      connectionId: connection.id,
      identityId: user.user_id.replace('auth0|', ''),
    }
    const ticket = { ...identity, address: user.email, marksEmailVerified: true, lifetimeSeconds: 600 }
    const link = await transact(db, (tx) => issueTicket(tx, { ...ticket, purpose: 'sign_in' }))
    const person = visitor()
    await person.open(`/u/sign-in?ticket=${link}`)
    const place = { table: 'sessions', kind: undefined }
    isRefused(await rightBefore(place, user, REMOVALS['a user deleted'], () => person.send()))
  })
})

/** No error of ours, and nothing to go on with. */
function isRefused({ status, url, text }: Visited): void {
  assert.ok(status < 500, `${status} at ${url}`)
  assert.equal(url.searchParams.get('code'), null)
  if (url.href.startsWith(CALLBACK))
    assert.match(String(url.searchParams.get('error')), /^(access_denied|unauthorized|login_required)$/)
  else assert.ok(status >= 400 || text.includes('name="username"'), text.slice(-600))
}
