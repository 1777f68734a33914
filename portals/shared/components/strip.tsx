/** The strip at the top of a person's page: who it is, how things stand, and the facts in one row. */
import type { ReactNode, Ref } from 'react'
import { Avatar } from './avatar.tsx'
import classes from './strip.module.css'

/** Draws it. */
export function Strip({ name, status, note, acts, heading }: StripProps) {
  return (
    <section className={classes.strip} aria-label={name}>
      <Avatar name={name} size={heading ? 'medium' : 'large'} />
      <div className={classes.who}>
        <div className={classes.name}>
          {heading ? (
            <h1 className={classes.title} ref={heading} tabIndex={-1}>
              {name}
            </h1>
          ) : (
            <span className={classes.title}>{name}</span>
          )}
          {status}
        </div>
        {note && <div className={classes.note}>{note}</div>}
      </div>
      {acts && <div className={classes.acts}>{acts}</div>}
    </section>
  )
}

type StripProps = {
  name: string
  status?: ReactNode
  note?: ReactNode
  acts?: ReactNode
  /** Where the name is the title of the page. */
  heading?: Ref<HTMLHeadingElement>
}

/** A fact: what it is, and its value. */
export type Fact = { label: string; value: ReactNode }

/** Facts in a row, parted by hairlines. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ label, value }) => (
        <div key={label} className={classes.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
