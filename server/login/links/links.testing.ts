/** What the tests of the page for a new password share: people with links, a browser without a face, a look at the rows. */
import assert from 'node:assert/strict'
import type { Answer, TestServer } from '../../../test/harness.ts'
import { findConnectionByName } from '../../connections/store.ts'
import { transact } from '../../db/database.ts'
import { hashPassword } from '../../passwords/hash.ts'
import { findPassword } from '../../passwords/store.ts'
import { FIRST_CONNECTION } from '../../setup.ts'
import { issueTicket } from '../../tickets/issue.ts'
import type { TicketDetails } from '../../tickets/ticket.ts'
import { createUser, type NewUser } from '../../users/create.ts'
import type { User } from '../../users/user.ts'

/** PUBLIC_URL of a test server. */
export const OWN = 'http://localhost:3000'
/** The password of everybody before the link. */
export const OLD = 'the old grey heron'
/** A password that is good enough. */
export const NEW = 'slow ferry past'

/** A person who was given a link. */
export type Invited = { user: User; url: string; token: string }

/** Makes the helpers. */
export async function resetPages({ db, call }: TestServer) {
  const oldHash = await hashPassword(OLD)
  let users = 0

  async function connectionId(): Promise<string> {
    return (await findConnectionByName(db, FIRST_CONNECTION))?.id ?? ''
  }

  async function personWithLink(
    profile: Partial<NewUser> = {},
    ticket: { mailed?: boolean; lifetimeSeconds?: number; clientId?: string; details?: TicketDetails } = {},
  ): Promise<Invited> {
    users += 1
    const email = `lucia-${users}@harborline.example`
    const connection = await findConnectionByName(db, FIRST_CONNECTION)
    assert.ok(connection)
    return await transact(db, async (tx) => {
      const actor = { kind: 'system', name: 'test' } as const
      const user = await createUser(tx, actor, { connection, email, passwordHash: oldHash, ...profile })
      const token = await issueTicket(tx, {
        purpose: 'password_change',
        userId: user.user_id,
        connectionId: connection.id,
        identityId: user.user_id.replace('auth0|', ''),
        address: ticket.mailed ? email : undefined,
        marksEmailVerified: ticket.mailed ?? false,
        lifetimeSeconds: ticket.lifetimeSeconds ?? 3600,
        clientId: ticket.clientId,
        ...(ticket.details ? { details: ticket.details } : {}),
      })
      return { user, token, url: `/u/reset-password?ticket=${token}` }
    })
  }

  function open(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    return call(method, url, { as: null, headers })
  }

  function formTokenIn(page: Answer): string {
    return /name="form_token" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  }

  function send(url: string, fields: Record<string, string>, headers: Record<string, string> = { origin: OWN }) {
    return call('POST', url, {
      as: null,
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
  }

  async function storedOf(user: User) {
    const identityId = user.user_id.replace('auth0|', '')
    const password = await findPassword(db, { connectionId: await connectionId(), identityId })
    const row = await db.selectFrom('users').selectAll().where('user_id', '=', user.user_id).executeTakeFirstOrThrow()
    return { password, row }
  }

  return { oldHash, personWithLink, open, formTokenIn, send, storedOf }
}
