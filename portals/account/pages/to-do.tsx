import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { FileText, Globe, UserRoundX } from 'lucide-react'
import { useState } from 'react'
import { useClock } from '../../shared/components/moment.tsx'
import { RecordSection, Row, Rows } from '../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { textOf } from '../../shared/fields/field.ts'
import { dateOf, OWN_ZONE } from '../../shared/time.ts'
import type { OwnTerms, Profile } from '../api.ts'
import { useDeletion } from '../deletion.ts'
import { fieldOf, saveProfile } from '../profile.ts'
import { isDue, isStillRequired, useTerms } from '../terms.ts'
import { useSay } from '../texts/texts.ts'
import { ConfirmAddress } from './confirm-address.tsx'
import { KeepAccount } from './keep-account.tsx'
import classes from './to-do.module.css'

/** What a person might want to see to. */
export function ToDo({ profile }: { profile: Profile }) {
  const say = useSay()
  const { email, email_verified: isVerified } = profile
  const terms = useTerms()
  const required = terms.data?.filter(isStillRequired) ?? []
  const deletion = useDeletion()
  const dueAt = deletion.data?.due_at
  const zone = fieldOf(profile, 'zoneinfo')
  // The address of an account of a provider's is confirmed there, or not at all.
  const isOurs = profile.identities[0]?.provider === 'auth0'
  const mustConfirm = isOurs && email !== undefined && isVerified !== true
  const mayChooseZone = zone?.editable === true && textOf(zone) === ''
  return (
    <RecordSection title={say('overview.to_do')}>
      {dueAt || required.length > 0 || mustConfirm || mayChooseZone ? (
        <Rows>
          {dueAt && <Leaving dueAt={dueAt} />}
          {required.length > 0 && <AcceptTerms terms={required} />}
          {mustConfirm && <ConfirmAddress address={email} />}
          {mayChooseZone && <ChooseZone />}
        </Rows>
      ) : terms.isPending || deletion.isPending ? (
        <SkeletonLines count={1} />
      ) : (
        <p className={classes.nothing}>{say('overview.nothing')}</p>
      )}
    </RecordSection>
  )
}

function Leaving({ dueAt }: { dueAt: string }) {
  const say = useSay()
  const clock = useClock()
  return (
    <Row
      icon={<UserRoundX aria-hidden />}
      tone="warn"
      title={say('privacy.deletion', { day: dateOf(dueAt, clock) })}
      note={say('privacy.deletion_note')}
      act={<KeepAccount />}
    />
  )
}

function AcceptTerms({ terms }: { terms: readonly OwnTerms[] }) {
  const say = useSay()
  const clock = useClock()
  const [first, ...more] = terms.toSorted((one, other) => Date.parse(one.deadline_at) - Date.parse(other.deadline_at))
  if (!first) return null
  const { title, deadline_at: deadline } = first
  return (
    <Row
      icon={<FileText aria-hidden />}
      tone="warn"
      title={say('overview.terms_title')}
      note={
        <>
          {more.length === 0
            ? say('overview.terms_single', { title })
            : say('overview.terms_many', { count: terms.length })}{' '}
          {isDue(first) ? say('overview.terms_due') : say('overview.terms_until', { day: dateOf(deadline, clock) })}
        </>
      }
      act={<Button renderRoot={(props) => <Link to="/privacy" {...props} />}>{say('overview.terms_act')}</Button>}
    />
  )
}

function ChooseZone() {
  const say = useSay()
  const [isBusy, setBusy] = useState(false)
  const choose = async () => {
    setBusy(true)
    try {
      await saveProfile({ zoneinfo: OWN_ZONE })
      showToast({ text: say('shared.saved', { count: 1 }) })
    } catch {
      showToast({ text: say('shared.not_saved'), isProblem: true })
      setBusy(false)
    }
  }
  return (
    <Row
      icon={<Globe aria-hidden />}
      title={say('overview.zone_title')}
      note={say('overview.zone', { zone: OWN_ZONE })}
      act={
        <Button onClick={choose} loading={isBusy}>
          {say('overview.zone_act')}
        </Button>
      }
    />
  )
}
