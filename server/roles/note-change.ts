/** What the log says of a change of roles and permissions: those that went, and those that came. */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../db/database.ts'
import type { Audit } from '../http/define-route.ts'

/** Whose, and what of him. */
export type Held = { of: 'user' | 'role'; id: string; what: 'roles' | 'permissions' }

/** Does it and notes the difference. */
export async function noteChange(tx: Tx, audit: Audit, held: Held, change: () => Promise<unknown>): Promise<void> {
  const before = await listHeld(tx, held)
  await change()
  const after = await listHeld(tx, held)
  audit.before = { [held.what]: before.filter((name) => !after.includes(name)) }
  audit.after = { [held.what]: after.filter((name) => !before.includes(name)) }
}

/** Ids of roles; permissions as `identifier permission`. */
async function listHeld(tx: Tx, { of, id, what }: Held): Promise<string[]> {
  const permission = sql`r.identifier || ' ' || p.permission`
  const api = sql`join resource_servers r on r.id = p.resource_server_id`
  const statement: RawBuilder<{ name: string }> =
    what === 'roles'
      ? sql`select role_id as name from user_roles where user_id = ${id} order by 1`
      : of === 'user'
        ? sql`select ${permission} as name from user_permissions p ${api} where p.user_id = ${id} order by 1`
        : sql`select ${permission} as name from role_permissions p ${api} where p.role_id = ${id} order by 1`
  const { rows } = await statement.execute(tx)
  return rows.map(({ name }) => name)
}
