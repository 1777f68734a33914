/** Where the person is signed in, and how that ends. */
import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Confirm } from '../../../shared/components/confirm.tsx'
import { DeviceIcon, useDeviceName } from '../../../shared/components/device.tsx'
import { causeOf } from '../../../shared/components/fault.tsx'
import { Moment } from '../../../shared/components/moment.tsx'
import { Loaded } from '../../../shared/components/page.tsx'
import { RecordSection, Row, Rows } from '../../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../../shared/components/skeleton.tsx'
import { Pill } from '../../../shared/components/status.tsx'
import { showToast } from '../../../shared/components/toasts.tsx'
import { api, type Session } from '../../api.ts'
import { useApplicationName } from '../../application-name.ts'
import { queries, useSessions } from '../../profile.ts'
import { useSay } from '../../texts/texts.ts'
import classes from './security.module.css'

/** This portal: everybody is signed in to it who reads this. */
const OWN_CLIENT = 'tenantry-account'

/** What is about to end: one session, or all but the present one. */
type Ending = { of: Session } | { others: number }

/** Draws it. */
export function SessionsSection() {
  const say = useSay()
  const sessions = useSessions()
  const heading = useRef<HTMLHeadingElement>(null)
  const [ending, setEnding] = useState<Ending>()
  const isDone = useRef(false)
  useEffect(() => {
    if (ending || !isDone.current) return
    isDone.current = false
    // The row with the button that had the focus is gone, and now the dialog is closed.
    heading.current?.focus()
  }, [ending])
  return (
    <RecordSection title={say('security.sessions')} note={say('security.sessions_note')} ref={heading}>
      <Loaded query={sessions} what={say('security.sessions')} skeleton={<SkeletonLines count={3} />}>
        {(sessions) => <SessionRows sessions={sessions} onEnd={setEnding} />}
      </Loaded>
      <EndSessions
        ending={ending}
        onClose={(wasDone) => {
          isDone.current = wasDone
          setEnding(undefined)
        }}
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

function EndSessions({ ending, onClose }: { ending: Ending | undefined; onClose: (isDone: boolean) => void }) {
  const say = useSay()
  const deviceName = useDeviceName()
  const [isBusy, setBusy] = useState(false)
  // What the question was about, while the dialog fades away.
  const asked = useRef<Ending>({ others: 0 })
  if (ending) asked.current = ending
  const about = asked.current
  const device = 'of' in about ? deviceName(about.of) : ''
  const end = async () => {
    setBusy(true)
    try {
      await ('of' in about ? api.endSession(about.of.id) : api.endOtherSessions())
      await queries.invalidateQueries({ queryKey: ['sessions'] })
      const text = 'of' in about ? say('security.signed_out_single', { device }) : say('security.signed_out_others')
      showToast({ text })
      onClose(true)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      showToast({ text: say(causeOf(error)), isProblem: true })
      onClose(false)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Confirm
      isOpen={ending !== undefined}
      question={
        'of' in about ? say('security.ask_single', { device }) : say('security.ask_others', { count: about.others })
      }
      effect={'of' in about ? say('security.ask_single_effect') : say('security.ask_others_effect')}
      act={'of' in about ? say('security.sign_out') : say('security.sign_out_others')}
      isBusy={isBusy}
      onConfirm={end}
      onClose={() => onClose(false)}
    />
  )
}
