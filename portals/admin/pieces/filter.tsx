/** Filters of a list: plain words while they are not set, a chip with its own way out once they are. */
import { Check, ChevronDown, Search, X } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Menu, MenuGap, MenuGroup, MenuItem } from '../../shared/components/menu.tsx'
import { useSay } from '../texts/texts.ts'
import classes from './filter.module.css'
import { useSettled } from './use-settled.ts'

/** A value that can be chosen, and what it is called. */
export type Option = { value: string; name: string }

/** A filter of some values. */
export function Filter({ name, options, value, onChoose }: FilterProps) {
  const say = useSay()
  const chosen = options.find((option) => option.value === value) ?? (value ? { value, name: value } : undefined)
  const menu = (
    <Menu
      look={chosen ? 'chosen' : 'quiet'}
      button={
        <>
          {chosen ? `${name}: ${chosen.name}` : name}
          {!chosen && <ChevronDown aria-hidden />}
        </>
      }
    >
      {(close) => (
        <MenuGroup name={name}>
          {[{ value: '', name: say('list.any') }, ...options].map((option) => (
            <li key={option.value}>
              <MenuItem
                icon={option.value === (value ?? '') ? <Check aria-hidden /> : <MenuGap />}
                isCurrent={option.value === (value ?? '')}
                onClick={() => {
                  close()
                  onChoose(option.value || undefined)
                }}
              >
                {option.name}
              </MenuItem>
            </li>
          ))}
        </MenuGroup>
      )}
    </Menu>
  )
  if (!chosen) return menu
  return (
    <Chip name={name} onClear={() => onChoose(undefined)}>
      {menu}
    </Chip>
  )
}

type FilterProps = {
  name: string
  options: readonly Option[]
  value: string | undefined
  onChoose: (value: string | undefined) => void
}

/** What is set, with the way out. */
export function Chip({ name, onClear, children }: { name: string; onClear: () => void; children: ReactNode }) {
  const say = useSay()
  return (
    <div className={classes.chip}>
      {children}
      <button type="button" className={classes.clear} onClick={onClear} aria-label={say('list.clear_single', { name })}>
        <X aria-hidden />
      </button>
    </div>
  )
}

/** A box to search in. What is typed is asked for once nobody types for a moment. */
export function SearchBox({
  label,
  value,
  onSearch,
}: {
  label: string
  value: string
  onSearch: (text: string) => void
}) {
  const [text, setText] = useState(value)
  const settled = useSettled(text, 250)
  // What came from elsewhere, such as the way back, is shown.
  useEffect(() => setText(value), [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was typed is what counts.
  useEffect(() => {
    if (settled === text && settled !== value) onSearch(settled)
  }, [settled])
  return (
    <label className={classes.search}>
      <Search aria-hidden />
      <span className="unseen">{label}</span>
      <input
        type="search"
        value={text}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <span className={classes.key} aria-hidden="true">
        /
      </span>
    </label>
  )
}

/** The row of them. */
export function FilterBar({ search, end, isOpen = true, children }: FilterBarProps) {
  return (
    <div className={classes.bar}>
      {search}
      {isOpen && children}
      {end && <div className={classes.end}>{end}</div>}
    </div>
  )
}

type FilterBarProps = { search?: ReactNode; end?: ReactNode; isOpen?: boolean; children?: ReactNode }
