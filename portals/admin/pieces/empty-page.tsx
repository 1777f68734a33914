/** An empty page of the ledger: what it is, one act, and the ruled lines that stay. */
import { LockKeyhole } from 'lucide-react'
import type { ReactNode } from 'react'
import classes from './empty-page.module.css'

/** Draws it. */
export function EmptyPage({ title, text, isLocked = false, children }: EmptyPageProps) {
  return (
    <div className={classes.empty}>
      <h2 className={classes.title}>
        {isLocked && <LockKeyhole aria-hidden />}
        {title}
      </h2>
      <p className={classes.text}>{text}</p>
      {children && <div className={classes.acts}>{children}</div>}
    </div>
  )
}

type EmptyPageProps = { title: string; text: ReactNode; isLocked?: boolean; children?: ReactNode }
