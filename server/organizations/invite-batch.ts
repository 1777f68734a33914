/** Invites many people at once; each address gets an outcome of its own. */
import { type Static, Type } from 'typebox'
import { type Actor, holdsAny } from '../authorization/actor.ts'
import { fold } from '../base/fold.ts'
import type { Tx } from '../db/database.ts'
import { checkerOf } from '../http/validation.ts'
import { ClientId, Email, Inviter, MailLanguage, RoleIds, TtlSeconds } from './invitation.ts'
import { invitationsLeft } from './invitation-limit.ts'
import { type InviteAct, inviteAll, type OneInvitation } from './invite.ts'
import { findInvitedAddresses, findMemberAddresses } from './invited-addresses.ts'
import { mayGiveRoles } from './protection.ts'

const MOST_ROWS = 500
const closed = { additionalProperties: false } as const

/** Body of the request. What is no address is an outcome, not a fault of the whole. */
export const BatchBody = Type.Object(
  {
    invitations: Type.Array(
      Type.Object(
        {
          email: Type.String({ maxLength: 1_000, description: 'E-mail address' }),
          roles: Type.Optional(RoleIds),
          language: Type.Optional(MailLanguage),
        },
        closed,
      ),
      { minItems: 1, maxItems: MOST_ROWS },
    ),
    inviter: Inviter,
    client_id: ClientId,
    ttl_sec: Type.Optional(TtlSeconds),
    dry_run: Type.Optional(Type.Boolean({ description: 'Only says what would happen' })),
  },
  closed,
)
/** What is asked for. */
export type BatchBody = Static<typeof BatchBody>

/** TABLE: what becomes of an address, in words for who invites. */
const OUTCOMES = {
  created: 'Invited.',
  already_member: 'Is a member already.',
  already_invited: 'Is invited already.',
  invalid_address: 'Is not an e-mail address.',
  role_refused: 'One of the roles does not exist, or is not yours to give.',
  limit_reached: 'The organization has sent its invitations of 24 hours. The operator can allow more.',
} as const
type Outcome = keyof typeof OUTCOMES

const Result = Type.Object({
  email: Type.String(),
  // The keys of a table are its own.
  outcome: Type.Enum(Object.keys(OUTCOMES) as Outcome[]),
  message: Type.String(),
  invitation_id: Type.Optional(Type.String()),
})
/** The answer, in the order of the request. */
export const BatchReply = Type.Object({ results: Type.Array(Result), created: Type.Integer(), refused: Type.Integer() })

const isAddress = checkerOf(Email)

/** Does it, or says what it would do. The organization is locked, so that two batches invite nobody twice. */
export async function inviteMany(tx: Tx, act: InviteAct, body: BatchBody): Promise<Static<typeof BatchReply>> {
  const outcomes = await outcomesOf(tx, act, body)
  const chosen = body.invitations.flatMap((row, index) => (outcomes[index] === 'created' ? [{ row, index }] : []))
  const ids = new Map<number, string>()
  if (!body.dry_run) {
    const made = await inviteAll(
      tx,
      act,
      chosen.map(
        ({ row: { email, roles, language } }): OneInvitation => ({
          email,
          inviterName: body.inviter.name,
          ...(roles ? { roles } : {}),
          ...(language ? { language } : {}),
          ...(body.ttl_sec === undefined ? {} : { ttl_sec: body.ttl_sec }),
        }),
      ),
    )
    for (const [position, { invitation }] of made.entries()) {
      const index = chosen[position]?.index
      if (index !== undefined) ids.set(index, invitation.id)
    }
  }
  const results = body.invitations.map(({ email }, index) => {
    const outcome = outcomes[index] ?? 'invalid_address'
    const id = ids.get(index)
    return { email, outcome, message: OUTCOMES[outcome], ...(id === undefined ? {} : { invitation_id: id }) }
  })
  return { results, created: chosen.length, refused: results.length - chosen.length }
}

async function outcomesOf(tx: Tx, { actor, organization }: InviteAct, { invitations }: BatchBody): Promise<Outcome[]> {
  const addresses = invitations.map(({ email }) => (isAddress(email) ? fold(email) : undefined))
  const asked = [...new Set(addresses.filter((address) => address !== undefined))]
  const members = await findMemberAddresses(tx, organization.id, asked)
  const invited = await findInvitedAddresses(tx, organization.id, asked)
  const mayGive = roleJudge(tx, actor)
  let { left } = await invitationsLeft(tx, actor, organization)
  const outcomes: Outcome[] = []
  for (const [index, address] of addresses.entries()) {
    if (address === undefined) outcomes.push('invalid_address')
    else if (members.has(address)) outcomes.push('already_member')
    else if (invited.has(address)) outcomes.push('already_invited')
    else if (!(await mayGive(invitations[index]?.roles ?? []))) outcomes.push('role_refused')
    else if (left === 0) outcomes.push('limit_reached')
    else {
      outcomes.push('created')
      left -= 1
      // Should the address come again further down.
      invited.add(address)
    }
  }
  return outcomes
}

/** Asks of each role once whether the actor may give it. */
function roleJudge(tx: Tx, actor: Actor): (roleIds: readonly string[]) => Promise<boolean> {
  const known = new Map<string, boolean>()
  return async (roleIds) => {
    if (roleIds.length > 0 && actor.kind === 'user' && !holdsAny(actor, ['create:organization_member_roles'])) {
      return false
    }
    for (const id of roleIds) {
      const may = known.get(id) ?? (await mayGiveRoles(tx, actor, [id]))
      known.set(id, may)
      if (!may) return false
    }
    return true
  }
}
