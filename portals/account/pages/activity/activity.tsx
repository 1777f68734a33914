/** What happened to the account: a timeline by day, the newest first, with a way out for who did not do it. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { causeOf } from '../../../shared/components/fault.tsx'
import { useClock } from '../../../shared/components/moment.tsx'
import { Loaded, Page } from '../../../shared/components/page.tsx'
import { SkeletonLines } from '../../../shared/components/skeleton.tsx'
import { useActivity } from '../../profile.ts'
import { useSay } from '../../texts/texts.ts'
import classes from './activity.module.css'
import { GROUPS, type Group, kindsOf } from './kinds.ts'
import { Timeline } from './timeline.tsx'

/** Draws it. */
export function Activity() {
  const say = useSay()
  const clock = useClock()
  const [group, setGroup] = useState<Group>()
  const activity = useActivity(kindsOf(group))
  return (
    <Page title={say('nav.activity')} lead={say('activity.lead', { zone: clock.zone })}>
      <Filter group={group} onChoose={setGroup} />
      <Loaded query={activity} what={say('activity.what')} skeleton={<SkeletonLines count={6} />}>
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.activity)
          return entries.length === 0 ? <Nothing isFiltered={group !== undefined} /> : <Timeline entries={entries} />
        }}
      </Loaded>
      <More activity={activity} />
      <p className={classes.after}>
        {say('activity.not_me')} <Link to="/security">{say('activity.not_me_act')}</Link>
      </p>
    </Page>
  )
}

function Filter({ group, onChoose }: { group: Group | undefined; onChoose: (group: Group | undefined) => void }) {
  const say = useSay()
  return (
    <fieldset className={classes.filter}>
      <legend className="unseen">{say('activity.filter')}</legend>
      {[undefined, ...GROUPS].map((one) => (
        <label key={one ?? 'all'}>
          <input type="radio" name="group" checked={one === group} onChange={() => onChoose(one)} />
          <span>{say(`activity.group_${one ?? 'all'}`)}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const say = useSay()
  return (
    <div className={classes.nothing} role="status">
      <h2>{say('activity.none')}</h2>
      <p>{say(isFiltered ? 'activity.none_of_these' : 'activity.none_yet')}</p>
    </div>
  )
}

function More({ activity }: { activity: ReturnType<typeof useActivity> }) {
  const say = useSay()
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, error, fetchNextPage } = activity
  if (!hasNextPage) return null
  return (
    <div className={classes.more}>
      <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {say('activity.more')}
      </Button>
      {isFetchNextPageError && <p role="alert">{say(causeOf(error))}</p>}
    </div>
  )
}
