/** What calls the deletion of the account off, by one tap. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { causeOf } from '../../shared/components/fault.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { keepAccount } from '../deletion.ts'
import { useSay } from '../texts/texts.ts'

/** Draws it. */
export function KeepAccount() {
  const say = useSay()
  const [isBusy, setBusy] = useState(false)
  const keep = async () => {
    setBusy(true)
    try {
      await keepAccount()
      showToast({ text: say('privacy.said_kept') })
      // The button that had the focus is gone.
      document.querySelector('h1')?.focus({ preventScroll: true })
    } catch (error) {
      if (!(error instanceof Error)) throw error
      showToast({ text: say(causeOf(error)), isProblem: true })
      setBusy(false)
    }
  }
  return (
    <Button onClick={() => void keep()} loading={isBusy}>
      {say('privacy.keep')}
    </Button>
  )
}
