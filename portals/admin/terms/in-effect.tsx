import { Moment } from '../../shared/components/moment.tsx'
import { Status } from '../../shared/components/status.tsx'
import type { Terms } from '../api/types.ts'
import { useSay } from '../texts/texts.ts'

/** Since when the newest version is in effect, or from when on it will be. */
export function InEffect({ terms: { latest, retired } }: { terms: Terms }) {
  const say = useSay()
  if (!latest) return <Status state="waiting">{say('terms.unpublished')}</Status>
  if (retired) return <Status state="stopped">{say('terms.retired')}</Status>
  const isLater = Date.parse(latest.effective_at) > Date.now()
  return (
    <Status state={isLater ? 'waiting' : 'ok'}>
      <span>
        {say(isLater ? 'terms.from' : 'terms.since')} <Moment at={latest.effective_at} isDay />
      </span>
    </Status>
  )
}
