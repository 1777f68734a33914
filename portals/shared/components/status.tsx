/** Whether something stands well: a shape and a word, so that nobody has to tell colours apart. */
import type { ReactNode } from 'react'
import classes from './status.module.css'

/** A state. */
export type State = 'ok' | 'waiting' | 'unverified' | 'stopped'

/** TABLE: the shape of each state, in a square of 10. */
const SHAPES: Readonly<Record<State, ReactNode>> = {
  ok: <circle cx="5" cy="5" r="5" fill="currentColor" />,
  waiting: (
    <circle cx="5" cy="5" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 1.6" />
  ),
  unverified: (
    <>
      <circle cx="5" cy="5" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M5 .75a4.25 4.25 0 0 1 0 8.5z" fill="currentColor" />
    </>
  ),
  stopped: (
    <>
      <circle cx="5" cy="5" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M2 8 8 2" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
}

/** Draws it. @param isPill whether with an edge, beside a name */
export function Status({ state, isPill = false, children }: { state: State; isPill?: boolean; children: ReactNode }) {
  return (
    <span className={isPill ? `${classes.status} ${classes.pill}` : classes.status}>
      <svg viewBox="0 0 10 10" className={classes[state]} aria-hidden="true">
        {SHAPES[state]}
      </svg>
      {children}
    </span>
  )
}

/** A word with an edge, such as "This device". */
export function Pill({ children }: { children: ReactNode }) {
  return <span className={`${classes.status} ${classes.pill}`}>{children}</span>
}
