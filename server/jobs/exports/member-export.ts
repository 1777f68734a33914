/**
 * What an export within an organization writes: its members, each as its administrators see him (users/members/view.ts).
 * Every field is read out of that document, so there is none that it does not show.
 */
import { sql } from 'kysely'
import pg from 'pg'
import type { OrganizationActor } from '../../authorization/visible-to.ts'
import type { Db } from '../../db/database.ts'
import { isMember } from '../../users/members/fields.ts'
import { memberDocument, SHOWN } from '../../users/members/view.ts'
import type { ExportSettings, StoredJob } from '../job.ts'
import { type Column, type Exportable, type ExportSql, exportSqlOf } from './export-fields.ts'

const MEMBERS: Exportable = {
  columns: new Map([...SHOWN].map(([name, shows]): [string, Column] => [name, columnOf(name, shows)])),
  defaults: [
    ...['user_id', 'email', 'email_verified', 'username', 'phone_number', 'name', 'given_name', 'family_name'],
    ...['nickname', 'blocked', 'created_at', 'last_login', 'logins_count'],
  ]
    .map((name): { name: string; export_as?: string } => ({ name }))
    .concat(
      { name: 'membership.roles', export_as: 'roles' },
      { name: 'membership.ends_at', export_as: 'ends_at' },
      { name: 'membership.managed', export_as: 'managed' },
    ),
}

function columnOf(name: string, shows: NonNullable<Column['shows']> | 'value'): Column {
  // The names are those of our own table.
  const expression = `(d.document->'${name}')`
  if (shows === 'value') return { kind: 'value', sql: expression }
  return { kind: 'json', sql: expression, shows, ...(name === 'membership' ? { listSql: roleNames } : {}) }
}

function roleNames([name, ...rest]: readonly string[]): string | undefined {
  if (name !== 'roles' || rest.length > 0) return undefined
  return `(select string_agg(r->>'name', ', ') from jsonb_array_elements(d.document->'membership'->'roles') r)`
}

/** @throws ApiError invalid_body when administrators of organizations see no such field, or CSV cannot hold it */
export function memberExportSqlOf(settings: ExportSettings): ExportSql {
  return exportSqlOf(settings, MEMBERS)
}

/** Whom it writes, as `from` names them, with all values in it: COPY takes no parameters. */
export function membersFrom(db: Db, actor: OrganizationActor, { connection_id, settings }: StoredJob): string {
  // The route that made the job has checked them.
  const { limit } = settings as ExportSettings
  const inConnection = connection_id === null ? sql`true` : isInConnection(actor.organizationId, connection_id)
  // Only whoever takes a part has to be told which one.
  const part = limit === undefined ? sql`` : sql`order by m.created_at, m.user_id limit ${sql.lit(Number(limit))}`
  const { sql: text, parameters } = sql`(select ${memberDocument(actor)}::jsonb as document
    from ${isMember(actor.organizationId)} where ${inConnection} ${part}) d`.compile(db)
  return text.replaceAll(/\$(\d+)/g, (_, place: string) => literalOf(parameters[Number(place) - 1]))
}

/** A connection that is not open to the organization any more has nobody in it, as in the document. */
function isInConnection(organizationId: string, connectionId: string) {
  return sql`exists (select from identities i join organization_connections oc on oc.connection_id = i.connection_id
    where i.user_id = u.user_id and i.connection_id = ${connectionId}
      and oc.organization_id = ${organizationId} and oc.is_enabled)`
}

function literalOf(value: unknown): string {
  if (typeof value === 'string') return pg.escapeLiteral(value)
  if (!Array.isArray(value)) throw new Error('The statement has a value of a kind that is not expected.')
  return `array[${value.map(literalOf).join(', ')}]`
}
