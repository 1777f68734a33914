/** The page on which an account is made for somebody, who is a member from then on. Organizations without a connection invite. */
import { Link } from '@tanstack/react-router'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { useMay } from '../access.ts'
import { useOrganizationName, useOwnConnections } from '../data.ts'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { useSay } from '../texts/texts.ts'
import { NewMemberForm } from './form.tsx'

/** Draws it. */
export function NewMemberPage() {
  const say = useSay()
  return (
    <Guarded title={say('new.title')} rights={['create:users']}>
      <OpenPage />
    </Guarded>
  )
}

function OpenPage() {
  const say = useSay()
  const organization = useOrganizationName()
  const connections = useOwnConnections()
  return (
    <Page title={say('new.title')} lead={say('new.lead', { organization })}>
      <Loaded query={connections} what={say('new.connections')} skeleton={<SkeletonLines count={8} />}>
        {([first, ...rest]) => (first ? <NewMemberForm connections={[first, ...rest]} /> : <Nowhere />)}
      </Loaded>
    </Page>
  )
}

function Nowhere() {
  const say = useSay()
  const may = useMay()
  const organization = useOrganizationName()
  return (
    <EmptyPage title={say('new.none')} text={say('new.none_text', { organization })}>
      {may('create:organization_invitations') ? (
        <Link to="/invitations" search={{ invite: 'one' } as never}>
          {say('invitations.invite_somebody')}
        </Link>
      ) : (
        <Link to="/members">{say('member.to_list')}</Link>
      )}
    </EmptyPage>
  )
}
