/** How a member gets in: what was sent, where the member is signed in, what keeps the member out, until when, and to what. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { userAgentFamilies } from '../../../server/logs/user-agent.ts'
import { DeviceIcon, useDeviceName } from '../../shared/components/device.tsx'
import { Moment, useClock } from '../../shared/components/moment.tsx'
import { Loaded } from '../../shared/components/page.tsx'
import { RecordSection, Row, Rows } from '../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { dayIn, endOfDay } from '../../shared/days.ts'
import { FieldGroup } from '../../shared/fields/field-group.tsx'
import { useMay, useOrganizationId } from '../access.ts'
import { organizations, users } from '../api/api.ts'
import type { Member, MemberSession } from '../api/types.ts'
import { refresh, useOrganizationName } from '../data.ts'
import { useSay } from '../texts/texts.ts'
import { ResetButton, useMemberRights } from './acts.tsx'
import { ApplicationsSection } from './applications-section.tsx'
import { SignOutDialog, useSessions } from './dialogs.tsx'
import classes from './member.module.css'
import { useAct } from './use-act.ts'

/** Draws it. */
export function SecurityTab({ member }: { member: Member }) {
  const may = useMay()
  return (
    <>
      <MailSection member={member} />
      {may('read:sessions') && <SessionsSection member={member} />}
      <ClosingsSection member={member} />
      <EndSection member={member} />
      <ApplicationsSection member={member} />
    </>
  )
}

function MailSection({ member }: { member: Member }) {
  const say = useSay()
  const rights = useMemberRights(member)
  const { isBusy, act } = useAct('member-logs')
  const { user_id: id, email, email_verified: isVerified } = member
  if (!rights.mail || !email) return null
  const verify = () =>
    act(() => users.sendMail(id, 'email_verification'), { text: say('member.verification_sent', { email }) })
  return (
    <RecordSection title={say('member.mails')} note={say('member.mails_note')}>
      <Rows>
        <Row
          title={say('member.password')}
          note={say('member.reset_note', { email })}
          act={<ResetButton member={member} />}
        />
        {!isVerified && (
          <Row
            title={say('members.email')}
            note={say('member.verification_note', { email })}
            act={
              <Button loading={isBusy} onClick={() => void verify()}>
                {say('member.send_again')}
              </Button>
            }
          />
        )}
      </Rows>
    </RecordSection>
  )
}

function SessionsSection({ member }: { member: Member }) {
  const say = useSay()
  const organization = useOrganizationName()
  const rights = useMemberRights(member)
  const sessions = useSessions(member)
  const [isAsking, setAsking] = useState(false)
  return (
    <RecordSection title={say('member.sessions')} note={say('member.sessions_note', { organization })}>
      <Loaded query={sessions} what={say('member.sessions')} skeleton={<SkeletonLines count={2} />}>
        {(list) =>
          list.length === 0 ? (
            <p className={classes.quiet}>{say('member.no_sessions')}</p>
          ) : (
            <>
              <Rows>
                {list.map((session) => (
                  <SessionRow key={session.id} session={session} />
                ))}
              </Rows>
              {rights.signOut && (
                <div className={classes.under}>
                  <Button onClick={() => setAsking(true)}>{say('member.sign_out')}</Button>
                </div>
              )}
            </>
          )
        }
      </Loaded>
      <SignOutDialog member={member} isOpen={isAsking} onClose={() => setAsking(false)} />
    </RecordSection>
  )
}

function SessionRow({
  session: { device = {}, created_at: begun, last_interacted_at: last },
}: {
  session: MemberSession
}) {
  const say = useSay()
  const deviceName = useDeviceName()
  const kind = userAgentFamilies(device.last_user_agent ?? device.initial_user_agent ?? '')
  const ip = device.last_ip ?? device.initial_ip
  return (
    <Row
      icon={<DeviceIcon {...kind} />}
      title={deviceName(kind)}
      note={
        <>
          {ip && `${ip}, `}
          {say('member.first_seen')} <Moment at={begun} isDay />
        </>
      }
      time={<Moment at={last} />}
    />
  )
}

function ClosingsSection({ member }: { member: Member }) {
  const say = useSay()
  const rights = useMemberRights(member)
  const { user_id: id } = member
  const { isBusy, act } = useAct('closings', 'member-logs')
  const closings = useQuery({
    queryKey: ['closings', id],
    queryFn: () => users.closings(id).then(({ blocked_for: list }) => list),
  })
  return (
    <RecordSection title={say('member.closings')} note={say('member.closings_note')}>
      <Loaded query={closings} what={say('member.closings')} skeleton={<SkeletonLines count={1} />}>
        {(list) =>
          list.length === 0 ? (
            <p className={classes.quiet}>{say('member.no_closings')}</p>
          ) : (
            <>
              <Rows>
                {list.map(({ identifier, ip }) => (
                  <Row
                    key={`${identifier} ${ip}`}
                    title={ip ? say('member.closed_to', { ip }) : say('member.closed_to_all')}
                    note={identifier}
                  />
                ))}
              </Rows>
              {rights.lift && (
                <div className={classes.under}>
                  <Button
                    loading={isBusy}
                    onClick={() => void act(() => users.lift(id), { text: say('member.lifted') })}
                  >
                    {say('member.lift')}
                  </Button>
                </div>
              )}
            </>
          )
        }
      </Loaded>
    </RecordSection>
  )
}

function EndSection({ member }: { member: Member }) {
  const say = useSay()
  const id = useOrganizationId()
  const rights = useMemberRights(member)
  const { zone } = useClock()
  const { user_id: userId, membership } = member
  return (
    <FieldGroup
      title={say('member.ends')}
      note={say('member.ends_note')}
      fields={[
        {
          name: 'ends_at',
          label: 'member.ends_on',
          type: 'date',
          value: membership?.ends_at && dayIn(membership.ends_at, zone),
          editable: rights.block,
          removable: true,
          note: '',
        },
      ]}
      store={async ({ ends_at: day }) => {
        // The day itself is still good.
        const end = typeof day === 'string' ? endOfDay(day, zone) : null
        await organizations.changeMember(id, userId, { ends_at: end })
        await refresh('member', 'members', 'member-logs')
      }}
    />
  )
}
