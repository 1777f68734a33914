/** An import: a file and where it goes, a trial that changes nothing, and then the import itself. */
import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { FormFoot } from '../../shared/components/form-foot.tsx'
import { FormPanel } from '../../shared/components/form-panel.tsx'
import { Loaded } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { useMay } from '../access.ts'
import { jobs } from '../api/api.ts'
import type { Job, OwnConnection } from '../api/types.ts'
import { refresh, useOwnConnections } from '../data.ts'
import { ActPanel } from '../pieces/act-panel.tsx'
import { Banner } from '../pieces/banner.tsx'
import choices from '../pieces/choices.module.css'
import { FileDrop } from '../pieces/file-drop.tsx'
import { useSay } from '../texts/texts.ts'
import { importFileOf, isWorkbook } from './file-rows.ts'
import { isActive, jobWordsOf, useFailedRows, useJob } from './job.ts'
import { Counts, FailedRows, JobStatus } from './job-parts.tsx'
import classes from './jobs.module.css'
import { rowsName } from './row-numbers.ts'

/** Draws it. */
export function StartImport({ onClose }: { onClose: () => void }) {
  const say = useSay()
  const connections = useOwnConnections()
  return (
    <ActPanel title={say('jobs.start_import')}>
      <Loaded query={connections} what={say('jobs.connections')} skeleton={<SkeletonLines count={3} />}>
        {([first, ...rest]) =>
          first ? (
            <ImportForm connections={[first, ...rest]} onClose={onClose} />
          ) : (
            <>
              <Banner tone="note">{say('jobs.no_connection')}</Banner>
              <Button variant="subtle" onClick={onClose}>
                {say('shared.close')}
              </Button>
            </>
          )
        }
      </Loaded>
    </ActPanel>
  )
}

/** TABLE: columns that a file may have, and the usual ones are named. */
const COLUMNS = ['email', 'username', 'name', 'given_name', 'family_name', 'locale'] as const

function ImportForm({
  connections,
  onClose,
}: {
  connections: readonly [OwnConnection, ...OwnConnection[]]
  onClose: () => void
}) {
  const say = useSay()
  const may = useMay()
  const [file, setFile] = useState<File>()
  const [connectionId, setConnectionId] = useState(connections[0].id)
  const [isUpsert, setUpsert] = useState(false)
  const { username = 'inactive' } = connections.find(({ id }) => id === connectionId) ?? {}
  const columns = COLUMNS.filter((name) => name !== 'username' || username !== 'inactive')
  const { trialId, isBusy, send, reset } = useImport()
  const trial = useJob(trialId)
  const isChecked = trial.data !== undefined && !isActive(trial.data)
  const good = trial.data?.summary ? trial.data.summary.inserted + trial.data.summary.updated : 0
  const submit = () => {
    if (file) void send({ file, connectionId, isUpsert, isTrial: !isChecked })
  }
  return (
    <FormPanel
      columns={1}
      problems={[]}
      onSubmit={submit}
      foot={
        <FormFoot>
          {isChecked && (
            <Button variant="subtle" onClick={reset}>
              {say('jobs.other_file')}
            </Button>
          )}
          <Button variant="subtle" onClick={onClose}>
            {say('shared.cancel')}
          </Button>
          <Button
            type="submit"
            variant="filled"
            loading={isBusy || (trialId !== undefined && !isChecked)}
            disabled={isChecked ? good === 0 : !file || isWorkbook(file)}
          >
            {isChecked ? say('jobs.import_act', { count: good }) : say('jobs.check')}
          </Button>
        </FormFoot>
      }
    >
      {trialId === undefined ? (
        <>
          <FileDrop
            words={say('jobs.drop', { columns: columns.join(', ') })}
            accept=".csv,.tsv,.json,.jsonl,.ndjson"
            onFile={setFile}
          >
            <p role="status">{file && <strong>{file.name}</strong>}</p>
          </FileDrop>
          {username === 'required' && <p className={classes.quiet}>{say('jobs.needs_username')}</p>}
          {file && isWorkbook(file) && <Banner tone="warn">{say('jobs.workbook')}</Banner>}
          {connections.length > 1 && (
            <fieldset className={choices.choices}>
              <legend>{say('jobs.into')}</legend>
              {connections.map(({ id, name }) => (
                <label key={id}>
                  <input
                    type="radio"
                    name="connection"
                    checked={id === connectionId}
                    onChange={() => setConnectionId(id)}
                  />
                  {name}
                </label>
              ))}
            </fieldset>
          )}
          {may('update:users') && (
            <label className={choices.check}>
              <input type="checkbox" checked={isUpsert} onChange={(event) => setUpsert(event.currentTarget.checked)} />
              {say('jobs.upsert')}
            </label>
          )}
          <p className={classes.quiet}>{say('jobs.no_mail')}</p>
        </>
      ) : (
        <Trial job={trial.data} />
      )}
    </FormPanel>
  )
}

/** The trial, and what is sent after it. */
function useImport() {
  const say = useSay()
  const navigate = useNavigate()
  const [trialId, setTrialId] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const send = async ({ file, connectionId, isUpsert, isTrial }: Sent) => {
    setBusy(true)
    try {
      const form = new FormData()
      form.set('connection_id', connectionId)
      form.set('upsert', String(isUpsert))
      form.set('dry_run', String(isTrial))
      const { people, rows } = await importFileOf(file)
      const name = rows && rowsName(rows)
      if (name !== undefined) form.set('external_id', name)
      // The file comes last: what stands behind it is not read.
      form.set('users', people, 'users.json')
      const { id } = await jobs.importUsers(form)
      await refresh('jobs')
      if (isTrial) setTrialId(id)
      else await navigate({ to: '/jobs/$jobId', params: { jobId: id } })
    } catch (error) {
      showToast({ text: say(jobWordsOf(error)), isProblem: true })
    } finally {
      setBusy(false)
    }
  }
  return { trialId, isBusy, send, reset: () => setTrialId(undefined) }
}

type Sent = { file: File; connectionId: string; isUpsert: boolean; isTrial: boolean }

function Trial({ job }: { job: Job | undefined }) {
  const say = useSay()
  const failed = useFailedRows(job)
  if (!job) return <SkeletonLines count={3} />
  return (
    <div role="status" className={classes.trial}>
      <JobStatus job={job} />
      {isActive(job) ? <p>{say('jobs.checking')}</p> : <Counts job={job} />}
      {job.status_details && (
        <Banner tone="warn">
          <span lang="en">{job.status_details}</span>
        </Banner>
      )}
      {failed.data && failed.data.length > 0 && <FailedRows job={job} rows={failed.data} />}
    </div>
  )
}
