/** Where the person is signed in, and how that ends. */
import { Button } from '@mantine/core'
import { Confirm } from '../../../shared/components/confirm.tsx'
import { DeviceIcon, useDeviceName } from '../../../shared/components/device.tsx'
import { Moment } from '../../../shared/components/moment.tsx'
import { Loaded } from '../../../shared/components/page.tsx'
import { RecordSection, Row, Rows } from '../../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../../shared/components/skeleton.tsx'
import { Pill } from '../../../shared/components/status.tsx'
import { api, type Session } from '../../api.ts'
import { useApplicationName } from '../../application-name.ts'
import { queries, useSessions } from '../../profile.ts'
import { useSay } from '../../texts/texts.ts'
import classes from './security.module.css'
import { useQuestion } from './use-question.ts'

/** This portal: everybody is signed in to it who reads this. */
const OWN_CLIENT = 'tenantry-account'

/** What is about to end: one session, or all but the present one. */
type Ending = { of: Session } | { others: number }

/** Draws it. */
export function SessionsSection() {
  const say = useSay()
  const deviceName = useDeviceName()
  const sessions = useSessions()
  const { heading, about = { others: 0 }, isOpen, isBusy, ask, close, answer } = useQuestion<Ending>()
  const device = 'of' in about ? deviceName(about.of) : ''
  const end = async () => {
    await ('of' in about ? api.endSession(about.of.id) : api.endOtherSessions())
    await queries.invalidateQueries({ queryKey: ['sessions'] })
  }
  const done = 'of' in about ? say('security.signed_out_single', { device }) : say('security.signed_out_others')
  return (
    <RecordSection title={say('security.sessions')} note={say('security.sessions_note')} ref={heading}>
      <Loaded query={sessions} what={say('security.sessions')} skeleton={<SkeletonLines count={3} />}>
        {(sessions) => <SessionRows sessions={sessions} onEnd={ask} />}
      </Loaded>
      <Confirm
        isOpen={isOpen}
        question={
          'of' in about ? say('security.ask_single', { device }) : say('security.ask_others', { count: about.others })
        }
        effect={'of' in about ? say('security.ask_single_effect') : say('security.ask_others_effect')}
        act={'of' in about ? say('security.sign_out') : say('security.sign_out_others')}
        isBusy={isBusy}
        onConfirm={() => answer(end, done)}
        onClose={close}
      />
    </RecordSection>
  )
}

function SessionRows({ sessions, onEnd }: { sessions: readonly Session[]; onEnd: (ending: Ending) => void }) {
  const say = useSay()
  const deviceName = useDeviceName()
  const others = sessions.filter(({ current }) => !current).length
  return (
    <>
      <Rows>
        {sessions.map((session) => (
          <Row
            key={session.id}
            icon={<DeviceIcon {...session} />}
            title={
              <>
                {deviceName(session)}
                {session.current && <Pill>{say('security.this_device')}</Pill>}
              </>
            }
            note={<SessionNote session={session} />}
            time={session.current ? say('security.active_now') : <Moment at={session.last_interacted_at} />}
            act={
              !session.current && (
                <Button
                  onClick={() => onEnd({ of: session })}
                  aria-label={say('security.sign_out_of', { device: deviceName(session) })}
                >
                  {say('security.sign_out')}
                </Button>
              )
            }
          />
        ))}
      </Rows>
      <div className={classes.others}>
        {others === 0 ? (
          <p className={classes.note}>{say('security.no_others')}</p>
        ) : (
          <Button onClick={() => onEnd({ others })}>{say('security.sign_out_others')}</Button>
        )}
      </div>
    </>
  )
}

function SessionNote({ session: { ip, created_at: firstSeen, clients } }: { session: Session }) {
  const say = useSay()
  const applicationName = useApplicationName()
  const names = clients.filter(({ client_id: id }) => id !== OWN_CLIENT).map(({ name }) => applicationName(name))
  return (
    <>
      {[ip, ...names].flatMap((text) => (text ? `${text}, ` : []))}
      {say('security.first_seen')} <Moment at={firstSeen} isDay />
    </>
  )
}
