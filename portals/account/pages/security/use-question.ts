import { useEffect, useRef, useState } from 'react'
import { causeOf } from '../../../shared/components/fault.tsx'
import { showToast } from '../../../shared/components/toasts.tsx'
import { useSay } from '../../texts/texts.ts'

/**
 * A question about something of a list, such as a session, and what is done after a yes. `about` is what it was about last,
 * also while the dialog fades away. `heading` is of the section: it gets the focus once something is done, for the row with
 * the button that had it is gone.
 */
export function useQuestion<Thing>() {
  const say = useSay()
  const heading = useRef<HTMLHeadingElement>(null)
  const [thing, ask] = useState<Thing>()
  const [isBusy, setBusy] = useState(false)
  const last = useRef<Thing>(undefined)
  if (thing !== undefined) last.current = thing
  const isDone = useRef(false)
  useEffect(() => {
    if (thing !== undefined || !isDone.current) return
    isDone.current = false
    // Not before the dialog is closed.
    heading.current?.focus()
  }, [thing])
  /** @param work throws what an API refuses @param done what is said afterwards */
  const answer = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    setBusy(true)
    try {
      await work()
      isDone.current = true
      showToast({ text: done })
    } catch (error) {
      if (!(error instanceof Error)) throw error
      showToast({ text: say(causeOf(error)), isProblem: true })
    } finally {
      ask(undefined)
      setBusy(false)
    }
  }
  return { heading, about: last.current, isOpen: thing !== undefined, isBusy, ask, close: () => ask(undefined), answer }
}
