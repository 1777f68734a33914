/**
 * Erasure: the account goes with everything that is its own, as in a deletion, and what is personal in the log goes with it.
 * That something was done, by which id and when, stays, and the sealed log is whole nevertheless (docs/decisions/0036).
 */
import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import { fold } from '../base/fold.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { recordEvent } from '../logs/record.ts'
import { hasAdministrator } from '../organizations/protection.ts'
import { lockOrganization } from '../organizations/store.ts'
import { deleteUser } from '../users/delete.ts'
import { findUser } from '../users/store.ts'
import { blankLog } from './blank-log.ts'
import { addressesOf, idsOf } from './known-as.ts'

/** What an erasure came to: what the operator keeps to show that it was done. Nothing in it is personal but the id. */
export const ErasureReceipt = Type.Object({
  user_id: Type.String(),
  erased_at: Type.String(),
  log_id: Type.String({ description: 'Entry of the log that tells of it' }),
  log_entries: Type.Integer({ description: 'Entries of the log in which what was personal was blanked' }),
  mails: Type.Integer({ description: 'Mails and copies of mails that were removed' }),
  invitations: Type.Integer({ description: 'Invitations that were removed' }),
})

/** Who erases whom, and why: a word of the person's or of the operator's, without names. */
export type Erasure = {
  actor: Actor
  userId: string
  reason: string | undefined
  request: RequestInfo | undefined
}

/**
 * Erases somebody.
 * @throws ApiError inexistent_user; erasure_leaves_no_administrator, where only an operator may go on
 */
export async function eraseUser(tx: Tx, erasure: Erasure): Promise<Static<typeof ErasureReceipt>> {
  const { actor, userId, request } = erasure
  const user = await findUser(tx, actor, userId)
  if (!user) return await eraseTraces(tx, erasure)
  const organizations = await lockOrganizationsOf(tx, userId)
  const administered = await administeredAmong(tx, organizations)
  const ids = await idsOf(tx, userId)
  const addresses = await addressesOf(tx, ids)
  const mails = await removeMails(tx, userId, addresses)
  const invitations = await removeInvitations(tx, userId, addresses)
  await leaveInvitations(tx, userId)
  // Somebody else was faster, and has the receipt.
  if (!(await deleteUser(tx, actor, userId, request))) throw new ApiError('inexistent_user')
  if (actor.kind === 'system') await refuseOrphans(tx, administered)
  const log_entries = await blankLog(tx, { ids, addresses, organizations })
  return await receipt(tx, erasure, { log_entries, mails, invitations })
}

/** Of somebody who was deleted before: what the log and the mails still say of him. */
async function eraseTraces(tx: Tx, erasure: Erasure): Promise<Static<typeof ErasureReceipt>> {
  const { userId } = erasure
  const { rows } = await sql<{ email: string | null }>`
    select person->'before'->>'email' as email from events
    where user_id = ${userId} and type = 'sdu' and person is not null`.execute(tx)
  if (rows.length === 0) throw new ApiError('inexistent_user')
  const addresses = rows.flatMap(({ email }) => (email === null ? [] : [fold(email)]))
  const mails = await removeMails(tx, userId, addresses)
  const log_entries = await blankLog(tx, { ids: [userId], addresses, organizations: [] })
  return await receipt(tx, erasure, { log_entries, mails, invitations: 0 })
}

type Counts = Pick<Static<typeof ErasureReceipt>, 'log_entries' | 'mails' | 'invitations'>

/** Records that it was done. */
async function receipt(tx: Tx, { actor, userId, reason, request }: Erasure, counts: Counts) {
  const at = now()
  const log_id = await recordEvent(tx, {
    type: 'user_erased',
    actor,
    userId,
    target: { kind: 'user', id: userId },
    details: { ...counts, ...(reason === undefined ? {} : { reason }) },
    ...(request ? { request } : {}),
  })
  return { user_id: userId, erased_at: at.toISOString(), log_id, ...counts }
}

/** Makes sure that he is nowhere the last one who gives roles. @throws ApiError erasure_leaves_no_administrator */
export async function refuseOrphaning(tx: Tx, userId: string): Promise<void> {
  for (const organizationId of await administeredAmong(tx, await lockOrganizationsOf(tx, userId))) {
    if (!(await hasAdministrator(tx, organizationId, userId))) await refuseOrphan(tx, organizationId)
  }
}

/** In one order, so that two who do this at once wait for each other and not in a circle. */
async function lockOrganizationsOf(tx: Tx, userId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('memberships')
    .select('organization_id')
    .where('user_id', '=', userId)
    .orderBy('organization_id')
    .execute()
  for (const { organization_id } of rows) await lockOrganization(tx, organization_id)
  return rows.map(({ organization_id }) => organization_id)
}

async function administeredAmong(tx: Tx, organizationIds: readonly string[]): Promise<string[]> {
  const administered: string[] = []
  for (const id of organizationIds) if (await hasAdministrator(tx, id)) administered.push(id)
  return administered
}

async function refuseOrphans(tx: Tx, administered: readonly string[]): Promise<void> {
  for (const id of administered) if (!(await hasAdministrator(tx, id))) await refuseOrphan(tx, id)
}

async function refuseOrphan(tx: Tx, organizationId: string): Promise<never> {
  const { name, display_name } = await tx
    .selectFrom('organizations')
    .select(['name', 'display_name'])
    .where('id', '=', organizationId)
    .executeTakeFirstOrThrow()
  throw new ApiError('erasure_leaves_no_administrator', { with: { organization: display_name ?? name } })
}

/** Also those that were asked for by a typed address. */
async function removeMails(tx: Tx, userId: string, addresses: readonly string[]): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    with mails as (
      delete from emails where user_id = ${userId} or lower(identifier) = any(${[...addresses]}::text[]) returning 1),
    copies as (
      delete from inbox_messages where user_id = ${userId} or lower(recipient) = any(${[...addresses]}::text[]) returning 1)
    select (select count(*) from mails)::integer + (select count(*) from copies)::integer as n`.execute(tx)
  return rows[0]?.n ?? 0
}

/** Those that he accepted; those to his address that wait are void without it. */
async function removeInvitations(tx: Tx, userId: string, addresses: readonly string[]): Promise<number> {
  const removed = await tx
    .deleteFrom('organization_invitations')
    .where((eb) =>
      eb.or([
        eb('accepted_by', '=', userId),
        ...(addresses.length > 0 ? [eb('email_folded', 'in', [...addresses])] : []),
      ]),
    )
    .returning('id')
    .execute()
  return removed.length
}

/** Those that he sent go on in the name of the organization. */
async function leaveInvitations(tx: Tx, userId: string): Promise<void> {
  await sql`
    update organization_invitations i set inviter_name = coalesce(o.display_name, o.name)
    from organizations o where o.id = i.organization_id and i.invited_by = ${userId}`.execute(tx)
}
