/** The applications of others that the person has allowed something, and how that is taken back. */
import { Button } from '@mantine/core'
import { AppWindow } from 'lucide-react'
import { SCOPE_WORDS } from '../../../../server/pages/scope-words.ts'
import { Confirm } from '../../../shared/components/confirm.tsx'
import { Moment } from '../../../shared/components/moment.tsx'
import { Loaded } from '../../../shared/components/page.tsx'
import { RecordSection, Row, Rows } from '../../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../../shared/components/skeleton.tsx'
import { presentLanguage } from '../../../shared/language.ts'
import { type AllowedApplication, api } from '../../api.ts'
import { queries, useAllowedApplications } from '../../profile.ts'
import { useSay } from '../../texts/texts.ts'
import classes from './security.module.css'
import { useQuestion } from './use-question.ts'

/** Draws it. */
export function ApplicationsSection() {
  const say = useSay()
  const applications = useAllowedApplications()
  const { heading, about, isOpen, isBusy, ask, close, answer } = useQuestion<AllowedApplication>()
  const { name = '', client_id: clientId = '' } = about ?? {}
  const take = async () => {
    await api.withdrawApplication(clientId)
    await queries.invalidateQueries({ queryKey: ['applications'] })
  }
  return (
    <RecordSection title={say('applications.title')} note={say('applications.note')} ref={heading}>
      <Loaded query={applications} what={say('applications.title')} skeleton={<SkeletonLines count={2} />}>
        {(list) =>
          list.length === 0 ? (
            <p className={classes.note}>{say('applications.none')}</p>
          ) : (
            <Rows>
              {list.map((application) => (
                <ApplicationRow key={application.client_id} application={application} onTake={ask} />
              ))}
            </Rows>
          )
        }
      </Loaded>
      <Confirm
        isOpen={isOpen}
        question={say('applications.ask', { name })}
        effect={say('applications.ask_effect')}
        act={say('applications.take_back')}
        isBusy={isBusy}
        onConfirm={() => answer(take, say('applications.taken_back', { name }))}
        onClose={close}
      />
    </RecordSection>
  )
}

type RowProps = { application: AllowedApplication; onTake: (application: AllowedApplication) => void }

function ApplicationRow({ application, onTake }: RowProps) {
  const say = useSay()
  const { name, access, allowed_at: allowedAt } = application
  return (
    <Row
      icon={<AppWindow aria-hidden />}
      title={<bdi>{name}</bdi>}
      note={
        <>
          {access.map((part) => (
            <span key={part.api ?? ''} className={classes.access}>
              {accessInWords(part)}
            </span>
          ))}
          {say('applications.since')} <Moment at={allowedAt} isDay />
        </>
      }
      act={
        <Button onClick={() => onTake(application)} aria-label={say('applications.take_back_of', { name })}>
          {say('applications.take_back')}
        </Button>
      }
    />
  )
}

/** OpenID Connect's scopes in our words, as the page had them on which they were allowed; an API's in its own. */
function accessInWords({ api: name, scopes }: AllowedApplication['access'][number]): string {
  const ours: Readonly<Record<string, string>> = SCOPE_WORDS[presentLanguage()]
  const words = scopes.map(({ value, description }) => {
    return (name === undefined ? ours[`scope_${value}`] : description) || value
  })
  return `${name === undefined ? '' : `${name}: `}${words.join(' · ')}`
}
