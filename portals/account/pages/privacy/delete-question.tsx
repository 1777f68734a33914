/** The question before the account is deleted, with what has to be typed for it. */
import { TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { useRef, useState } from 'react'
import { ApiProblem } from '../../../shared/api-client.ts'
import { Confirm } from '../../../shared/components/confirm.tsx'
import { causeOf } from '../../../shared/components/fault.tsx'
import { useClock } from '../../../shared/components/moment.tsx'
import { showToast } from '../../../shared/components/toasts.tsx'
import { dateOf } from '../../../shared/time.ts'
import type { Profile } from '../../api.ts'
import { proofOf, reloadDeletion, requestDeletion } from '../../deletion.ts'
import { type TextKey, useSay } from '../../texts/texts.ts'

const DAY_MS = 86_400_000

/** Draws it. @param onClose is told why it was refused, if it was and can be asked again; `anew` after another sign-in */
export function DeleteQuestion({ profile, days, isOpen, onClose }: DeleteQuestionProps) {
  const say = useSay()
  const clock = useClock()
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState('')
  const [isWrong, setWrong] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const change = (text: string) => {
    setTyped(text)
    setWrong(false)
  }
  const close = (refusal?: Refusal) => {
    change('')
    onClose(refusal)
  }
  const request = async () => {
    setBusy(true)
    try {
      const dueAt = await requestDeletion(typed)
      showToast({ text: say('privacy.said_deletion', { day: dateOf(dueAt, clock) }) })
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const code = error instanceof ApiProblem ? error.code : ''
      const lasting = LASTING[code]
      if (lasting) {
        showToast({ text: say(lasting), isProblem: true })
        await reloadDeletion()
      } else if (code === 'deletion_not_confirmed') {
        setWrong(true)
        field.current?.focus()
      } else if (code === 'sign_in_anew') close({ text: say('privacy.delete_anew'), isAnew: true })
      else close({ text: say(code === 'erasure_leaves_no_administrator' ? 'privacy.delete_last' : causeOf(error)) })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Confirm
      isOpen={isOpen}
      question={say('privacy.delete_ask')}
      effect={say('privacy.delete_ask_effect', { day: dateOf(dayIn(days), clock) })}
      act={say('privacy.delete')}
      isBusy={isBusy}
      isAllowed={typed.trim() !== ''}
      onConfirm={() => void request()}
      onClose={() => close()}
    >
      <TextInput
        ref={field}
        label={
          <>
            {say('shared.type')} <span className="mono">{proofOf(profile)}</span>
          </>
        }
        error={isWrong && say('privacy.delete_wrong')}
        maxLength={320}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        onChange={(event) => change(event.currentTarget.value)}
      />
    </Confirm>
  )
}

type DeleteQuestionProps = {
  profile: Profile
  days: number
  isOpen: boolean
  onClose: (refusal?: Refusal) => void
}

/** Why it was refused, and whether another sign-in helps. */
export type Refusal = { text: string; isAnew?: true }

/** TABLE: refusals after which there is nothing to ask here any more. */
const LASTING: Readonly<Record<string, TextKey>> = {
  account_not_own: 'privacy.delete_not_own',
  deletion_not_offered: 'privacy.delete_closed',
}

function dayIn(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString()
}
