/** What became of each member in a bulk act: those who were left out, with the reason, and all of them as a file. */

import { csvOf } from '../../shared/csv.ts'
import { saveFile } from '../../shared/save-file.ts'
import type { BulkResult, Outcome } from '../api/types.ts'
import { isTextKey, useSay } from '../texts/texts.ts'
import { useNumber } from '../use-number.ts'
import type { BulkPlan } from './bulk-dialog.tsx'
import classes from './members.module.css'

/** More are nothing to read; the file has them. */
const MOST_SHOWN = 200

type Results = BulkResult['results']

/** Draws those who were left out. */
export function Outcomes({ results, plan }: { results: Results; plan: BulkPlan }) {
  const say = useSay()
  const format = useNumber()
  const reasonOf = useReasons(plan)
  const shown = results.slice(0, MOST_SHOWN)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll, and is reached by keyboard for that.
    <ul className={classes.outcomes} tabIndex={0} aria-label={say('bulk.left_out')}>
      {shown.map((result) => (
        <li key={result.user_id}>
          <span>{plan.names.get(result.user_id) ?? result.user_id}</span>
          <span>{reasonOf(result)}</span>
        </li>
      ))}
      {results.length > shown.length && <li>{say('bulk.more', { total: format(results.length - shown.length) })}</li>}
    </ul>
  )
}

/** A button that offers what became of everybody as a file. */
export function OutcomesFile({ results, plan }: { results: Results; plan: BulkPlan }) {
  const say = useSay()
  const reasonOf = useReasons(plan)
  const save = () => {
    const rows = results.map((result) => [
      result.user_id,
      plan.names.get(result.user_id) ?? '',
      result.outcome,
      result.outcome === 'done' ? '' : reasonOf(result),
    ])
    saveFile(`${plan.action}.csv`, csvOf([['user_id', 'name', 'outcome', 'reason'], ...rows]))
  }
  return (
    <button type="button" className={classes.textButton} onClick={save}>
      {say('bulk.save')}
    </button>
  )
}

function useReasons({ action }: BulkPlan): (outcome: Outcome) => string {
  const say = useSay()
  return ({ code, message, outcome }) => {
    if (outcome === 'skipped') return say(`skipped.${action}`)
    const key = `outcome.${code}`
    return isTextKey(key) ? say(key) : (message ?? '')
  }
}
