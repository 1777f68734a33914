import { useBlocker } from '@tanstack/react-router'
import { createPortal } from 'react-dom'
import { useSay } from '../use-language.ts'
import { Confirm } from './confirm.tsx'

/** Asks before a page is left on which something is not saved: by a link of ours, or by closing or loading the tab. */
export function LeaveGuard({ isUnsaved }: { isUnsaved: boolean }) {
  const say = useSay()
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: () => true,
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
