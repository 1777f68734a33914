/** Notes that a person signed in. */

import { sql } from 'kysely'
import { personActor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import type { Tx } from '../db/database.ts'
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
  by: 'password' | 'link' | 'password-grant' | 'invitation'
  request: RequestInfo
}

/** Stamps `last_login`, `last_ip` and `logins_count`, and records `s`. A user who is gone by then is not recorded. */
export async function recordSignIn(tx: Tx, signIn: CompletedSignIn): Promise<void> {
  const { userId, clientId, organizationId, by, request } = signIn
  const at = now()
  const { rows } = await sql<SignedIn>`
    with before as (select user_id, last_login from users where user_id = ${userId} for no key update),
    changed as (
      update users u set last_login = ${at}, last_ip = ${request.ip}, logins_count = coalesce(u.logins_count, 0) + 1
      from before where u.user_id = before.user_id
      returning u.user_id, u.updated_at, u.last_login, u.logins_count, u.last_ip, u.email, u.name,
        before.last_login as former_login),
    activity as (${sql.raw(activitySql('select user_id, updated_at, last_login, logins_count, last_ip from changed'))})
    select email, name, logins_count, former_login, ${PRIMARY_CONNECTION} as connection from changed u`.execute(tx)
  const [user] = rows
  if (!user) return
  if (organizationId !== undefined) await noteMembershipSignIn(tx, { userId, organizationId, ip: request.ip })
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

type SignedIn = {
  email: string | null
  name: string | null
  logins_count: number
  former_login: Date | null
  connection: { id: string; name: string; strategy: string } | null
}

const PRIMARY_CONNECTION = sql`(
  select json_build_object('id', c.id, 'name', c.name, 'strategy', c.strategy)
  from identities i join connections c on c.id = i.connection_id
  where i.user_id = u.user_id order by i.position limit 1)`
