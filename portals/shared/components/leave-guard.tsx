import { useBlocker } from '@tanstack/react-router'
import { createPortal } from 'react-dom'
import { useSay } from '../use-language.ts'
import { Confirm } from './confirm.tsx'

/**
 * Asks before a page is left on which something is not saved: by a link of ours, or by closing or loading the tab. A button
 * that says itself that nothing is kept navigates with `ignoreBlocker`.
 *
 * @param kept the name in the address's query by which the form is open, where other changes of the query leave it as it is
 */
export function LeaveGuard({ isUnsaved, kept }: { isUnsaved: boolean; kept?: string }) {
  const say = useSay()
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      kept === undefined || current.pathname !== next.pathname || queryValue(current, kept) !== queryValue(next, kept),
    enableBeforeUnload: isUnsaved,
    disabled: !isUnsaved,
    withResolver: true,
  })
  if (status !== 'blocked') return null
  // It has a form of its own, and stands within one.
  return createPortal(
    <Confirm
      isOpen
      question={say('shared.leave_question')}
      effect={say('shared.leave_effect')}
      act={say('shared.leave')}
      isBusy={false}
      onConfirm={proceed}
      onClose={reset}
    />,
    document.body,
  )
}

function queryValue({ search }: { search: object }, name: string): unknown {
  return new Map(Object.entries(search)).get(name)
}
