/** What is said of terms and consents alike. */
import { useClock } from '../../../shared/components/moment.tsx'
import { dateOf } from '../../../shared/time.ts'
import type { OwnTerms } from '../../api.ts'
import { useSay } from '../../texts/texts.ts'

/** Whose they are, which version it is, and since when it is in effect. */
export function Versions({ terms }: { terms: Pick<OwnTerms, 'organization' | 'version' | 'effective_at'> }) {
  const say = useSay()
  const clock = useClock()
  const { organization, version, effective_at: since } = terms
  return (
    <p>
      {organization && (
        <>
          <bdi>{organization.name}</bdi>
          {' · '}
        </>
      )}
      {say('privacy.since', { version, day: dateOf(since, clock) })}
    </p>
  )
}

/** What differs from the version to which something was said, where there is one. */
export function WhatsNew({ terms: { answered_version: former, version, summary, language } }: { terms: OwnTerms }) {
  const say = useSay()
  if (!summary || former === undefined || former >= version) return null
  return (
    <p>
      <strong>{say('privacy.whats_new')}</strong> <span lang={language}>{summary}</span>
    </p>
  )
}
