/** The page on which a version is written and published. */
import { Link, useParams } from '@tanstack/react-router'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import type { Terms, TermsVersion } from '../api/types.ts'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { useQueryState } from '../search.ts'
import { useSay } from '../texts/texts.ts'
import { useTerms, useVersions } from './data.ts'
import { isMissing, NoTerms } from './one-terms.tsx'
import { PublishForm } from './publish-form.tsx'
import { useTitle } from './words.ts'

/** Draws it. */
export function PublishPage() {
  const say = useSay()
  return (
    <Guarded title={say('nav.terms')} rights={['update:terms']}>
      <LoadedForm />
    </Guarded>
  )
}

function LoadedForm() {
  const say = useSay()
  const [values] = useQueryState()
  const titleOf = useTitle()
  const { termsId } = useParams({ strict: false }) as { termsId: string }
  const terms = useTerms(termsId)
  const versions = useVersions(termsId)
  if (isMissing(terms.error)) return <NoTerms />
  // The name, until there is a title, is what the person called it on the page before.
  const first = values.title ?? ''
  const title = terms.data?.latest_version === 0 && first !== '' ? first : terms.data && titleOf(terms.data)
  const version = (terms.data?.latest_version ?? 0) + 1
  const data = terms.data && versions.data && { terms: terms.data, newest: versions.data.pages[0]?.versions[0] }
  const query = {
    data,
    error: terms.error ?? versions.error,
    refetch: () => Promise.all([terms.refetch(), versions.refetch()]),
  }
  return (
    <Page
      title={terms.data ? say('terms.publish_title', { version }) : say('nav.terms')}
      lead={title !== undefined && say('terms.publish_lead', { title })}
    >
      <Loaded query={query} what={say('terms.what')} skeleton={<SkeletonLines count={8} />}>
        {(loaded) => <Form {...loaded} title={title ?? ''} first={first} />}
      </Loaded>
    </Page>
  )
}

type FormProps = { terms: Terms; newest: TermsVersion | undefined; title: string; first: string }

function Form({ terms, newest, title, first }: FormProps) {
  const say = useSay()
  if (!terms.retired) return <PublishForm terms={terms} newest={newest} title={title} first={first} />
  return (
    <EmptyPage title={say('terms.retired')} text={say('terms.publish_retired')}>
      <Link to="/terms/$termsId" params={{ termsId: terms.id }}>
        {say('terms.back', { title })}
      </Link>
    </EmptyPage>
  )
}
