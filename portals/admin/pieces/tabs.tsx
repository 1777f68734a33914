/** Tabs: arrows move between them, and the one that has the focus is open. */
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'
import classes from './tabs.module.css'

/** A tab; its content is made when it is open. */
export type Tab = { id: string; name: string; content: () => ReactNode }

/** Draws them. Without one that is known, the first is open. */
export function Tabs({ name, tabs, current, onChoose }: TabsProps) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const open = tabs.find((tab) => tab.id === current) ?? tabs[0]
  const onKey = (event: KeyboardEvent) => {
    const at = open ? tabs.indexOf(open) : 0
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    const tab = next === undefined ? undefined : tabs.at(next % tabs.length)
    if (!tab) return
    event.preventDefault()
    onChoose(tab.id)
    list.current?.querySelector<HTMLElement>(`[data-tab="${tab.id}"]`)?.focus()
  }
  return (
    <>
      <div ref={list} className={classes.list} role="tablist" aria-label={name} onKeyDown={onKey}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${id}-${tab.id}`}
            type="button"
            role="tab"
            data-tab={tab.id}
            aria-selected={tab === open}
            aria-controls={`${id}-panel`}
            tabIndex={tab === open ? 0 : -1}
            onClick={() => onChoose(tab.id)}
          >
            {tab.name}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${open?.id}`}>
        {open?.content()}
      </div>
    </>
  )
}

type TabsProps = { name: string; tabs: readonly Tab[]; current: string | undefined; onChoose: (id: string) => void }
