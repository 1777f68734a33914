import { type ReactNode, useId } from 'react'
import classes from './act-panel.module.css'

/** What a button above a list opens: an act with its heading, over the list. */
export function ActPanel({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}
