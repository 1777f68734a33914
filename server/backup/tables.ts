/** All SQL that asks a database what there is to back up, or whether there is anything. */
import type { Client } from 'pg'

/** A table with the columns that are copied: all but those that PostgreSQL works out itself. */
export type CopiedTable = {
  name: string
  columns: string[]
  /** Its partitions with their bounds, as `create table … partition of` takes them; none for an ordinary one. */
  partitions: { name: string; bound: string }[]
}

/** Of the migrator; a restored database gets its own. */
const LEFT_OUT = ['kysely_migration', 'kysely_migration_lock']

/** Every table, those that others refer to before those others. */
export async function listTables(client: Client): Promise<CopiedTable[]> {
  const { rows } = await client.query<CopiedTable & { refers_to: string[] }>(
    `select c.relname as name,
       (select json_agg(a.attname order by a.attnum) from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       coalesce((select json_agg(json_build_object('name', p.relname, 'bound', pg_get_expr(p.relpartbound, p.oid))
           order by p.relname)
         from pg_inherits i join pg_class p on p.oid = i.inhrelid where i.inhparent = c.oid and p.relispartition), '[]')
         as partitions,
       coalesce((select json_agg(distinct t.relname) from pg_constraint f join pg_class t on t.oid = f.confrelid
         where f.conrelid = c.oid and f.contype = 'f' and t.oid <> c.oid), '[]') as refers_to
     from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname <> all($1)
     order by c.relname`,
    [LEFT_OUT],
  )
  return inOrderOfReference(rows).map(({ name, columns, partitions }) => ({ name, columns, partitions }))
}

/** The migrations that have made this database, in their order; undefined when it was not made by Tenantry. */
export async function listMigrations(client: Client): Promise<string[] | undefined> {
  const { rows: there } = await client.query(
    `select 1 from pg_class where relnamespace = current_schema()::regnamespace and relname = 'kysely_migration'`,
  )
  if (there.length === 0) return undefined
  const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name')
  return rows.map(({ name }) => name)
}

/** Whether the schema holds nothing but what extensions brought. */
export async function isEmpty(client: Client): Promise<boolean> {
  const { rows } = await client.query(
    `select 1 from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
       and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
     limit 1`,
  )
  return rows.length === 0
}

/** Where each sequence stands. */
export async function listSequences(client: Client): Promise<{ name: string; value: string | null }[]> {
  const { rows } = await client.query<{ name: string; value: string | null }>(
    `select sequencename as name, last_value::text as value from pg_sequences where schemaname = current_schema()`,
  )
  return rows
}

function inOrderOfReference(tables: (CopiedTable & { refers_to: string[] })[]) {
  const ordered: typeof tables = []
  let waiting = tables
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ name }) => name))
    const ready = waiting.filter(({ refers_to }) => !refers_to.some((name) => names.has(name)))
    if (ready.length === 0) {
      throw new Error(`These tables refer to one another in a circle: ${waiting.map(({ name }) => name).join(', ')}`)
    }
    ordered.push(...ready)
    waiting = waiting.filter((table) => !ready.includes(table))
  }
  return ordered
}
