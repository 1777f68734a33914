/**
 * In whose name a mail goes that anybody can ask for by typing an address: in an organization's only to whoever belongs to
 * it, or may come to. What the page says is the same for everybody, so nobody learns by it who does.
 */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { Tx } from '../db/database.ts'
import { isInForce } from '../organizations/sign-in-store.ts'
import type { Recipient } from './find-recipients.ts'
import type { Situation } from './mail-situation.ts'

/** A mail and whom it goes to. */
type Addressed = { situation: Situation; recipient: Recipient }

/** The mails, those that are in the name of an organization to which the recipient is nobody in the tenant's. */
export async function inFittingNames(tx: Tx, mails: readonly Addressed[]): Promise<Addressed[]> {
  const doubtful = mails.filter(
    ({ situation: { email } }) => email.organization_id !== null && email.identifier !== null,
  )
  if (doubtful.length === 0) return [...mails]
  const known = await knownOf(tx, doubtful)
  const strange = new Set(doubtful.filter(({ situation: { email } }) => !known.has(email.id)))
  return mails.map((mail) => (strange.has(mail) ? inTenantsName(mail) : mail))
}

function inTenantsName({ situation, recipient }: Addressed): Addressed {
  const email = { ...situation.email, organization_id: null }
  return { situation: { ...situation, email, organization: undefined }, recipient }
}

/** The ids of the mails to members, to people whom signing in makes members, and to those who are invited. */
async function knownOf(tx: Tx, mails: readonly Addressed[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select mail.id
    from unnest(${mails.map(({ situation: { email } }) => email.id)}::text[],
        ${mails.map(({ situation: { email } }) => email.organization_id)}::text[],
        ${mails.map(({ recipient: { user } }) => user.user_id)}::text[],
        ${mails.map(({ recipient: { connection } }) => connection.id)}::text[])
      as mail (id, organization_id, user_id, connection_id)
    join users u on u.user_id = mail.user_id
    where exists (select from memberships m
        where m.organization_id = mail.organization_id and m.user_id = mail.user_id and ${isInForce('m')})
      or exists (select from organization_connections oc
        where oc.organization_id = mail.organization_id and oc.connection_id = mail.connection_id
          and oc.is_enabled and oc.assign_membership_on_login)
      or exists (select from organization_invitations i
        where i.organization_id = mail.organization_id and i.email_folded = u.email_folded
          and i.accepted_at is null and i.revoked_at is null and i.expires_at > ${now()})`.execute(tx)
  return new Set(rows.map(({ id }) => id))
}
