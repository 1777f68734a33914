/** One set of terms, or a consent: how things stand, who has not accepted, and its versions. */
import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { ApiProblem } from '../../shared/api-client.ts'
import { Moment } from '../../shared/components/moment.tsx'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { type Fact, Facts } from '../../shared/components/strip.tsx'
import { useMay } from '../access.ts'
import type { Terms } from '../api/types.ts'
import { Banner } from '../pieces/banner.tsx'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { useSay } from '../texts/texts.ts'
import { TermsActs } from './acts.tsx'
import { useTerms, useTermsSummary } from './data.ts'
import { InEffect } from './in-effect.tsx'
import { PendingSection } from './pending.tsx'
import { VersionsSection } from './versions.tsx'
import { useTitle } from './words.ts'

/** Draws it. */
export function OneTermsPage() {
  const say = useSay()
  return (
    <Guarded title={say('nav.terms')} rights={['read:terms']}>
      <LoadedTerms />
    </Guarded>
  )
}

function LoadedTerms() {
  const say = useSay()
  const titleOf = useTitle()
  const { termsId } = useParams({ strict: false }) as { termsId: string }
  const terms = useTerms(termsId)
  if (isMissing(terms.error)) return <NoTerms />
  return (
    <Page
      title={terms.data ? titleOf(terms.data) : say('nav.terms')}
      lead={<Link to="/terms">{say('terms.to_list')}</Link>}
      acts={terms.data && <TermsActs terms={terms.data} />}
    >
      <Loaded query={terms} what={say('terms.what')} skeleton={<SkeletonLines count={6} />}>
        {(one) => <TermsView key={one.id} terms={one} />}
      </Loaded>
    </Page>
  )
}

/** What the API answers for terms that are not there, or are another organization's, and for what never was an id. */
export function isMissing(error: Error | null): boolean {
  return error instanceof ApiProblem && (error.status === 404 || error.status === 400)
}

/** The page of terms that are not there. */
export function NoTerms() {
  const say = useSay()
  return (
    <Page title={say('terms.missing_title')}>
      <EmptyPage title={say('terms.missing')} text={say('terms.missing_text')}>
        <Link to="/terms">{say('terms.to_list')}</Link>
      </EmptyPage>
    </Page>
  )
}

function TermsView({ terms }: { terms: Terms }) {
  const say = useSay()
  const may = useMay()
  const facts = useFacts(terms)
  return (
    <>
      <Facts facts={facts} />
      {terms.retired && <Banner tone="note">{say('terms.is_retired')}</Banner>}
      {terms.latest_version === 0 ? (
        <EmptyPage title={say('terms.nothing_published')} text={say('terms.nothing_published_text')}>
          {may('update:terms') && !terms.retired && (
            <Button
              renderRoot={(props) => <Link to="/terms/$termsId/publish" params={{ termsId: terms.id }} {...props} />}
            >
              {say('terms.first_version')}
            </Button>
          )}
        </EmptyPage>
      ) : (
        <>
          {may('read:terms_acceptances') && !terms.retired && <PendingSection terms={terms} />}
          <VersionsSection terms={terms} />
        </>
      )}
    </>
  )
}

function useFacts(terms: Terms): Fact[] {
  const say = useSay()
  const { data: counts } = useTermsSummary(terms.id)
  const { name, required, latest, latest_version: version } = terms
  const isAsked = counts !== undefined && counts.current_version > 0 && !terms.retired
  return [
    { label: say('terms.kind'), value: say(required ? 'terms.required' : 'terms.voluntary') },
    {
      label: latest ? say('terms.version_number', { version }) : say('terms.version'),
      value: <InEffect terms={terms} />,
    },
    ...(required && !terms.retired && latest && Date.parse(latest.deadline_at) > Date.now()
      ? [{ label: say('terms.needed_from'), value: <Moment at={latest.deadline_at} isDay /> }]
      : []),
    ...(isAsked
      ? [
          {
            label: say('terms.accepted'),
            value: say('terms.accepted_of', { count: counts.people - counts.pending, total: counts.people }),
          },
        ]
      : []),
    { label: say('terms.name'), value: <span className="mono">{name}</span> },
  ]
}
