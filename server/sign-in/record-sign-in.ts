/** Notes that a person signed in. */

import { personActor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import { runHot, type Statement, type Tx } from '../db/database.ts'
import { activitySql } from '../db/search-tables.ts'
import { type RequestInfo, withoutParameters } from '../http/request-info.ts'
import { recordEvent } from '../logs/record.ts'
import { moveLastLogin } from '../stats/store.ts'
import { noteMembershipSignIn } from './join-organization.ts'

/** A sign-in. `by` is how he proved who he is. */
export type CompletedSignIn = {
  userId: string
  clientId: string | undefined
  /** The organization that he signed in to. */
  organizationId?: string | undefined
  by: 'password' | 'link' | 'invitation' | 'provider'
  request: RequestInfo
}

type Stamped = Pick<CompletedSignIn, 'userId' | 'organizationId' | 'request'> & Partial<Pick<CompletedSignIn, 'by'>>

/** Stamps `last_login`, `last_ip` and `logins_count`, and records `s`. A user who is gone by then is not recorded. */
export async function recordSignIn(tx: Tx, signIn: CompletedSignIn): Promise<void> {
  const { userId, clientId, organizationId, by, request } = signIn
  const at = now()
  const user = await stamp(tx, signIn, at)
  if (!user) return
  await recordEvent(tx, {
    type: 's',
    actor: personActor(userId, clientId),
    userId,
    userName: user.email ?? user.name ?? userId,
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(user.connection ? { connection: user.connection } : {}),
    details: { by, stats: { loginsCount: user.logins_count } },
    request: withoutParameters(request),
  })
  await moveLastLogin(tx, user.former_login, at)
}

/** The stamp alone, of a sign-in that is recorded otherwise: Auth0 tells of one by a password grant as an exchange. */
export async function stampSignIn(tx: Tx, signIn: Stamped): Promise<void> {
  const at = now()
  const user = await stamp(tx, signIn, at)
  if (user) await moveLastLogin(tx, user.former_login, at)
}

/** Undefined where the user is gone. */
async function stamp(
  tx: Tx,
  { userId, organizationId, by, request }: Stamped,
  at: Date,
): Promise<SignedIn | undefined> {
  const [user] = await runHot<SignedIn>(tx, STAMP, [userId, at, request.ip, by === 'provider'])
  if (user && organizationId !== undefined) await noteMembershipSignIn(tx, { userId, organizationId, ip: request.ip })
  return user
}

type SignedIn = {
  email: string | null
  name: string | null
  logins_count: number
  former_login: Date | null
  connection: { id: string; name: string; strategy: string } | null
}

/** The connection is that of the user's own identity, or the one whose provider has just told of him. */
const STAMP: Statement = {
  name: 'sign-in-stamp',
  text: `with before as (select user_id, last_login from users where user_id = $1 for no key update),
    changed as (
      update users u set last_login = $2::timestamptz, last_ip = $3, logins_count = coalesce(u.logins_count, 0) + 1
      from before where u.user_id = before.user_id
      returning u.user_id, u.updated_at, u.last_login, u.logins_count, u.last_ip, u.email, u.name,
        before.last_login as former_login),
    activity as (${activitySql('select user_id, updated_at, last_login, logins_count, last_ip from changed')})
    select email, name, logins_count, former_login, (
      select json_build_object('id', c.id, 'name', c.name, 'strategy', c.strategy)
      from identities i join connections c on c.id = i.connection_id
      where i.user_id = u.user_id
      order by case when $4::boolean then i.synced_at end desc nulls last, i.position limit 1) as connection from changed u`,
}
