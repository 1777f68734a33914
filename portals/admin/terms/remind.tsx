import { Button } from '@mantine/core'
import { useState } from 'react'
import { Confirm } from '../../shared/components/confirm.tsx'
import { terms as api } from '../api/api.ts'
import type { Terms } from '../api/types.ts'
import { refresh } from '../data.ts'
import { useAct } from '../member/use-act.ts'
import { useSay } from '../texts/texts.ts'
import classes from './terms.module.css'
import { useTitle } from './words.ts'

/** Has a mail sent to whoever has not accepted, after a question. @param pending how many these are */
export function RemindAct({ terms, pending }: { terms: Terms; pending: number }) {
  const say = useSay()
  const title = useTitle()(terms)
  const [isAsking, setAsking] = useState(false)
  const { isBusy, act } = useAct('logs')
  const remind = async () => {
    await act(
      () => api.remind(terms.id),
      ({ queued, more }) => ({
        text:
          queued === 0
            ? say('terms.remind_nobody')
            : say(more ? 'terms.remind_more' : 'terms.remind_done', { count: queued }),
      }),
    )
    setAsking(false)
    // Where it was refused, things are not as they are shown.
    await refresh('terms')
  }
  return (
    <div className={classes.under}>
      <Button onClick={() => setAsking(true)}>{say('terms.remind')}</Button>
      <Confirm
        isOpen={isAsking}
        question={say('terms.remind_ask', { title })}
        effect={say('terms.remind_effect', { count: pending })}
        act={say('terms.remind_act')}
        isBusy={isBusy}
        isDangerous={false}
        onConfirm={() => void remind()}
        onClose={() => setAsking(false)}
      />
    </div>
  )
}
