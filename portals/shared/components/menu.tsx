/** A button that opens what can be chosen; a list of ordinary buttons, links and boxes, in reading order. */
import { type ReactNode, useId } from 'react'
import { useOpening } from '../use-opening.ts'
import classes from './menu.module.css'

/** Draws it. @param name of the button, where its words do not say what it opens */
export function Menu({ button, name, look = 'quiet', side = 'start', up = false, children }: MenuProps) {
  const id = useId()
  const { isOpen, toggle, close, place, button: ref } = useOpening()
  const closeAndReturn = () => {
    close()
    ref.current?.focus()
  }
  return (
    <div className={classes.place} ref={place}>
      <button
        ref={ref}
        type="button"
        className={`${classes.button} ${classes[look]}`}
        aria-expanded={isOpen}
        aria-controls={id}
        {...(name ? { 'aria-label': name } : {})}
        onClick={toggle}
      >
        {button}
      </button>
      <div
        id={id}
        className={`${classes.menu} ${side === 'end' ? classes.end : ''} ${up ? classes.up : ''}`}
        hidden={!isOpen}
      >
        {isOpen && children(closeAndReturn)}
      </div>
    </div>
  )
}

type MenuProps = {
  button: ReactNode
  name?: string
  /** `quiet` are words alone, `edged` is a button with an edge, `wide` fills its place. */
  look?: 'quiet' | 'edged' | 'wide' | 'chosen' | 'danger'
  side?: 'start' | 'end'
  up?: boolean
  /** @param close puts the menu away and gives the focus back to its button */
  children: (close: () => void) => ReactNode
}

/** An entry that does something. */
export function MenuItem({ icon, isDangerous = false, isCurrent, lang, onClick, children }: MenuItemProps) {
  return (
    <button
      type="button"
      className={isDangerous ? `${classes.item} ${classes.dangerous}` : classes.item}
      {...(isCurrent === undefined ? {} : { 'aria-current': isCurrent })}
      {...(lang ? { lang } : {})}
      onClick={onClick}
    >
      {icon}
      {children}
    </button>
  )
}

type MenuItemProps = {
  icon?: ReactNode
  isDangerous?: boolean
  isCurrent?: boolean
  lang?: string
  onClick: () => void
  children: ReactNode
}

/** A group of entries, parted from the next by a hairline. */
export function MenuGroup({ name, children }: { name?: string; children: ReactNode }) {
  return (
    <ul className={classes.group} {...(name ? { 'aria-label': name } : {})}>
      {children}
    </ul>
  )
}

/** What stands where an icon would. */
export function MenuGap() {
  return <span className={classes.gap} aria-hidden="true" />
}
