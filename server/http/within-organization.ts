/**
 * What the path of a request may name when its token is bound to an organization: that organization and its members.
 * Anything else gets the answer of an id that never existed, before anything is read for it, so nothing can be told from
 * an answer, nor from how long it takes.
 */
import { type Actor, organizationOf } from '../authorization/actor.ts'
import type { Database } from '../db/database.ts'
import type { AnyScope, Route } from './define-route.ts'
import { ApiError } from './errors.ts'

const IS_MEMBER = {
  name: 'is-member',
  text: 'select from memberships where organization_id = $1 and user_id = $2',
}

type Params = Readonly<Record<string, string | undefined>>

/** @throws ApiError inexistent_organization, inexistent_user */
export async function refuseForeign(
  database: Database,
  { withinOrganization: rule }: Pick<Route<AnyScope>, 'withinOrganization'>,
  actor: Actor,
  params: Params | undefined,
): Promise<void> {
  const organizationId = organizationOf(actor)
  if (organizationId === undefined || rule === 'scoped') return
  // The gate has refused it before the request was read; whoever forgets that is refused here.
  if (rule === 'refused') throw new ApiError('not_within_organization')
  if (rule === 'organization' && params?.id !== organizationId) throw new ApiError('inexistent_organization')
  const userId = rule === 'member' ? (params?.user_id ?? params?.id) : params?.user_id
  if (userId === undefined) return
  const members = await database.query(IS_MEMBER, [organizationId, userId])
  if (members.length === 0) throw new ApiError('inexistent_user')
}
