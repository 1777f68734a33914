/** A section of a record: its heading in the margin, and ruled lines beside it. */
import { LockKeyhole } from 'lucide-react'
import { type ReactNode, type Ref, useId } from 'react'
import classes from './record-section.module.css'

/** Draws it. @param ref of the heading, for whoever wants to move the focus to it */
export function RecordSection({ title, note, ref, children }: RecordSectionProps) {
  const id = useId()
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.margin}>
        <h2 id={id} ref={ref} tabIndex={-1}>
          {title}
        </h2>
        {note && <p className={classes.note}>{note}</p>}
      </div>
      <div className={classes.content}>{children}</div>
    </section>
  )
}

type RecordSectionProps = { title: string; note?: ReactNode; ref?: Ref<HTMLHeadingElement>; children: ReactNode }

/** Lines of name and value; what may be done with them stands at the right of the first. */
export function Lines({ act, children }: { act?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.lines}>
      <dl>{children}</dl>
      {act && <div className={classes.act}>{act}</div>}
    </div>
  )
}

/** A line: name, value, and where the value comes from when it cannot be changed here. */
export function Line({
  name,
  source,
  children,
}: {
  name: ReactNode
  source?: string | undefined
  children: ReactNode
}) {
  return (
    <div className={classes.line}>
      <dt>{name}</dt>
      <dd className={classes.value}>{children}</dd>
      {source && (
        <dd className={classes.source}>
          <LockKeyhole aria-hidden />
          {source}
        </dd>
      )}
    </div>
  )
}

/** Rows of a list, ruled. */
export function Rows({ children }: { children: ReactNode }) {
  return <ul className={classes.rows}>{children}</ul>
}

/** A row: an icon, what it is about, when, and what may be done. @param isTall whether it is more than two lines or three */
export function Row({ icon, title, note, time, act, tone, isTall = false }: RowProps) {
  return (
    <li className={isTall ? `${classes.row} ${classes.tall}` : classes.row}>
      {icon && <span className={tone === 'warn' ? `${classes.icon} ${classes.warn}` : classes.icon}>{icon}</span>}
      <div className={classes.text}>
        <div className={classes.title}>{title}</div>
        {note && <div className={classes.detail}>{note}</div>}
      </div>
      {time && <div className={classes.time}>{time}</div>}
      {act && <div className={classes.do}>{act}</div>}
    </li>
  )
}

type RowProps = {
  icon?: ReactNode
  title: ReactNode
  note?: ReactNode
  time?: ReactNode
  act?: ReactNode
  tone?: 'warn'
  isTall?: boolean
}
