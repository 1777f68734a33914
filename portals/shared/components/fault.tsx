/** What stands in the place of something that could not be loaded, and the words for what went wrong. */
import { Button } from '@mantine/core'
import { CircleAlert } from 'lucide-react'
import { ApiProblem } from '../api-client.ts'
import type { AskedKey } from '../language.ts'
import type { SharedKey } from '../texts/en.ts'
import { useSay } from '../use-language.ts'
import { CopyButton } from './copy-button.tsx'
import classes from './fault.module.css'

/** Draws it. @param what could not be loaded, as a name */
export function Fault({ what, error, onRetry }: { what: string; error: Error; onRetry: () => unknown }) {
  const say = useSay()
  const reference = error instanceof ApiProblem ? error.reference : undefined
  return (
    <div className={classes.fault} role="alert">
      <h2 className={classes.title}>
        <CircleAlert aria-hidden />
        {say('shared.not_loaded', { what })}
      </h2>
      <p className={classes.text}>{say(causeOf(error))}</p>
      <div className={classes.acts}>
        <Button onClick={() => onRetry()}>{say('shared.try_again')}</Button>
        {reference && (
          <span className={classes.reference}>
            {say('shared.reference')} <span className="mono">{reference}</span>
            <CopyButton text={reference} what={say('shared.reference')} />
          </span>
        )}
      </div>
    </div>
  )
}

/** The key of the sentence about what went wrong. */
export function causeOf(error: Error): AskedKey<SharedKey> {
  const status = error instanceof ApiProblem ? error.status : 500
  if (status === 0) return 'shared.cause_network'
  if (status === 401) return 'shared.cause_signed_out'
  if (status === 429) return 'shared.cause_busy'
  if (error instanceof ApiProblem && error.code === 'address_elsewhere') return 'shared.cause_elsewhere'
  return status >= 500 ? 'shared.cause_fault' : 'shared.cause_refused'
}
