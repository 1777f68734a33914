/** A form in its panel: the summary of what was refused, the fields, and the foot. */
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { useSay } from '../use-language.ts'
import classes from './form-panel.module.css'

/** What is wrong with a field: its id, its name and the cure. */
export type FieldProblem = { id: string; name: string; cure: string }

/** Draws it. @param onGoTo brings a field into the page to which a problem leads, where it is not */
export function FormPanel({ problems, onSubmit, onGoTo, foot, columns = 2, children }: FormPanelProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <form className={classes.panel} onSubmit={submit} noValidate>
      <ErrorSummary problems={problems} onGoTo={onGoTo} />
      <div className={columns === 2 ? `${classes.fields} ${classes.two}` : classes.fields}>{children}</div>
      {foot}
    </form>
  )
}

type FormPanelProps = {
  problems: readonly FieldProblem[]
  onSubmit: () => void
  onGoTo?: (id: string) => void
  foot: ReactNode
  columns?: 1 | 2
  children: ReactNode
}

/** What was refused, with a link to each field. It takes the focus when it comes. */
function ErrorSummary({ problems, onGoTo }: SummaryProps) {
  const say = useSay()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (problems.length > 0) box.current?.focus()
  }, [problems])
  if (problems.length === 0) return null
  return (
    <div ref={box} className={classes.summary} role="alert" tabIndex={-1}>
      <p>{say('shared.problems', { count: problems.length })}</p>
      <ul>
        {problems.map(({ id, name, cure }) => (
          <li key={id}>
            <a href={`#${id}`} onClick={(event) => goTo(event, id, onGoTo)}>
              {name}: {cure}
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}

type SummaryProps = { problems: readonly FieldProblem[]; onGoTo: ((id: string) => void) | undefined }

/** Without the address, which belongs to the pages. */
function goTo(event: { preventDefault: () => void }, id: string, onGoTo: SummaryProps['onGoTo']): void {
  event.preventDefault()
  onGoTo?.(id)
  document.getElementById(id)?.focus()
}
