/** Having the account deleted: what that means, and who has to be asked where it cannot be asked for here. */
import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { RecordSection } from '../../../shared/components/record-section.tsx'
import type { Deletion, Profile } from '../../api.ts'
import { signIn } from '../../auth.ts'
import { useProfile } from '../../profile.ts'
import { useSay } from '../../texts/texts.ts'
import { DeleteQuestion, type Refusal } from './delete-question.tsx'
import classes from './privacy.module.css'

/** Draws it. */
export function DeleteSection({ deletion: { days, managed_by: manager } }: { deletion: Deletion }) {
  const say = useSay()
  const { data: profile } = useProfile()
  return (
    <RecordSection title={say('privacy.delete')}>
      {manager ? (
        <p className={classes.none}>{say('privacy.delete_managed', { organization: manager.name })}</p>
      ) : (
        <>
          <p>{say('privacy.delete_when', { count: days })}</p>
          <p className={classes.hint}>{say('privacy.delete_effect')}</p>
          {profile && <Ask profile={profile} days={days} />}
        </>
      )}
    </RecordSection>
  )
}

function Ask({ profile, days }: { profile: Profile; days: number }) {
  const say = useSay()
  const [isAsking, setAsking] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const hasAsked = useRef(false)
  useEffect(
    () => () => {
      // The button that had the focus is gone.
      if (hasAsked.current) document.querySelector('h1')?.focus()
    },
    [],
  )
  const ask = () => {
    hasAsked.current = true
    setRefusal(undefined)
    setAsking(true)
  }
  const close = (refusal?: Refusal) => {
    hasAsked.current = false
    setRefusal(refusal)
    setAsking(false)
  }
  return (
    <>
      <div className={classes.buttons}>
        <Button variant="danger" onClick={ask}>
          {say('privacy.delete')}
        </Button>
      </div>
      <div role="alert">{refusal && <p className={classes.refusal}>{refusal.text}</p>}</div>
      {refusal?.isAnew && (
        <div className={classes.buttons}>
          <Button variant="default" onClick={() => void signIn({ isAnew: true })}>
            {say('privacy.delete_sign_in')}
          </Button>
        </div>
      )}
      <DeleteQuestion profile={profile} days={days} isOpen={isAsking} onClose={close} />
    </>
  )
}
