/** What the person has said, the newest first; each leads to the text to which it was said. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { causeOf } from '../../../shared/components/fault.tsx'
import { Moment } from '../../../shared/components/moment.tsx'
import { Loaded } from '../../../shared/components/page.tsx'
import { RecordSection, Row, Rows } from '../../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../../shared/components/skeleton.tsx'
import type { Acceptance } from '../../api.ts'
import type { useHistory } from '../../terms.ts'
import { useSay } from '../../texts/texts.ts'
import classes from './privacy.module.css'
import { VersionReading } from './reading.tsx'

/** Draws it. */
export function HistorySection({ history }: { history: ReturnType<typeof useHistory> }) {
  const say = useSay()
  return (
    <RecordSection title={say('privacy.history')} note={say('privacy.history_note')}>
      <Loaded query={history} what={say('privacy.history')} skeleton={<SkeletonLines count={3} />}>
        {({ pages }) => {
          const said = pages.flatMap((page) => page.acceptances)
          if (said.length === 0) return <p className={classes.none}>{say('privacy.no_history')}</p>
          return (
            <Rows>
              {said.map((one) => (
                <SaidRow key={one.id} acceptance={one} />
              ))}
            </Rows>
          )
        }}
      </Loaded>
      <Older history={history} />
    </RecordSection>
  )
}

function SaidRow({ acceptance }: { acceptance: Acceptance }) {
  const say = useSay()
  const [isReading, setReading] = useState(false)
  const { title, version, outcome, organization, language, created_at: at } = acceptance
  return (
    <Row
      title={
        <button
          type="button"
          className={classes.read}
          aria-label={say('privacy.read_version', { version, title })}
          onClick={() => setReading(true)}
        >
          <bdi lang={language}>{title}</bdi>
        </button>
      }
      note={
        <>
          {say(`privacy.outcome_${outcome}`)}
          {' · '}
          {say('privacy.version', { version })}
          {organization && (
            <>
              {' · '}
              <bdi>{organization.name}</bdi>
            </>
          )}
          <VersionReading acceptance={acceptance} isOpen={isReading} onClose={() => setReading(false)} />
        </>
      }
      time={<Moment at={at} />}
    />
  )
}

function Older({ history }: { history: ReturnType<typeof useHistory> }) {
  const say = useSay()
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, error, fetchNextPage } = history
  if (!hasNextPage) return null
  return (
    <div className={classes.more}>
      <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {say('privacy.older')}
      </Button>
      {isFetchNextPageError && <p role="alert">{say(causeOf(error))}</p>}
    </div>
  )
}
