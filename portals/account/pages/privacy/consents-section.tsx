/** Consents: given and withdrawn by the same tap. */
import { MessageCircle } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { Moment, useClock } from '../../../shared/components/moment.tsx'
import { Row } from '../../../shared/components/record-section.tsx'
import { Status } from '../../../shared/components/status.tsx'
import { Switch } from '../../../shared/components/switch.tsx'
import { dateOf } from '../../../shared/time.ts'
import type { OwnTerms } from '../../api.ts'
import { useSay } from '../../texts/texts.ts'
import { AskedSection } from './asked-section.tsx'
import classes from './privacy.module.css'
import { TermsReading } from './reading.tsx'
import { Versions, WhatsNew } from './terms-words.tsx'
import { useAnswer } from './use-answer.ts'

/** Draws it. */
export function ConsentsSection({ consents }: { consents: readonly OwnTerms[] }) {
  const say = useSay()
  return (
    <AskedSection
      title={say('privacy.consents')}
      note={say('privacy.consents_note')}
      none={say('privacy.no_consents')}
      asked={consents}
    >
      {(one) => <ConsentRow key={one.id} consent={one} />}
    </AskedSection>
  )
}

function ConsentRow({ consent }: { consent: OwnTerms }) {
  const say = useSay()
  const id = useId()
  const [isReading, setReading] = useState(false)
  const reader = useRef<HTMLButtonElement>(null)
  const { isBusy, answer } = useAnswer(consent)
  const { title, language, status } = consent
  const turn = (isGiven: boolean) => answer(isGiven, isGiven ? 'privacy.said_given' : 'privacy.said_withdrawn')
  const isGivenBefore = status === 'pending' && consent.answer === 'accepted'
  const withdraw = async () => {
    await turn(false)
    // The button that had the focus is gone.
    reader.current?.focus()
  }
  return (
    <Row
      isTall
      icon={<MessageCircle aria-hidden />}
      title={
        <bdi id={id} lang={language}>
          {title}
        </bdi>
      }
      note={
        <>
          <Versions terms={consent} />
          <Standing consent={consent} />
          {status === 'pending' && <WhatsNew terms={consent} />}
          <div className={classes.acts}>
            <button
              ref={reader}
              type="button"
              className={classes.read}
              aria-label={say('privacy.read_of', { title })}
              onClick={() => setReading(true)}
            >
              {say('privacy.read')}
            </button>
            {isGivenBefore && (
              <button
                type="button"
                className={classes.read}
                aria-label={say('privacy.withdraw_of', { title })}
                onClick={() => !isBusy && withdraw()}
              >
                {say('privacy.withdraw')}
              </button>
            )}
          </div>
          <TermsReading terms={consent} isOpen={isReading} onClose={() => setReading(false)} />
        </>
      }
      act={<Switch isOn={status === 'accepted'} isBusy={isBusy} labelledBy={id} onTurn={turn} />}
    />
  )
}

/** TABLE: what is said of an answer, before its day. */
const ANSWERS = {
  accepted: 'privacy.given_on',
  declined: 'privacy.declined_on',
  withdrawn: 'privacy.withdrawn_on',
} as const

function Standing({ consent }: { consent: OwnTerms }) {
  const say = useSay()
  const clock = useClock()
  const { status, answer, answered_at: at, answered_version: version = 0 } = consent
  if (status === 'pending' || !at) {
    return (
      <>
        <p>
          <Status state="waiting">{say('privacy.not_decided')}</Status>
        </p>
        {answer === 'accepted' && at && <p>{say('privacy.given_before', { version, day: dateOf(at, clock) })}</p>}
      </>
    )
  }
  const words = (
    <span>
      {say(ANSWERS[status])} <Moment at={at} isDay />
    </span>
  )
  return <p>{status === 'accepted' ? <Status state="ok">{words}</Status> : words}</p>
}
