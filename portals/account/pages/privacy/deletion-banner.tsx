import { UserRoundX } from 'lucide-react'
import { useClock } from '../../../shared/components/moment.tsx'
import { dateOf } from '../../../shared/time.ts'
import { useSay } from '../../texts/texts.ts'
import { KeepAccount } from '../keep-account.tsx'
import classes from './privacy.module.css'

/** Says that the account is going to be deleted, and offers to keep it. */
export function DeletionBanner({ dueAt }: { dueAt: string }) {
  const say = useSay()
  const clock = useClock()
  return (
    <div className={classes.banner}>
      <UserRoundX aria-hidden />
      <p>
        <strong>{say('privacy.deletion', { day: dateOf(dueAt, clock) })}</strong>
        {say('privacy.deletion_note')}
      </p>
      <KeepAccount />
    </div>
  )
}
