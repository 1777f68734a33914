/** What the list of jobs and the page of one share: how it stands, how far it is, and its rows. */
import { Status } from '../../shared/components/status.tsx'
import type { Job, JobRow } from '../api/types.ts'
import { useSay } from '../texts/texts.ts'
import { useNumber } from '../use-number.ts'
import { addressOf } from './files.ts'
import { isActive, STATES } from './job.ts'
import classes from './jobs.module.css'
import { faultsOf } from './row-faults.ts'
import { rowNumber } from './row-numbers.ts'

/** How it stands, and how far it is. */
export function JobStatus({ job }: { job: Job }) {
  const say = useSay()
  const { status, percentage_done: percent = 0 } = job
  return (
    <span className={classes.state}>
      <Status state={STATES[status]}>{say(`jobs.${status}`)}</Status>
      {isActive(job) && (
        <>
          <progress value={percent} max={100} aria-label={say('jobs.progress', { percent })} />
          <span className={classes.percent} aria-hidden="true">
            {say('jobs.progress', { percent })}
          </span>
        </>
      )}
    </span>
  )
}

/** How many rows came in, and did not. */
export function Counts({ job: { summary, dry_run: isTrial } }: { job: Job }) {
  const say = useSay()
  const format = useNumber()
  if (!summary) return null
  const words = { inserted: format(summary.inserted), updated: format(summary.updated), failed: format(summary.failed) }
  return <span>{say(isTrial ? 'jobs.would_be' : 'jobs.were', words)}</span>
}

/** Rows that failed, each with its reason. */
export function FailedRows({ job, rows }: { job: Job; rows: readonly JobRow[] }) {
  const say = useSay()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll, and is reached by keyboard for that.
    <section className={classes.frame} tabIndex={0} aria-label={say('jobs.failed_rows')}>
      <table className={classes.rows}>
        <thead>
          <tr>
            <th>{say('jobs.row')}</th>
            <th>{say('members.email')}</th>
            <th>{say('jobs.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.row}>
              <td>{rowNumber(job, row.row)}</td>
              <td>{addressOf(row)}</td>
              <td>
                {faultsOf(row, say).map(({ text, isTheirs }) => (
                  <div key={text} {...(isTheirs ? { lang: 'en' } : {})}>
                    {text}
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
