/** What the activity is narrowed by. */
import { useMay } from '../access.ts'
import { nameOf, useMembers } from '../data.ts'
import { EVENT_KINDS, type EventKind } from '../pieces/event-kinds.ts'
import { Filter, type Option } from '../pieces/filter.tsx'
import type { Query } from '../search.ts'
import { useSay } from '../texts/texts.ts'
import classes from './activity.module.css'
import { SPANS } from './query.ts'

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
