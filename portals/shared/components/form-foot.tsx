/** The foot of a form: what to know before, or what has come of it, and the buttons. */
import type { ReactNode } from 'react'
import classes from './form-foot.module.css'

/** @param status told to whoever does not see it, when it changes */
export function FormFoot({ note, status, children }: { note?: ReactNode; status?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.foot}>
      {note !== undefined && <p>{note}</p>}
      {status !== undefined && <p role="status">{status}</p>}
      {children}
    </div>
  )
}
