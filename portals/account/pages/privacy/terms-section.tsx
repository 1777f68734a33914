/** Terms without which nobody gets in: how each stands, and accepting it. */
import { Button } from '@mantine/core'
import { FileText } from 'lucide-react'
import { useRef, useState } from 'react'
import { Moment, useClock } from '../../../shared/components/moment.tsx'
import { Row } from '../../../shared/components/record-section.tsx'
import { Status } from '../../../shared/components/status.tsx'
import { dateOf } from '../../../shared/time.ts'
import type { OwnTerms } from '../../api.ts'
import { isDue, isStillRequired } from '../../terms.ts'
import { useSay } from '../../texts/texts.ts'
import { AskedSection } from './asked-section.tsx'
import classes from './privacy.module.css'
import { TermsReading } from './reading.tsx'
import { Versions, WhatsNew } from './terms-words.tsx'
import { useAnswer } from './use-answer.ts'

/** Draws it. */
export function TermsSection({ terms }: { terms: readonly OwnTerms[] }) {
  const say = useSay()
  return (
    <AskedSection
      title={say('privacy.terms')}
      note={say('privacy.terms_note')}
      none={say('privacy.no_terms')}
      asked={terms}
    >
      {(one) => <TermsRow key={one.id} terms={one} />}
    </AskedSection>
  )
}

function TermsRow({ terms }: { terms: OwnTerms }) {
  const say = useSay()
  const [isReading, setReading] = useState(false)
  const reader = useRef<HTMLButtonElement>(null)
  const { isBusy, answer } = useAnswer(terms)
  const { title, language } = terms
  const isOpen = isStillRequired(terms)
  const accept = async () => {
    await answer(true, 'privacy.said_accepted_terms')
    setReading(false)
    // The button that had the focus is gone.
    reader.current?.focus()
  }
  return (
    <Row
      isTall
      icon={<FileText aria-hidden />}
      {...(isOpen ? { tone: 'warn' } : {})}
      title={<bdi lang={language}>{title}</bdi>}
      note={
        <>
          <Versions terms={terms} />
          <Standing terms={terms} />
          {isOpen && <WhatsNew terms={terms} />}
          <button
            ref={reader}
            type="button"
            className={classes.read}
            aria-label={say('privacy.read_of', { title })}
            onClick={() => setReading(true)}
          >
            {say('privacy.read')}
          </button>
          <TermsReading
            terms={terms}
            isOpen={isReading}
            onClose={() => setReading(false)}
            act={
              isOpen && (
                <Button variant="filled" loading={isBusy} onClick={accept}>
                  {say('privacy.accept')}
                </Button>
              )
            }
          />
        </>
      }
      act={
        isOpen && (
          <Button loading={isBusy} onClick={accept} aria-label={say('privacy.accept_of', { title })}>
            {say('privacy.accept')}
          </Button>
        )
      }
    />
  )
}

function Standing({ terms }: { terms: OwnTerms }) {
  const say = useSay()
  const clock = useClock()
  const { status, answer, answered_at: at, answered_version: version = 0, deadline_at: deadline } = terms
  if (status === 'accepted') {
    return (
      <p>
        <Status state="ok">
          <span>
            {say('privacy.accepted_on')} {at && <Moment at={at} isDay />}
          </span>
        </Status>
      </p>
    )
  }
  return (
    <>
      <p>
        <Status state="unverified">
          <span>
            {status === 'declined' && at ? (
              <>
                {say('privacy.declined_on')} <Moment at={at} isDay />
              </>
            ) : (
              say('privacy.not_accepted')
            )}
          </span>
        </Status>
      </p>
      <p>{isDue(terms) ? say('privacy.due') : say('privacy.until', { day: dateOf(deadline, clock) })}</p>
      {answer === 'accepted' && at && <p>{say('privacy.accepted_before', { version, day: dateOf(at, clock) })}</p>}
    </>
  )
}
