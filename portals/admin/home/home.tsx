/** The first page: how the organization stands, who signed in when, what is left to set up, and what was done last. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { UserPlus } from 'lucide-react'
import { Moment, useClock } from '../../shared/components/moment.tsx'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { dayHeading } from '../../shared/time.ts'
import { useMay } from '../access.ts'
import type { Summary } from '../api/types.ts'
import { useLogs, useNames, useOrganizationName, useSummary } from '../data.ts'
import { EntrySentence, idsOf } from '../pieces/entry-sentence.tsx'
import { useSay } from '../texts/texts.ts'
import { useNumber } from '../use-number.ts'
import classes from './home.module.css'
import { SetUp } from './set-up.tsx'
import { SignInBars } from './sign-in-bars.tsx'

const LAST_ACTS = 5

/** Draws it. */
export function Home() {
  const say = useSay()
  const may = useMay()
  const organization = useOrganizationName()
  const summary = useSummary()
  const clock = useClock()
  const seesFigures = may('read:organization_members') && may('read:stats')
  return (
    <Page
      title={organization || say('nav.home')}
      lead={dayHeading(new Date().toISOString(), clock)}
      acts={
        may('create:organization_invitations') && (
          <Button
            variant="filled"
            leftSection={<UserPlus aria-hidden />}
            renderRoot={(props) => <Link to="/invitations" search={{ invite: 'one' } as never} {...props} />}
          >
            {say('members.invite')}
          </Button>
        )
      }
    >
      {seesFigures && (
        <Loaded query={summary} what={say('home.figures')} skeleton={<SkeletonLines count={6} />}>
          {(summary) => (
            <>
              <Figures summary={summary} />
              <SignInBars days={summary.sign_ins} />
            </>
          )}
        </Loaded>
      )}
      <div className={classes.columns}>
        {may('update:organizations', 'create:organization_invitations') && summary.data && (
          <SetUp summary={summary.data} />
        )}
        {may('read:logs', 'read:logs_users') && <LastActs />}
      </div>
    </Page>
  )
}

function Figures({ summary }: { summary: Summary }) {
  const say = useSay()
  const format = useNumber()
  const { members, active_30_days: active, open_invitations: open, blocked, unverified, with_factor: factor } = summary
  const share = (count: number) => (members > 0 ? `${Math.round((count / members) * 100)} %` : '')
  const figures = [
    { label: say('nav.members'), value: members, to: '/members', search: {} },
    { label: say('home.active'), value: active, note: share(active), to: '/members', search: { seen: 'month' } },
    ...(factor === undefined ? [] : [{ label: say('home.factor'), value: factor, note: share(factor) }]),
    { label: say('home.open'), value: open, to: '/invitations', search: {} },
    { label: say('home.unverified'), value: unverified, to: '/members', search: { status: 'unverified' } },
    { label: say('status.blocked'), value: blocked, to: '/members', search: { status: 'blocked' } },
  ]
  return (
    <dl className={classes.figures}>
      {figures.map(({ label, value, note, to, search }) => (
        <div key={label}>
          <dt>
            {to ? (
              <Link to={to} search={search as never}>
                {label}
              </Link>
            ) : (
              label
            )}
          </dt>
          <dd>
            <strong>{format(value)}</strong>
            {note && <span>{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function LastActs() {
  const say = useSay()
  const entries = useLogs({ q: 'type:sapi', page: 0, perPage: LAST_ACTS })
  const names = useNames((entries.data?.logs ?? []).flatMap(idsOf))
  return (
    <section aria-labelledby="last-acts">
      <div className={classes.head}>
        <h2 id="last-acts">{say('home.last_acts')}</h2>
        <Link to="/activity" search={{ kind: 'change' } as never}>
          {say('home.all_activity')}
        </Link>
      </div>
      <Loaded query={entries} what={say('home.last_acts')} skeleton={<SkeletonLines count={4} />}>
        {({ logs }) =>
          logs.length === 0 ? (
            <p className={classes.none}>{say('home.no_acts')}</p>
          ) : (
            <ol className={classes.acts}>
              {logs.map((entry) => (
                <li key={entry.log_id}>
                  <span className={`mono ${classes.when}`}>
                    <Moment at={entry.date} />
                  </span>
                  <span className={classes.what}>
                    <EntrySentence entry={entry} names={names} />
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </section>
  )
}
