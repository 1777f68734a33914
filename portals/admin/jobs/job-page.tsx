/** One import or export: how far it is, what came of it, its files, and the way to stop it. */
import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiProblem } from '../../shared/api-client.ts'
import { Confirm } from '../../shared/components/confirm.tsx'
import { Moment } from '../../shared/components/moment.tsx'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { useMay } from '../access.ts'
import { jobs } from '../api/api.ts'
import type { Job } from '../api/types.ts'
import { useAct } from '../member/use-act.ts'
import { Banner } from '../pieces/banner.tsx'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { useSay } from '../texts/texts.ts'
import { useNumber } from '../use-number.ts'
import './add-texts.ts'
import { saveExport, saveRows } from './files.ts'
import { isActive, jobWordsOf, kindOf, useFailedRows, useJob } from './job.ts'
import { FailedRows, JobStatus } from './job-parts.tsx'
import classes from './jobs.module.css'

/** Draws it. */
export function JobPage() {
  const say = useSay()
  return (
    <Guarded title={say('nav.jobs')} rights={['read:users']}>
      <OneJob />
    </Guarded>
  )
}

function OneJob() {
  const say = useSay()
  const { jobId } = useParams({ strict: false }) as { jobId: string }
  const query = useJob(jobId)
  if (query.error instanceof ApiProblem && MISSING.has(query.error.status)) return <NoJob />
  const title = query.data ? say(kindOf(query.data)) : say('jobs.one')
  return (
    <Page
      title={title}
      lead={<Link to="/jobs">{say('jobs.back')}</Link>}
      acts={query.data && <Acts job={query.data} />}
    >
      <div className={classes.list}>
        <Loaded query={query} what={say('jobs.what_single')} skeleton={<SkeletonLines count={5} />}>
          {(job) => <Facts job={job} />}
        </Loaded>
      </div>
    </Page>
  )
}

/** What the API answers for a job that is not there, and for an address that never was one. */
const MISSING: ReadonlySet<number> = new Set([400, 404])

function NoJob() {
  const say = useSay()
  return (
    <Page title={say('jobs.missing_title')}>
      <EmptyPage title={say('jobs.missing')} text={say('jobs.missing_text')}>
        <Link to="/jobs">{say('jobs.back')}</Link>
      </EmptyPage>
    </Page>
  )
}

function Facts({ job }: { job: Job }) {
  const say = useSay()
  const format = useNumber()
  const failed = useFailedRows(job)
  const { summary, connection, started_by: by, created_at: at, status_details: details } = job
  const facts: [string, React.ReactNode][] = [
    [say('members.status'), <JobStatus key="state" job={job} />],
    ...(connection ? ([[say('jobs.into'), connection]] as [string, React.ReactNode][]) : []),
    [say('jobs.by'), by?.name ?? say('jobs.somebody')],
    [say('jobs.at'), <Moment key="at" at={at} />],
    ...(summary
      ? (['total', 'inserted', 'updated', 'failed'] as const).map((name): [string, React.ReactNode] => [
          say(`jobs.count_${name}`),
          format(summary[name]),
        ])
      : []),
  ]
  return (
    <>
      {details && (
        <Banner tone="warn">
          <span lang="en">{details}</span>
        </Banner>
      )}
      {isActive(job) && <Banner tone="note">{say('jobs.safe')}</Banner>}
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {failed.data && failed.data.length > 0 && (
        <div className={classes.section}>
          <h2>{say('jobs.failed_rows')}</h2>
          {(summary?.failed ?? 0) > failed.data.length && (
            <p>{say('jobs.first_rows', { count: failed.data.length })}</p>
          )}
          <FailedRows job={job} rows={failed.data} />
        </div>
      )}
    </>
  )
}

function Acts({ job }: { job: Job }) {
  const say = useSay()
  const may = useMay()
  const [isAsking, setAsking] = useState(false)
  const { isBusy, act } = useAct('jobs', 'job')
  const isImport = job.type === 'users_import'
  const save = async (work: Promise<void>) => {
    try {
      await work
    } catch (error) {
      showToast({ text: say(jobWordsOf(error)), isProblem: true })
    }
  }
  const cancel = async () => {
    await act(() => jobs.cancel(job.id), { text: say('jobs.cancelled') })
    setAsking(false)
  }
  return (
    <>
      {isImport && !isActive(job) && (job.summary?.failed ?? 0) > 0 && (
        <Button onClick={() => void save(saveRows(job, say, 'failed'))}>{say('jobs.save_failed')}</Button>
      )}
      {isImport && !isActive(job) && (job.summary?.total ?? 0) > 0 && (
        <Button onClick={() => void save(saveRows(job, say))}>{say('jobs.save_rows')}</Button>
      )}
      {!isImport && job.status === 'completed' && (
        <Button variant="filled" onClick={() => void save(saveExport(job.id))}>
          {say('jobs.download')}
        </Button>
      )}
      {isActive(job) && may(isImport ? 'create:users' : 'read:users') && (
        <Button variant="danger" onClick={() => setAsking(true)}>
          {say('jobs.cancel')}
        </Button>
      )}
      <Confirm
        isOpen={isAsking}
        question={say('jobs.cancel_ask')}
        effect={say('jobs.cancel_effect')}
        act={say('jobs.cancel_act')}
        isBusy={isBusy}
        onConfirm={() => void cancel()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
