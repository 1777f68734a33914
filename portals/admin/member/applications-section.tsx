/** The applications that members use, each open to this one or closed. */
import { Button, Textarea } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Confirm } from '../../shared/components/confirm.tsx'
import { Moment } from '../../shared/components/moment.tsx'
import { Loaded } from '../../shared/components/page.tsx'
import { RecordSection, Row, Rows } from '../../shared/components/record-section.tsx'
import { Status } from '../../shared/components/status.tsx'
import { users } from '../api/api.ts'
import type { ApplicationAccess, Member } from '../api/types.ts'
import { nameOf, useOrganizationName } from '../data.ts'
import { useSay } from '../texts/texts.ts'
import { useMemberRights } from './acts.tsx'
import './add-texts.ts'
import classes from './member.module.css'
import { useAct } from './use-act.ts'

/** So many are shown at first, and those that are closed. */
const SHOWN = 20

/** Draws it; nothing until it is known that there are any. */
export function ApplicationsSection({ member }: { member: Member }) {
  const say = useSay()
  const organization = useOrganizationName()
  const { user_id: id } = member
  const [isAll, setAll] = useState(false)
  const query = useQuery({
    queryKey: ['application-access', id],
    queryFn: () => users.applications(id).then(({ applications }) => applications),
  })
  if (!query.error && !query.data?.length) return null
  return (
    <RecordSection title={say('application_access.title')} note={say('application_access.note', { organization })}>
      <Loaded query={query} what={say('application_access.what')} skeleton={null}>
        {(list) => {
          const shown = isAll ? list : list.filter(({ closed }, at) => closed || at < SHOWN)
          return (
            <>
              <Rows>
                {shown.map((one) => (
                  <ApplicationRow key={one.client_id} application={one} member={member} />
                ))}
              </Rows>
              {shown.length < list.length && (
                <div className={classes.under}>
                  <Button onClick={() => setAll(true)}>{say('application_access.all', { count: list.length })}</Button>
                </div>
              )}
            </>
          )
        }}
      </Loaded>
    </RecordSection>
  )
}

type OfOne = { application: ApplicationAccess; member: Member }

function ApplicationRow({ application, member }: OfOne) {
  const say = useSay()
  const rights = useMemberRights(member)
  const { isBusy, act } = useAct('application-access', 'member-logs', 'logs')
  const [isAsking, setAsking] = useState(false)
  const { client_id: clientId, name, closed, closed_at: since, reason } = application
  const words = { application: name, name: nameOf(member) }
  const reopen = () =>
    act(() => users.changeApplication(member.user_id, clientId, { closed: false }), {
      text: say('application_access.reopen_done', words),
    })
  const kind = closed ? 'reopen' : 'close'
  return (
    <Row
      title={<bdi>{name}</bdi>}
      note={
        <>
          <Status state={closed ? 'stopped' : 'ok'}>
            <span>
              {say(closed ? 'application_access.closed' : 'application_access.open')}
              {since && (
                <>
                  {' '}
                  {say('application_access.since')} <Moment at={since} isDay />
                </>
              )}
            </span>
          </Status>
          {reason && (
            <div>
              <bdi>{reason}</bdi>
            </div>
          )}
        </>
      }
      act={
        rights.block && (
          <>
            <Button
              loading={isBusy}
              onClick={() => (closed ? void reopen() : setAsking(true))}
              aria-label={say(`application_access.${kind}_named`, words)}
            >
              {say(`application_access.${kind}`)}
            </Button>
            <CloseDialog application={application} member={member} isOpen={isAsking} onClose={() => setAsking(false)} />
          </>
        )
      }
    />
  )
}

function CloseDialog({ application, member, isOpen, onClose }: OfOne & { isOpen: boolean; onClose: () => void }) {
  const say = useSay()
  const organization = useOrganizationName()
  const { isBusy, act } = useAct('application-access', 'member-logs', 'logs')
  const [reason, setReason] = useState('')
  const words = { application: application.name, name: nameOf(member) }
  const close = async () => {
    const why = reason.trim()
    const change = { closed: true, ...(why ? { reason: why } : {}) }
    const isDone = await act(() => users.changeApplication(member.user_id, application.client_id, change), {
      text: say('application_access.close_done', words),
    })
    if (isDone) setReason('')
    onClose()
  }
  return (
    <Confirm
      isOpen={isOpen}
      question={say('application_access.close_ask', words)}
      effect={say('application_access.close_effect', { organization })}
      act={say('application_access.close_act')}
      isBusy={isBusy}
      onConfirm={() => void close()}
      onClose={onClose}
    >
      <Textarea
        label={say('application_access.reason')}
        description={say('application_access.reason_note')}
        rows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Confirm>
  )
}
