/** Imports and exports: what goes on, what came of it, by whom and when; and the ways to start one. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { FileDown, FileUp } from 'lucide-react'
import { Moment } from '../../shared/components/moment.tsx'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { useMay } from '../access.ts'
import type { Job } from '../api/types.ts'
import { useOrganizationName } from '../data.ts'
import { type Column, DataTable } from '../pieces/data-table.tsx'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { useQueryState } from '../search.ts'
import { useSay } from '../texts/texts.ts'
import './add-texts.ts'
import { kindOf, useJobs } from './job.ts'
import { Counts, JobStatus } from './job-parts.tsx'
import classes from './jobs.module.css'
import { StartExport } from './start-export.tsx'
import { StartImport } from './start-import.tsx'

/** Draws them. */
export function Jobs() {
  const say = useSay()
  return (
    <Guarded title={say('nav.jobs')} rights={['read:users']}>
      <JobsPage />
    </Guarded>
  )
}

function JobsPage() {
  const say = useSay()
  const may = useMay()
  const organization = useOrganizationName()
  const [values, change] = useQueryState()
  const list = useJobs(values.from)
  const close = () => change({ start: undefined }, { replace: true })
  const mayImport = may('create:users')
  const buttons = (
    <>
      <Button leftSection={<FileDown aria-hidden />} onClick={() => change({ start: 'export' })}>
        {say('jobs.start_export')}
      </Button>
      {mayImport && (
        <Button variant="filled" leftSection={<FileUp aria-hidden />} onClick={() => change({ start: 'import' })}>
          {say('jobs.start_import')}
        </Button>
      )}
    </>
  )
  return (
    <Page title={say('nav.jobs')} lead={say('jobs.lead', { organization })} acts={buttons}>
      {values.start === 'export' && <StartExport onClose={close} />}
      {mayImport && values.start === 'import' && <StartImport onClose={close} />}
      <div className={classes.list}>
        <Loaded query={list} what={say('jobs.what')} skeleton={<SkeletonLines count={5} />}>
          {({ jobs, next }) =>
            jobs.length === 0 ? (
              <EmptyPage title={say('jobs.none')} text={say('jobs.none_text')} />
            ) : (
              <>
                <JobTable rows={jobs} />
                <nav className={classes.turn} aria-label={say('jobs.pages')}>
                  {values.from && <Button onClick={() => change({ from: undefined })}>{say('jobs.newest')}</Button>}
                  {next && <Button onClick={() => change({ from: next })}>{say('jobs.older')}</Button>}
                </nav>
              </>
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}

function JobTable({ rows }: { rows: readonly Job[] }) {
  const say = useSay()
  const who = ({ started_by: by }: Job) => by?.name ?? say('jobs.somebody')
  const columns: Column<Job>[] = [
    { id: 'kind', name: say('jobs.kind'), cell: (job) => <JobLink job={job} /> },
    { id: 'state', name: say('members.status'), cell: (job) => <JobStatus job={job} /> },
    { id: 'counts', name: say('jobs.counts'), cell: (job) => <Counts job={job} /> },
    { id: 'by', name: say('jobs.by'), quiet: true, cell: who },
    { id: 'at', name: say('jobs.at'), end: true, cell: ({ created_at: at }) => <Moment at={at} /> },
  ]
  return (
    <DataTable<Job>
      name={say('nav.jobs')}
      rows={rows}
      columns={columns}
      idOf={({ id }) => id}
      nameOf={(job) => say(kindOf(job))}
      card={(job) => (
        <div className={classes.card}>
          <JobLink job={job} />
          <JobStatus job={job} />
          <Counts job={job} />
          <span className={classes.quiet}>
            {who(job)} · <Moment at={job.created_at} />
          </span>
        </div>
      )}
    />
  )
}

function JobLink({ job }: { job: Job }) {
  const say = useSay()
  return (
    <Link to="/jobs/$jobId" params={{ jobId: job.id }} className={classes.name}>
      {say(kindOf(job))}
      {job.connection && <small>{job.connection}</small>}
    </Link>
  )
}
