import { useQueryClient } from '@tanstack/react-query'
import { UserRoundX } from 'lucide-react'
import { useEffect } from 'react'
import { useSignedOut } from '../signed-out.ts'
import { useSay } from '../use-language.ts'
import classes from './offline-banner.module.css'

/** Says that the sign-in has ended while a form was open, and leads to another one beside it. */
export function SignedOutBanner() {
  const say = useSay()
  const queries = useQueryClient()
  const signedOut = useSignedOut()
  const isOut = signedOut !== undefined
  useEffect(() => {
    if (!isOut) return
    // Whoever comes back from the other tab has signed in there, perhaps.
    const onFocus = () => void queries.refetchQueries({ type: 'active' })
    window.addEventListener('focus', onFocus)
    return () => window.removeEventListener('focus', onFocus)
  }, [isOut, queries])
  if (!signedOut) return null
  return (
    <div role="alert" className={classes.sticky}>
      <p className={classes.banner}>
        <UserRoundX aria-hidden />
        <span>
          <strong>{say(signedOut.isOther ? 'shared.other_signed_in' : 'shared.signed_out_title')}</strong>{' '}
          {say('shared.signed_out')}{' '}
          <a href={signedOut.again} target="_blank" rel="noopener">
            {say('shared.signed_out_act')}
          </a>
        </span>
      </p>
    </div>
  )
}
