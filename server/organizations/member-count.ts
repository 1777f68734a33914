import { type RawBuilder, sql } from 'kysely'
import { readCounter } from '../db/counters.ts'
import type { Db } from '../db/database.ts'

/** As the triggers of memberships call it. */
const SCOPE = 'organization_members'

/** How many members an organization has; nothing is counted for the answer. */
export async function countMembers(db: Db, organizationId: string): Promise<number> {
  return await readCounter(db, SCOPE, organizationId)
}

/** The same as an expression. */
export function memberCount(organizationId: string): RawBuilder<number> {
  return sql<number>`(select coalesce(sum(value), 0)::bigint from counters
    where scope = ${SCOPE} and name = ${organizationId})`
}
