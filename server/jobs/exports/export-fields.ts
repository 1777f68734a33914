/**
 * What an export writes of a user, as expressions of SQL: PostgreSQL makes the lines, so that they only pass through
 * here. `u` is the users table's alias.
 */
import { ApiError } from '../../http/errors.ts'
import { isoDate } from '../../users/document.ts'
import type { ExportSettings } from '../job.ts'

/** A field of the file. */
export type Field = { name: string; export_as?: string }
/** `text` stands as it is; `json` is an expression of type jsonb, which has paths, and `value` one that has none. */
export type Column = {
  kind: 'text' | 'plain' | 'date' | 'json' | 'value'
  sql: string
  /** Whether a path leads to something; every path does where nobody says. */
  shows?: (path: readonly string[]) => boolean
  /** How CSV writes what is at a path, where that is a list of texts. */
  listSql?: (path: readonly string[]) => string | undefined
  /** What has to be joined to `users u` for it. */
  join?: string
}

/** What can be exported, what is where nobody says what, and what is found faster than its path says, by its whole name. */
export type Exportable = {
  columns: ReadonlyMap<string, Column>
  defaults: readonly Field[]
  shortcuts?: ReadonlyMap<string, Column>
}

const column =
  (kind: Column['kind']) =>
  (name: string): readonly [string, Column] => [name, { kind, sql: `u.${name}` }]

const IDENTITIES = `(select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('connection', i.connection_name,
  'user_id', i.identity_id, 'provider', i.provider, 'isSocial', i.is_social, 'profileData', i.profile_data))
  order by i.position) from identities i where i.user_id = u.user_id)`

/** TABLE: what a user has that can be exported. */
const COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
  ...[
    'user_id',
    'email',
    'username',
    'phone_number',
    'name',
    'given_name',
    'family_name',
    'nickname',
    'picture',
    'last_ip',
  ].map(column('text')),
  ...['email_verified', 'phone_verified', 'blocked', 'logins_count'].map(column('plain')),
  ...['created_at', 'updated_at', 'last_login', 'last_password_reset', 'multifactor_last_modified'].map(column('date')),
  ...['user_metadata', 'app_metadata'].map(column('json')),
  ['multifactor', { kind: 'json', sql: 'to_jsonb(u.multifactor)' }],
  ['identities', { kind: 'json', sql: IDENTITIES }],
])

// Nearly everybody's first identity is at place 0, and both tables are read in one go for those. A query of its own for each
// user takes longer than all the rest of his line: it is asked for the others alone, whose first connection was deleted.
const FIRST_IDENTITY = 'left join identities i0 on i0.user_id = u.user_id and i0.position = 0'
const firstOf = (column: string) => `coalesce(i0.${column},
  (select i.${column} from identities i where i.user_id = u.user_id order by i.position limit 1))`

/** TABLE: what is asked of the first identity. */
const SHORTCUTS: ReadonlyMap<string, Column> = new Map(
  Object.entries({ connection: 'connection_name', user_id: 'identity_id', provider: 'provider' }).map(
    ([name, source]): [string, Column] => [
      `identities[0].${name}`,
      { kind: 'text', sql: firstOf(source), join: FIRST_IDENTITY },
    ],
  ),
)

/** What is exported where nobody says what. */
const DEFAULT_FIELDS: readonly Field[] = [
  ...['user_id', 'email', 'email_verified', 'username', 'phone_number', 'name', 'given_name', 'family_name'],
  ...['nickname', 'picture', 'blocked', 'created_at', 'updated_at', 'last_login', 'logins_count'],
]
  .map((name): Field => ({ name }))
  .concat({ name: 'identities[0].connection', export_as: 'connection' })

const MOST_CSV_FIELDS = 30
const PATH = /^([a-z_]+)((?:\.[^.[\]]+|\[\d{1,4}\])*)$/

/** How PostgreSQL writes the lines of an export. `joins` follows `users u`; `header` is the first line of the file. */
export type ExportSql = { select: string; joins: string; options: string; header: string }

const USERS: Exportable = { columns: COLUMNS, defaults: DEFAULT_FIELDS, shortcuts: SHORTCUTS }

