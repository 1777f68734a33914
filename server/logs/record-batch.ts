/**
 * Records events for requests that change nothing else, such as the issue of a token. Events that arrive together
 * share a statement and a commit; each caller waits until his own is stored for good.
 */
import { coalesce } from '../db/coalesce.ts'
import { type Database, type Db, runHot } from '../db/database.ts'
import { type Event, type EventRow, eventRow } from './record.ts'

const COLUMNS = {
  log_id: 'text',
  date: 'timestamptz',
  type: 'text',
  description: 'text',
  operation: 'text',
  actor_kind: 'text',
  actor_id: 'text',
  client_id: 'text',
  client_name: 'text',
  user_id: 'text',
  target_kind: 'text',
  target_id: 'text',
  connection: 'text',
  connection_id: 'text',
  organization_id: 'text',
  strategy: 'text',
  strategy_type: 'text',
  audience: 'text',
  scope: 'text',
  details: 'jsonb',
  person: 'jsonb',
} as const satisfies Record<keyof EventRow, 'text' | 'timestamptz' | 'jsonb'>

const NAMES = Object.keys(COLUMNS)

/**
 * The insert of many events, for statements that change something as well.
 * @param parameter such as `$1`, whose value is `eventsJson`
 */
export function insertEventsSql(parameter: string): string {
  // A batch whose answer got lost is sent again one by one: what is stored already is left as it is.
  return `
  insert into events (${NAMES.join(', ')})
  select ${Object.entries(COLUMNS).map(([name, type]) => (type === 'jsonb' ? `${name}::jsonb` : name))}
  from json_to_recordset(${parameter}::json) as event (${Object.entries(COLUMNS).map(
    // These two hold JSON as text, which is parsed after it was taken out.
    ([name, type]) => `${name} ${type === 'jsonb' ? 'text' : type}`,
  )})
  on conflict (log_id) do nothing`
}

/** The rows as the insert takes them. */
export function eventsJson(rows: readonly EventRow[]): string {
  return JSON.stringify(rows)
}

const RECORD = { name: 'record_events', text: insertEventsSql('$1') }

/** As `recordEvent`, for what happens often. */
export async function recordHotEvent(tx: Db, event: Event): Promise<void> {
  await runHot(tx, RECORD, [eventsJson([eventRow(event)])])
}

/** Makes the recorder. What it returns settles when the event is committed. */
export function eventRecorder(database: Database): (event: Event) => Promise<void> {
  const record = coalesce<EventRow, undefined>({
    // One, which costs the least; others beside one that takes long.
    atOnce: 4,
    patience: { eager: 1, ms: 25 },
    most: 200,
    run: async (rows) => {
      await database.query(RECORD, [eventsJson(rows)])
      return rows.map(() => undefined)
    },
  })
  return (event) => record(eventRow(event))
}
