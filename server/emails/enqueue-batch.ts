/**
 * Queues mails for requests that change nothing else, such as asking for a new password. Requests that arrive together
 * share a statement and a commit, their events included; each caller waits until his own mail is queued for good.
 */
import { coalesce } from '../db/coalesce.ts'
import type { Database } from '../db/database.ts'
import { type Event, type EventRow, eventRow } from '../logs/record.ts'
import { eventsJson, insertEventsSql } from '../logs/record-batch.ts'
import { emailRow, type NewEmail } from './enqueue.ts'

type Queued = { mail: ReturnType<typeof emailRow>; event: EventRow }

const COLUMNS = {
  id: 'text',
  template: 'text',
  state: 'text',
  user_id: 'text',
  connection_id: 'text',
  identity_id: 'text',
  identifier: 'text',
  client_id: 'text',
  organization_id: 'text',
  language: 'text',
  variables: 'jsonb',
  person: 'jsonb',
  last_error: 'text',
  created_at: 'timestamptz',
  next_attempt_at: 'timestamptz',
  done_at: 'timestamptz',
} as const satisfies Record<keyof Queued['mail'], string>

const NAMES = Object.keys(COLUMNS)

// A batch whose answer got lost is sent again one by one: what is stored already is left as it is.
const QUEUE_SQL = `
  with mails as (
    insert into emails (${NAMES.join(', ')})
    select ${Object.entries(COLUMNS).map(([name, type]) => (type === 'jsonb' ? `${name}::jsonb` : name))}
    from json_to_recordset($1::json) as mail (${Object.entries(COLUMNS).map(
      // These hold JSON as text, which is parsed after it was taken out.
      ([name, type]) => `${name} ${type === 'jsonb' ? 'text' : type}`,
    )})
    on conflict (id) do nothing)
  ${insertEventsSql('$2')}`

/** Makes what queues a mail and records its event. What it returns settles when both are committed. */
export function emailQueue(database: Database): (email: NewEmail, event: Event) => Promise<void> {
  const queue = coalesce<Queued, undefined>({
    atOnce: 2,
    most: 200,
    run: async (queued) => {
      const values = [JSON.stringify(queued.map(({ mail }) => mail)), eventsJson(queued.map(({ event }) => event))]
      await database.query({ name: 'queue_emails', text: QUEUE_SQL }, values)
      return queued.map(() => undefined)
    },
  })
  return (email, event) => queue({ mail: emailRow(email), event: eventRow(event) })
}
