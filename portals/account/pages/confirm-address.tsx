/** An address that is to be confirmed, and the mail with the link for it, as often as it is needed. */
import { Button } from '@mantine/core'
import { Mail } from 'lucide-react'
import { useState } from 'react'
import { ApiProblem } from '../../shared/api-client.ts'
import { causeOf } from '../../shared/components/fault.tsx'
import { useOnline } from '../../shared/components/offline-banner.tsx'
import { Row } from '../../shared/components/record-section.tsx'
import { presentLanguage } from '../../shared/language.ts'
import { api } from '../api.ts'
import { queries } from '../profile.ts'
import { type TextKey, useSay } from '../texts/texts.ts'

/** Draws it. @param address as far as is known here; where the mail went says the server */
export function ConfirmAddress({ address }: { address: string }) {
  const say = useSay()
  const isOnline = useOnline()
  const [isBusy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>({ key: 'overview.confirm', email: address })
  const send = async () => {
    setBusy(true)
    setOutcome(await sendLink(address).finally(() => setBusy(false)))
  }
  const { key, email } = outcome
  return (
    <Row
      icon={<Mail aria-hidden />}
      tone="warn"
      title={say('overview.confirm_title')}
      note={<span role="status">{say(key, { email })}</span>}
      act={
        <Button onClick={send} loading={isBusy} disabled={!isOnline}>
          {key === 'overview.confirm_sent' ? say('overview.confirm_again') : say('overview.confirm_act')}
        </Button>
      }
    />
  )
}

/** As many in a row, or within an hour, as one gets. */
const MANY = ['too_many_requests', 'too_many_mails']

type Outcome = { key: TextKey; email: string }

async function sendLink(address: string): Promise<Outcome> {
  try {
    return { key: 'overview.confirm_sent', ...(await api.sendVerification(presentLanguage())) }
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    // Confirmed meanwhile, perhaps on a telephone: then there is nothing to do here any more.
    if (error.code === 'email_verified_already') await queries.invalidateQueries({ queryKey: ['profile'] })
    return { key: MANY.includes(error.code) ? 'overview.confirm_many' : causeOf(error), email: address }
  }
}
