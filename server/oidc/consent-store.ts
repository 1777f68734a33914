/** All SQL about consents: what a person allowed an application that is not first-party. */
import { now } from '../base/clock.ts'
import { newHexId } from '../base/ids.ts'
import type { Db } from '../db/database.ts'

/** What was allowed, by audience; an empty one stands for the scopes of OpenID Connect. */
export async function findConsents(db: Db, userId: string, clientId: string): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom('consents')
    .select(['audience', 'scope'])
    .where('user_id', '=', userId)
    .where('client_id', '=', clientId)
    .execute()
  return new Map(rows.map(({ audience, scope }) => [audience, scope]))
}

/** Adds scopes to what was allowed. */
export async function addConsent(
  db: Db,
  { userId, clientId, audience, scope }: { userId: string; clientId: string; audience: string; scope: string[] },
): Promise<void> {
  if (scope.length === 0) return
  const before = (await findConsents(db, userId, clientId)).get(audience) ?? []
  const all = [...new Set([...before, ...scope])]
  const at = now()
  await db
    .insertInto('consents')
    .values({
      id: newHexId(),
      user_id: userId,
      client_id: clientId,
      audience,
      scope: all,
      created_at: at,
      updated_at: at,
    })
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'client_id', 'audience']).doUpdateSet({ scope: all, updated_at: at }),
    )
    .execute()
}
