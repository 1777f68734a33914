/** The first page: who you are here, what is to be done, and where you signed in last. */
import { Link } from '@tanstack/react-router'
import { CopyButton } from '../../shared/components/copy-button.tsx'
import { useDeviceName } from '../../shared/components/device.tsx'
import { Moment } from '../../shared/components/moment.tsx'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { RecordSection } from '../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { Status } from '../../shared/components/status.tsx'
import { type Fact, Facts, Strip } from '../../shared/components/strip.tsx'
import { LANGUAGES, type Language } from '../../shared/language.ts'
import { useLanguage } from '../../shared/use-language.ts'
import type { Profile, Session } from '../api.ts'
import { displayNameOf, useProfile, useSessions } from '../profile.ts'
import { useSwitchLanguage } from '../shell/use-switch-language.ts'
import { useSay } from '../texts/texts.ts'
import classes from './overview.module.css'
import { ToDo } from './to-do.tsx'

const SHOWN_SIGN_INS = 3

/** Draws it. */
export function Overview() {
  const say = useSay()
  const profile = useProfile()
  const sessions = useSessions()
  return (
    <Page title={say('nav.overview')}>
      <Loaded query={profile} what={say('overview.your_profile')} skeleton={<SkeletonLines count={4} />}>
        {(profile) => <Who profile={profile} />}
      </Loaded>
      <RecordSection title={say('overview.sign_ins')} note={<Link to="/security">{say('overview.all_sessions')}</Link>}>
        <Loaded query={sessions} what={say('overview.your_sessions')} skeleton={<SkeletonLines count={2} />}>
          {(sessions) => <SignIns sessions={sessions.slice(0, SHOWN_SIGN_INS)} />}
        </Loaded>
      </RecordSection>
      <LanguageChoice />
    </Page>
  )
}

function Who({ profile }: { profile: Profile }) {
  const say = useSay()
  const { email } = profile
  return (
    <>
      <Strip
        name={displayNameOf(profile)}
        status={
          <Status state="ok" isPill>
            {say('overview.active')}
          </Status>
        }
        note={
          email &&
          email !== displayNameOf(profile) && (
            <>
              {email}
              <CopyButton text={email} what={email} />
            </>
          )
        }
      />
      <Facts facts={useFacts(profile)} />
      <ToDo profile={profile} />
    </>
  )
}

function useFacts(profile: Profile): Fact[] {
  const say = useSay()
  const { email, email_verified: isVerified, last_login: lastLogin, created_at: createdAt, user_id: id } = profile
  return [
    ...(email
      ? [
          {
            label: say('overview.address'),
            value: (
              <Status state={isVerified ? 'ok' : 'unverified'}>
                {isVerified ? say('overview.confirmed') : say('overview.not_confirmed')}
              </Status>
            ),
          },
        ]
      : []),
    ...(lastLogin ? [{ label: say('overview.last_sign_in'), value: <Moment at={lastLogin} /> }] : []),
    { label: say('overview.since'), value: <Moment at={createdAt} isDay /> },
    {
      label: say('overview.id'),
      value: (
        <>
          <span className="mono" title={id}>
            {shortId(id)}
          </span>
          <CopyButton text={id} what={say('overview.id')} />
        </>
      ),
    },
  ]
}

function SignIns({ sessions }: { sessions: readonly Session[] }) {
  const say = useSay()
  const deviceName = useDeviceName()
  return (
    <>
      <ul className={classes.signIns}>
        {sessions.map((session) => (
          <li key={session.id}>
            <span className={`mono ${classes.when}`}>
              <Moment at={session.created_at} />
            </span>
            <span className={classes.what}>
              {deviceName(session)} {session.current && <small>{say('overview.this_device')}</small>}
            </span>
            <span className={classes.where}>{session.ip}</span>
          </li>
        ))}
      </ul>
      <p className={classes.after}>
        <Link to="/security">{say('overview.not_me')}</Link>
      </p>
    </>
  )
}

function LanguageChoice() {
  const say = useSay()
  const present = useLanguage()
  const switchTo = useSwitchLanguage()
  // The entries are the table's own.
  const languages = Object.entries(LANGUAGES) as [Language, string][]
  return (
    <RecordSection title={say('overview.language')} note={say('overview.language_note')}>
      <fieldset className={classes.languages}>
        <legend className="unseen">{say('overview.language')}</legend>
        {languages.map(([code, name]) => (
          <label key={code} lang={code}>
            <input type="radio" name="language" checked={code === present} onChange={() => switchTo(code)} />
            {name}
          </label>
        ))}
      </fieldset>
    </RecordSection>
  )
}

/** Cut in the middle: what differs is at both ends. */
function shortId(id: string): string {
  return id.length > 20 ? `${id.slice(0, 11)}…${id.slice(-5)}` : id
}
