/** What the list of members is narrowed by, which columns it has, and the views that were kept of it. */
import { TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { Bookmark, Columns3, X } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../shared/components/confirm.tsx'
import { Menu, MenuGroup, MenuItem } from '../../shared/components/menu.tsx'
import { useAccess } from '../access.ts'
import { useRoles } from '../data.ts'
import { Filter } from '../pieces/filter.tsx'
import { type Query, readQuery, writeQuery } from '../search.ts'
import { useSay } from '../texts/texts.ts'
import { COLUMNS, type ColumnId } from './columns.tsx'
import classes from './members.module.css'
import { isFiltered, SEEN, STATUSES } from './query.ts'

/** The filters. */
export function MemberFilters({ values, onChange }: { values: Query; onChange: (change: Query) => void }) {
  const say = useSay()
  const { data: roles = [] } = useRoles()
  return (
    <>
      <Filter
        name={say('members.role')}
        options={roles.map(({ name }) => ({ value: name, name }))}
        value={values.role}
        onChoose={(role) => onChange({ role })}
      />
      <Filter
        name={say('members.status')}
        options={Object.entries(STATUSES).map(([value, { key }]) => ({ value, name: say(key) }))}
        value={values.status}
        onChoose={(status) => onChange({ status })}
      />
      <Filter
        name={say('members.last_login')}
        options={Object.entries(SEEN).map(([value, { key }]) => ({ value, name: say(key) }))}
        value={values.seen}
        onChoose={(seen) => onChange({ seen })}
      />
    </>
  )
}

/** Which columns are shown. */
export function ColumnChooser({ shown, onChoose }: ColumnChooserProps) {
  const say = useSay()
  return (
    <Menu
      side="end"
      button={
        <>
          <Columns3 aria-hidden />
          {say('members.columns')}
        </>
      }
    >
      {() => (
        <MenuGroup name={say('members.columns')}>
          {COLUMNS.filter((column) => !('isFixed' in column)).map(({ id, key }) => (
            <li key={id}>
              <label>
                <input
                  type="checkbox"
                  checked={shown.has(id)}
                  onChange={(event) => onChoose(id, event.currentTarget.checked)}
                />
                {say(key)}
              </label>
            </li>
          ))}
        </MenuGroup>
      )}
    </Menu>
  )
}

type ColumnChooserProps = { shown: ReadonlySet<string>; onChoose: (id: ColumnId, isShown: boolean) => void }

/** A view: its name, and what stands in the address. */
type View = { name: string; query: string }

/** Views that were kept in this browser, of this organization. */
export function Views({ values, onOpen }: { values: Query; onOpen: (view: Query) => void }) {
  const say = useSay()
  const { organizationId } = useAccess()
  const place = `tenantry-member-views-${organizationId}`
  const [views, setViews] = useState<readonly View[]>(() => readViews(place))
  const [isNaming, setNaming] = useState(false)
  const [name, setName] = useState('')
  const keep = (next: readonly View[]) => {
    localStorage.setItem(place, JSON.stringify(next))
    setViews(next)
  }
  const save = () => {
    const query = writeQuery({ ...values, page: undefined })
    keep([...views.filter((view) => view.name !== name.trim()), { name: name.trim(), query }])
    setNaming(false)
    setName('')
  }
  const canKeep = isFiltered(values) || values.sort !== undefined
  if (views.length === 0 && !canKeep) return null
  return (
    <>
      <Menu
        side="end"
        button={
          <>
            <Bookmark aria-hidden />
            {say('members.views')}
          </>
        }
      >
        {(close) => (
          <>
            {views.length > 0 && (
              <MenuGroup name={say('members.views')}>
                {views.map((view) => (
                  <li key={view.name} className={classes.views}>
                    <MenuItem
                      onClick={() => {
                        close()
                        onOpen(readQuery(view.query))
                      }}
                    >
                      {view.name}
                    </MenuItem>
                    <button
                      type="button"
                      className={classes.removeView}
                      aria-label={say('members.remove_view', { name: view.name })}
                      onClick={() => keep(views.filter((other) => other !== view))}
                    >
                      <X aria-hidden />
                    </button>
                  </li>
                ))}
              </MenuGroup>
            )}
            {canKeep && (
              <MenuGroup>
                <li>
                  <MenuItem
                    onClick={() => {
                      close()
                      setNaming(true)
                    }}
                  >
                    {say('members.keep_view')}
                  </MenuItem>
                </li>
              </MenuGroup>
            )}
          </>
        )}
      </Menu>
      <Confirm
        isOpen={isNaming}
        question={say('members.keep_view_title')}
        effect={say('members.keep_view_text')}
        act={say('shared.save')}
        isBusy={false}
        isAllowed={name.trim() !== ''}
        isDangerous={false}
        onConfirm={save}
        onClose={() => setNaming(false)}
      >
        <TextInput
          label={say('members.view_name')}
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Confirm>
    </>
  )
}

function readViews(place: string): readonly View[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isView) : []
  } catch {
    return [] // What cannot be read is not shown.
  }
}

function isView(kept: unknown): kept is View {
  if (typeof kept !== 'object' || kept === null) return false
  return 'name' in kept && typeof kept.name === 'string' && 'query' in kept && typeof kept.query === 'string'
}
