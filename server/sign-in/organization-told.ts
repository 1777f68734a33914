import type { Db } from '../db/database.ts'
import type { Event } from '../logs/record.ts'

/**
 * The organization whose log has what somebody did on the way in to it: the one that was named, where he is a member. Its
 * administrators are told nothing of anybody else: whether an address that was typed has an account would stand in their
 * log otherwise. What a stranger does, and what nobody does, is in the tenant's log alone, with the organization among
 * the details.
 */
export async function organizationTold(
  db: Db,
  organizationId: string | undefined,
  userId: string | undefined,
): Promise<Pick<Event, 'organizationId' | 'details'>> {
  if (organizationId === undefined) return {}
  // Asked for nobody as well, so that known and unknown cause the same work.
  const member = await db
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId ?? '')
    .executeTakeFirst()
  return member ? { organizationId } : { details: { organization_id: organizationId } }
}