/** @throws ApiError invalid_body when there is no such field, or CSV cannot hold it */
export function exportSqlOf(settings: ExportSettings, exportable: Exportable = USERS): ExportSql {
  const { format, fields = exportable.defaults } = settings
  const columns = fields.map((field) => ({
    ...found(exportable, field.name, format),
    title: field.export_as || field.name,
  }))
  const joins = [...new Set(columns.flatMap(({ join }) => join ?? []))].join(' ')
  return { ...(format === 'csv' ? csvOf(columns) : jsonOf(columns)), joins }
}

type Found = Column & { path: string[]; title: string }

function found({ columns, shortcuts }: Exportable, name: string, format: 'json' | 'csv'): Omit<Found, 'title'> {
  const shortcut = shortcuts?.get(name)
  if (shortcut) return { ...shortcut, path: [] }
  const [, root = '', rest = ''] = PATH.exec(name) ?? []
  const known = columns.get(root)
  const path = [...rest.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)].map(([, key, index]) => key ?? index ?? '')
  const isThere = known && (path.length === 0 || (known.kind === 'json' && (known.shows?.(path) ?? true)))
  if (!isThere) throw refuse(`No such field: ${name.slice(0, 100)}`)
  if (format === 'csv' && known.kind === 'json' && path.length === 0) {
    const part = name === 'identities' ? 'identities[0].connection' : `${name}.plan`
    throw refuse(`CSV cannot hold ${name} as a whole; name what is in it, such as ${part}`)
  }
  return { ...known, path }
}

// None of these signs stands in JSON as PostgreSQL writes it, so that nothing is quoted.
const JSON_LINES = `format csv, delimiter e'\\x01', quote e'\\x02', escape e'\\x02'`

function jsonOf(columns: readonly Found[]): Omit<ExportSql, 'joins'> {
  // Whoever reads an object with a name twice sees the last one alone.
  const titles = columns.map(({ title }) => title)
  const twice = titles.find((title, index) => titles.indexOf(title) !== index)
  if (twice !== undefined) throw refuse(`Two fields are called ${twice.slice(0, 100)}; tell them apart by export_as`)
  const parts = columns.map((column) => `${literal(`${JSON.stringify(column.title)}:`)} || ${jsonValueOf(column)}`)
  return { select: `'{' || concat_ws(',', ${parts.join(', ')}) || '}'`, options: JSON_LINES, header: '' }
}

function jsonValueOf({ kind, sql, path }: Found): string {
  if (kind === 'text') return `to_json(${sql})::text`
  if (kind === 'date') return `'"' || ${isoDate(sql)} || '"'`
  return kind === 'json' && path.length > 0 ? `(${sql} #> ${arrayOf(path)})::text` : `(${sql})::text`
}

function csvOf(columns: readonly Found[]): Omit<ExportSql, 'joins'> {
  if (columns.length > MOST_CSV_FIELDS) throw refuse(`CSV has at most ${MOST_CSV_FIELDS} fields`)
  const select = columns.map((column, index) => `${csvValueOf(column)} as c${index}`).join(', ')
  const texts = columns.flatMap(({ kind }, index) => (kind === 'plain' ? [] : [`c${index}`]))
  const quoted = texts.length > 0 ? `, force_quote (${texts.join(', ')})` : ''
  const header = columns.map(({ title }) => `"${safe(title).replaceAll('"', '""')}"`).join(',')
  return { select, options: `format csv${quoted}`, header: `${header}\n` }
}

/** Auth0 puts an apostrophe before every text: a spreadsheet takes none of them for a formula then. */
function csvValueOf({ kind, sql, path, listSql }: Found): string {
  const list = listSql?.(path)
  if (list !== undefined) return `'''' || ${list}`
  if (kind === 'text') return `'''' || ${sql}`
  if (kind === 'date') return `'''' || ${isoDate(sql)}`
  if (kind === 'plain') return `(${sql})::text`
  const place = arrayOf(path)
  return `case jsonb_typeof(${sql} #> ${place}) when 'number' then ${sql} #>> ${place}
    when 'boolean' then ${sql} #>> ${place} else '''' || (${sql} #>> ${place}) end`
}

/** A title comes from whoever asks for the export, and is no formula either. */
function safe(title: string): string {
  return /^[=+\-@\t\r]/.test(title) ? `'${title}` : title
}

function arrayOf(path: readonly string[]): string {
  return `array[${path.map(literal).join(', ')}]::text[]`
}

/** A text as SQL writes it: COPY takes no parameters. */
function literal(text: string): string {
  return `e'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', {
    with: { reason: `Payload validation error: '${reason}' on property fields (What is exported).` },
  })
}
