/** A member's page: who it is, how things stand, and four tabs. Which tab is open stands in the address. */
import { Link, useParams } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiProblem } from '../../shared/api-client.ts'
import { CopyButton } from '../../shared/components/copy-button.tsx'
import { Moment } from '../../shared/components/moment.tsx'
import { OfflineBanner } from '../../shared/components/offline-banner.tsx'
import { Loaded, Page, usePageTitle } from '../../shared/components/page.tsx'
import { SignedOutBanner } from '../../shared/components/signed-out-banner.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { Status } from '../../shared/components/status.tsx'
import { type Fact, Facts, Strip } from '../../shared/components/strip.tsx'
import { useAccess, useMay } from '../access.ts'
import type { Member } from '../api/types.ts'
import { nameOf, useMember, useOrganizationName } from '../data.ts'
import { Banner } from '../pieces/banner.tsx'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { MemberStatus } from '../pieces/member-status.tsx'
import { Tabs } from '../pieces/tabs.tsx'
import { useQueryState } from '../search.ts'
import { useSay } from '../texts/texts.ts'
import { ActivityTab } from './activity-tab.tsx'
import { MemberActs } from './acts.tsx'
import classes from './member.module.css'
import { ProfileTab } from './profile-tab.tsx'
import { RolesTab } from './roles-tab.tsx'
import { SecurityTab } from './security-tab.tsx'

/** Draws it. */
export function MemberPage() {
  const say = useSay()
  return (
    <Guarded title={say('member.title')} rights={['read:users']}>
      <LoadedMember />
    </Guarded>
  )
}

function LoadedMember() {
  const say = useSay()
  // The route has it.
  const { userId = '' } = useParams({ strict: false }) as { userId?: string }
  const member = useMember(userId)
  if (member.error instanceof ApiProblem && member.error.status === 404) return <NoMember />
  if (member.data) return <MemberView key={userId} member={member.data} />
  return (
    <>
      <Path>{say('member.title')}</Path>
      <Page title={say('member.title')}>
        <Loaded query={member} what={say('member.what')} skeleton={<SkeletonLines count={8} />}>
          {() => null}
        </Loaded>
      </Page>
    </>
  )
}

function MemberView({ member }: { member: Member }) {
  const name = nameOf(member)
  const { email } = member
  const heading = usePageTitle(name)
  return (
    <>
      <Path>{name}</Path>
      <Strip
        name={name}
        heading={heading}
        status={<MemberStatus member={member} isPill />}
        note={
          email && (
            <>
              {email}
              <CopyButton text={email} what={email} />
            </>
          )
        }
        acts={<MemberActs member={member} />}
      />
      <Facts facts={useFacts(member)} />
      <OfflineBanner />
      <SignedOutBanner />
      <Notes member={member} />
      <MemberTabs member={member} />
    </>
  )
}

function MemberTabs({ member }: { member: Member }) {
  const say = useSay()
  const may = useMay()
  const [values, change] = useQueryState()
  const tabs = [
    { id: 'profile', name: say('member.profile'), content: () => <ProfileTab member={member} /> },
    { id: 'roles', name: say('member.roles'), content: () => <RolesTab member={member} /> },
    { id: 'security', name: say('member.security'), content: () => <SecurityTab member={member} /> },
    ...(may('read:logs', 'read:logs_users')
      ? [{ id: 'activity', name: say('nav.activity'), content: () => <ActivityTab member={member} /> }]
      : []),
  ]
  return (
    <Tabs
      name={nameOf(member)}
      tabs={tabs}
      current={values.tab}
      onChoose={(tab) => change({ tab: tab === 'profile' ? undefined : tab }, { replace: true })}
    />
  )
}

function Notes({ member: { user_id: id, blocked, membership } }: { member: Member }) {
  const say = useSay()
  const { userId } = useAccess()
  return (
    <>
      {blocked && membership?.blocked_reason && (
        <Banner tone="warn">{say('member.blocked_because', { reason: membership.blocked_reason })}</Banner>
      )}
      {membership?.protected && <Banner tone="note">{say(id === userId ? 'member.own' : 'member.protected')}</Banner>}
    </>
  )
}

function useFacts(member: Member): Fact[] {
  const say = useSay()
  const organization = useOrganizationName()
  const { user_id: id, email_verified: isVerified, email, last_login: lastLogin, membership, created_at: made } = member
  return [
    ...(email
      ? [
          {
            label: say('members.email'),
            value: (
              <Status state={isVerified ? 'ok' : 'unverified'}>
                {say(isVerified ? 'member.verified' : 'member.not_verified')}
              </Status>
            ),
          },
        ]
      : []),
    {
      label: say('member.managed_by'),
      value: membership?.managed ? organization : say('member.the_person'),
    },
    {
      label: say('members.last_login'),
      value: lastLogin ? <Moment at={lastLogin} /> : say('members.never'),
    },
    { label: say('members.since'), value: <Moment at={membership?.created_at ?? made} isDay /> },
    ...(membership?.ends_at ? [{ label: say('member.ends'), value: <Moment at={membership.ends_at} isDay /> }] : []),
    {
      label: say('member.id'),
      value: (
        <>
          <span className="mono" title={id}>
            {id.length > 18 ? `${id.slice(0, 10)}…${id.slice(-4)}` : id}
          </span>
          <CopyButton text={id} what={say('member.id')} />
        </>
      ),
    },
  ]
}

function NoMember() {
  const say = useSay()
  return (
    <>
      <Path>{say('member.title')}</Path>
      <Page title={say('member.missing_title')}>
        <EmptyPage title={say('member.missing')} text={say('member.missing_text')}>
          <Link to="/members">{say('member.to_list')}</Link>
        </EmptyPage>
      </Page>
    </>
  )
}

function Path({ children }: { children: ReactNode }) {
  const say = useSay()
  return (
    <nav className={classes.path} aria-label={say('member.path')}>
      <Link to="/members">{say('nav.members')}</Link>
      <ChevronRight aria-hidden />
      <span aria-current="page">{children}</span>
    </nav>
  )
}
