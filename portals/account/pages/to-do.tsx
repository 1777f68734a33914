import { Button } from '@mantine/core'
import { Globe } from 'lucide-react'
import { useState } from 'react'
import { RecordSection, Row, Rows } from '../../shared/components/record-section.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { textOf } from '../../shared/fields/field.ts'
import { OWN_ZONE } from '../../shared/time.ts'
import type { Profile } from '../api.ts'
import { fieldOf, saveProfile } from '../profile.ts'
import { useSay } from '../texts/texts.ts'
import { ConfirmAddress } from './confirm-address.tsx'
import classes from './to-do.module.css'

/** What a person might want to see to. */
export function ToDo({ profile }: { profile: Profile }) {
  const say = useSay()
  const { email, email_verified: isVerified } = profile
  const zone = fieldOf(profile, 'zoneinfo')
  // The address of an account of a provider's is confirmed there, or not at all.
  const isOurs = profile.identities[0]?.provider === 'auth0'
  const mustConfirm = isOurs && email !== undefined && isVerified !== true
  const mayChooseZone = zone?.editable === true && textOf(zone) === ''
  return (
    <RecordSection title={say('overview.to_do')}>
      {mustConfirm || mayChooseZone ? (
        <Rows>
          {mustConfirm && <ConfirmAddress address={email} />}
          {mayChooseZone && <ChooseZone />}
        </Rows>
      ) : (
        <p className={classes.nothing}>{say('overview.nothing')}</p>
      )}
    </RecordSection>
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
