/** A section of what is asked of the person, a row each, or the word that there is nothing. */
import type { ReactNode } from 'react'
import { RecordSection, Rows } from '../../../shared/components/record-section.tsx'
import type { OwnTerms } from '../../api.ts'
import classes from './privacy.module.css'

type AskedSectionProps = {
  title: string
  note: string
  none: string
  asked: readonly OwnTerms[]
  children: (one: OwnTerms) => ReactNode
}

/** Draws it. @param children makes the row of one */
export function AskedSection({ title, note, none, asked, children }: AskedSectionProps) {
  return (
    <RecordSection title={title} note={note}>
      {asked.length === 0 ? <p className={classes.none}>{none}</p> : <Rows>{asked.map(children)}</Rows>}
    </RecordSection>
  )
}
