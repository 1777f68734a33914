/**
 * Makes the first operator of a tenant: somebody has to be let in before anybody can let others in. Used by the
 * command line alone, whose caller has the database in his hands anyway.
 */
import type { SystemActor } from '../authorization/actor.ts'
import { StartError } from '../base/start-error.ts'
import type { Connection } from '../connections/connection.ts'
import { findFirstDatabase } from '../connections/store.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { enqueueEmail } from '../emails/enqueue.ts'
import { recordEvent } from '../logs/record.ts'
import { removePassword } from '../passwords/set-password.ts'
import { assignBuiltInRole } from '../roles/store.ts'
import { issueTicket } from '../tickets/issue.ts'
import { ticketUrl } from '../tickets/ticket.ts'
import { createUser } from '../users/create.ts'
import { type Account, findAccount } from '../users/find-account.ts'

/** Who is an administrator now, and the link with which he sets his password; none where it goes by mail. */
export type NewAdministrator = { email: string; isNew: boolean; link: string | undefined }

/** How long the link is good. */
export const LINK_LIFETIME_SECONDS = 3600

const ACTOR: SystemActor = { kind: 'system', name: 'create-admin' }

/**
 * Makes the account in the first database connection, or takes the one that is there, gives it the built-in role
 * `administrator` for the whole tenant, and issues the link. All of it or nothing. An account that was there keeps
 * its password only if its address is verified.
 *
 * @param address an address, whatever its case of letters
 * @param byMail whether the link goes to the address, by the mail that resets a password
 * @throws StartError in words, for the person at the terminal
 */
export async function makeAdministrator(
  db: Db,
  publicUrl: string,
  address: string,
  byMail = false,
): Promise<NewAdministrator> {
  return await transact(db, async (tx) => {
    const connection = await findFirstDatabase(tx)
    if (!connection) {
      throw new StartError(
        'There is no database connection to make the account in. Make one first. Nothing was changed.',
      )
    }
    const known = await findAccount(tx, connection.id, 'email', address)
    if (known?.blocked) {
      throw new StartError('This account is blocked. Unblock it first, or name another address. Nothing was changed.')
    }
    const account = known ?? (await makeAccount(tx, connection, address))
    // Anybody may have signed up with an address that he cannot read: his password must not open an administrator.
    if (known && !known.emailVerified) await removePassword(tx, { connectionId: connection.id, ...known })
    await assignBuiltInRole(tx, account.userId, 'administrator')
    const link = byMail ? undefined : await makeLink(tx, publicUrl, connection, account)
    if (byMail) await enqueueEmail(tx, { template: 'reset_email', to: { userId: account.userId } })
    await recordEvent(tx, {
      type: 'sapi',
      actor: ACTOR,
      description: 'Make an administrator on the command line',
      userId: account.userId,
      userName: account.email ?? address,
      target: { kind: 'user', id: account.userId },
      connection,
      details: { role: 'administrator', made_account: !known, password_link: byMail ? 'by mail' : 'printed' },
    })
    return { email: account.email ?? address, isNew: !known, link }
  })
}

async function makeLink(tx: Tx, publicUrl: string, connection: Connection, account: Account): Promise<string> {
  const token = await issueTicket(tx, {
    purpose: 'password_change',
    userId: account.userId,
    connectionId: connection.id,
    identityId: account.identityId,
    address: account.email,
    // The link goes to a terminal, so using it proves nothing about the mailbox.
    marksEmailVerified: false,
    lifetimeSeconds: LINK_LIFETIME_SECONDS,
  })
  return ticketUrl(publicUrl, 'password_change', token)
}

async function makeAccount(tx: Tx, connection: Connection, address: string): Promise<Account> {
  const user = await createUser(tx, ACTOR, { connection, email: address })
  const identityId = user.identities[0]?.user_id
  if (identityId === undefined) throw new Error('A new user has an identity.')
  return { userId: user.user_id, identityId, email: user.email, emailVerified: false, blocked: false }
}
