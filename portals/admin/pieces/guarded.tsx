/** A page for those who hold a right; for the others, which one is missing and who can give it. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Page } from '../../shared/components/page.tsx'
import { type Right, useMay } from '../access.ts'
import { useOrganizationName } from '../data.ts'
import { type TextKey, useSay } from '../texts/texts.ts'
import { EmptyPage } from './empty-page.tsx'

/** Draws it. @param rights of which one is enough */
export function Guarded({ title, rights, children }: GuardedProps) {
  const say = useSay()
  const may = useMay()
  const organization = useOrganizationName()
  const [missing] = rights
  if (!missing || may(...rights)) return children
  const right = say(`right.${missing}` as TextKey)
  return (
    <Page title={title}>
      <EmptyPage
        isLocked
        title={say('closed.title', { page: title })}
        text={say('closed.text', { right, organization })}
      >
        <Link to="/">{say('closed.home')}</Link>
      </EmptyPage>
    </Page>
  )
}

type GuardedProps = { title: string; rights: readonly Right[]; children: ReactNode }
