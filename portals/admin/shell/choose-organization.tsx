/** For somebody whose token is bound to no organization: which one to look after. */
import { Button } from '@mantine/core'
import { ChevronRight } from 'lucide-react'
import { useEffect } from 'react'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import type { OwnOrganization } from '../api/types.ts'
import { BASE, signIn, signOut } from '../auth.ts'
import { useOwnOrganizations } from '../data.ts'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { OrganizationMark } from '../pieces/organization-mark.tsx'
import { useSay } from '../texts/texts.ts'
import classes from './choose-organization.module.css'

/** Draws it. With one alone there is nothing to choose. */
export function ChooseOrganization() {
  const say = useSay()
  const own = useOwnOrganizations()
  return (
    <Page title={say('choose.title')} lead={say('choose.lead')}>
      <Loaded query={own} what={say('choose.organizations')} skeleton={<SkeletonLines count={3} />}>
        {(organizations) => <Choices organizations={organizations} />}
      </Loaded>
    </Page>
  )
}

function Choices({ organizations }: { organizations: readonly OwnOrganization[] }) {
  const say = useSay()
  const only = organizations.length === 1 ? organizations[0] : undefined
  useEffect(() => {
    if (only) void signIn({ organization: only.id })
  }, [only])
  if (organizations.length === 0) {
    return (
      <EmptyPage title={say('choose.none_title')} text={say('choose.none')}>
        <Button onClick={() => void signOut()}>{say('shared.sign_out')}</Button>
      </EmptyPage>
    )
  }
  return (
    <ul className={classes.list}>
      {organizations.map(({ id, name, display_name: shown, branding }) => (
        <li key={id}>
          <button type="button" onClick={() => void signIn({ organization: id, path: BASE })}>
            <OrganizationMark name={shown || name} logo={branding?.logo_url} />
            <span className={classes.name}>{shown || name}</span>
            <ChevronRight aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  )
}
