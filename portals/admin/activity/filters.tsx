/** What the activity is narrowed by. */
import { dayIn } from '../../shared/time.ts'
import { useMay } from '../access.ts'
import { nameOf, useMembers } from '../data.ts'
import { EVENT_KINDS, type EventKind, typesQuery } from '../pieces/event-kinds.ts'
import { Filter, type Option } from '../pieces/filter.tsx'
import type { Query } from '../search.ts'
import { useSay } from '../texts/texts.ts'
import classes from './activity.module.css'

/** TABLE: spans of days back from today. */
const SPANS = { today: 0, week: 6, month: 29, quarter: 89 } as const

/** None of them. */
export const NO_FILTERS: Query = {
  text: undefined,
  kind: undefined,
  result: undefined,
  span: undefined,
  from: undefined,
  to: undefined,
  actor: undefined,
}

/** Whether any is set. */
export function isFiltered(values: Query): boolean {
  return Object.keys(NO_FILTERS).some((name) => values[name])
}

/** The filters as a query of the log. Days are those of the reader's zone. */
export function activityQuery(values: Query, { now, zone }: { now: number; zone: string }): string {
  const { text = '', kind, result, span, from, to, actor } = values
  const days = span && Object.hasOwn(SPANS, span) ? SPANS[span as keyof typeof SPANS] : undefined
  const first = days === undefined ? from : dayIn(new Date(now - days * 86_400_000).toISOString(), zone)
  const parts = [
    first || to ? `date:[${first ? beginOf(first, zone) : '*'} TO ${to ? endOf(to, zone) : '*'}]` : '',
    typesQuery(kind, result),
    actor && `actor_id:"${quoted(actor)}"`,
    text.trim() &&
      `(user_name:*${escaped(text.trim())}* OR ip:*${escaped(text.trim())}* OR user_id:"${quoted(text.trim())}")`,
  ].filter(Boolean)
  return parts.join(' AND ')
}

/** Draws them. */
export function ActivityFilters({ values, onChange }: { values: Query; onChange: (change: Query) => void }) {
  const say = useSay()
  const administrators = useAdministrators()
  const kinds = Object.keys(EVENT_KINDS) as EventKind[]
  return (
    <>
      <Filter
        name={say('activity.when')}
        options={Object.keys(SPANS).map((value) => ({ value, name: say(`activity.${value as keyof typeof SPANS}`) }))}
        value={values.span}
        onChoose={(span) => onChange({ span, from: undefined, to: undefined })}
      />
      <div className={classes.days}>
        <label>
          {say('activity.from')}
          <input
            type="date"
            value={values.from ?? ''}
            onChange={(event) => onChange({ from: event.currentTarget.value || undefined, span: undefined })}
          />
        </label>
        <label>
          {say('activity.to')}
          <input
            type="date"
            value={values.to ?? ''}
            onChange={(event) => onChange({ to: event.currentTarget.value || undefined, span: undefined })}
          />
        </label>
      </div>
      <Filter
        name={say('activity.kind')}
        options={kinds.map((value) => ({ value, name: say(`kind.${value}`) }))}
        value={values.kind}
        onChoose={(kind) => onChange({ kind })}
      />
      <Filter
        name={say('activity.result')}
        options={[
          { value: 'done', name: say('activity.done') },
          { value: 'refused', name: say('activity.refused') },
        ]}
        value={values.result}
        onChoose={(result) => onChange({ result })}
      />
      <Filter
        name={say('activity.actor')}
        options={administrators}
        value={values.actor}
        onChoose={(actor) => onChange({ actor })}
      />
    </>
  )
}

/** Members with a role: whoever changes something here is one of them. */
function useAdministrators(): Option[] {
  const may = useMay()
  const { data } = useMembers({ q: '_exists_:roles', sort: 'name:1', page: 0, perPage: 50 }, may('read:users'))
  return (data?.users ?? []).map((member) => ({ value: member.user_id, name: nameOf(member) }))
}

/** The moment at which a day of a zone begins. */
function beginOf(day: string, zone: string): string {
  const guess = new Date(`${day}T00:00:00.000Z`)
  return new Date(guess.getTime() - offsetAt(guess, zone)).toISOString()
}

function endOf(day: string, zone: string): string {
  const guess = new Date(`${day}T23:59:59.999Z`)
  return new Date(guess.getTime() - offsetAt(guess, zone)).toISOString()
}

/** How far a zone is ahead, in milliseconds. */
function offsetAt(moment: Date, zone: string): number {
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
    moment,
  )
  return Date.parse(`${wall.replace(' ', 'T')}Z`) - Math.floor(moment.getTime() / 1_000) * 1_000
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}

function escaped(text: string): string {
  return text.replace(/[+\-&|!(){}[\]^"~*?:\\/<>=\s]/g, '\\$&')
}
