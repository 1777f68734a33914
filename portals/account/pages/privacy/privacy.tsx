/** What is asked of the person, what the person agrees to, what was said when, and what becomes of the person's data. */
import { Loaded, Page } from '../../../shared/components/page.tsx'
import { RecordSection } from '../../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../../shared/components/skeleton.tsx'
import { useDeletion } from '../../deletion.ts'
import { useHistory, useTerms } from '../../terms.ts'
import { useSay } from '../../texts/texts.ts'
import { ConsentsSection } from './consents-section.tsx'
import { DataSection } from './data-section.tsx'
import { DeleteSection } from './delete-section.tsx'
import { DeletionBanner } from './deletion-banner.tsx'
import { HistorySection } from './history-section.tsx'
import classes from './privacy.module.css'
import { TermsSection } from './terms-section.tsx'

/** Draws it. */
export function Privacy() {
  const say = useSay()
  const terms = useTerms()
  const history = useHistory()
  const deletion = useDeletion()
  const dueAt = deletion.data?.due_at
  const hasSaidNothing = history.data?.pages[0]?.acceptances.length === 0
  return (
    <Page title={say('nav.privacy')} lead={say('privacy.lead')}>
      {dueAt && <DeletionBanner dueAt={dueAt} />}
      <Loaded query={terms} what={say('privacy.what')} skeleton={<Skeletons />}>
        {(list) =>
          list.length === 0 ? (
            <Nothing />
          ) : (
            <>
              <TermsSection terms={list.filter(({ required }) => required)} />
              <ConsentsSection consents={list.filter(({ required }) => !required)} />
            </>
          )
        }
      </Loaded>
      {!(terms.data?.length === 0 && hasSaidNothing) && <HistorySection history={history} />}
      <DataSection />
      <Loaded query={deletion} what={say('privacy.delete_what')} skeleton={null}>
        {(deletion) => deletion.offered && !dueAt && <DeleteSection deletion={deletion} />}
      </Loaded>
    </Page>
  )
}

function Skeletons() {
  const say = useSay()
  return (
    <>
      <RecordSection title={say('privacy.terms')} note={say('privacy.terms_note')}>
        <SkeletonLines count={3} />
      </RecordSection>
      <RecordSection title={say('privacy.consents')} note={say('privacy.consents_note')}>
        <SkeletonLines count={2} />
      </RecordSection>
    </>
  )
}

function Nothing() {
  const say = useSay()
  return (
    <div className={classes.nothing} role="status">
      <h2>{say('privacy.nothing')}</h2>
      <p>{say('privacy.nothing_note')}</p>
    </div>
  )
}
