/** Which part of a list is shown, and the way to the other parts. */
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useSay } from '../texts/texts.ts'
import { useNumber } from '../use-number.ts'
import classes from './pager.module.css'

/** Draws it. @param page counted from 1 */
export function Pager({ page, perPage, total, onTurn }: PagerProps) {
  const say = useSay()
  const format = useNumber()
  const hasNext = page * perPage < total
  const first = Math.min((page - 1) * perPage + 1, total)
  const last = Math.min(page * perPage, total)
  return (
    <div className={classes.pager}>
      <p role="status">{say('list.range', { first: format(first), last: format(last), total: format(total) })}</p>
      {(page > 1 || hasNext) && (
        <div className={classes.buttons}>
          <button type="button" disabled={page <= 1} onClick={() => onTurn(page - 1)} aria-label={say('list.previous')}>
            <ChevronLeft aria-hidden />
          </button>
          <button type="button" disabled={!hasNext} onClick={() => onTurn(page + 1)} aria-label={say('list.next')}>
            <ChevronRight aria-hidden />
          </button>
        </div>
      )}
    </div>
  )
}

type PagerProps = {
  page: number
  perPage: number
  total: number
  onTurn: (page: number) => void
}
