/** The form that invites one person. */
import { Button, Select, TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import '@mantine/core/styles/Popover.layer.css'
import '@mantine/core/styles/Combobox.layer.css'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { FormFoot } from '../../shared/components/form-foot.tsx'
import { type FieldProblem, FormPanel } from '../../shared/components/form-panel.tsx'
import { LeaveGuard } from '../../shared/components/leave-guard.tsx'
import { useOnline } from '../../shared/components/offline-banner.tsx'
import { Cure } from '../../shared/fields/field-parts.tsx'
import { LANGUAGES, presentLanguage } from '../../shared/language.ts'
import { useOrganizationId } from '../access.ts'
import { invitations as api } from '../api/api.ts'
import type { InviteOutcome } from '../api/types.ts'
import { usePerson } from '../data.ts'
import { useAct } from '../member/use-act.ts'
import { ActPanel } from '../pieces/act-panel.tsx'
import { type TextKey, useSay } from '../texts/texts.ts'
import { INVITING_CLIENT, inviterOf } from './inviter.ts'
import { RoleBoxes } from './role-boxes.tsx'

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** TABLE: outcomes that are for the address, with the cure. */
const CURES: Readonly<Partial<Record<InviteOutcome, TextKey>>> = {
  already_member: 'invitations.cure_member',
  already_invited: 'invitations.cure_invited',
  invalid_address: 'shared.fault_email',
}

/** TABLE: those that are about more than the one address, in a sentence. */
const WHOLE: Readonly<Partial<Record<InviteOutcome, TextKey>>> = { limit_reached: 'invitations.limit' }

/** Draws it. */
export function InviteOne({ onClose }: { onClose: () => void }) {
  const say = useSay()
  const organizationId = useOrganizationId()
  const isOnline = useOnline()
  const { data: person } = usePerson()
  const { isBusy, act } = useAct('invitations', 'summary')
  const [email, setEmail] = useState('')
  const [language, setLanguage] = useState<string>(presentLanguage())
  const [roles, setRoles] = useState<ReadonlySet<string>>(new Set())
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const cure = problems[0]?.cure
  const emailProblem = (key: TextKey) => ({ id: 'invite-email', name: say('members.email'), cure: say(key) })
  const submit = async () => {
    const address = email.trim()
    const isAddress = ADDRESS.test(address)
    setProblems(isAddress ? [] : [emailProblem('shared.fault_email')])
    if (!isAddress) return
    const [inviter, given] = [{ name: inviterOf(person) }, roles.size > 0 ? { roles: [...roles] } : {}]
    const one = { inviter, client_id: INVITING_CLIENT, language, ...given }
    // Lists alone are checked for who is a member or invited already.
    const check = { inviter, client_id: INVITING_CLIENT, dry_run: true, invitations: [{ email: address, ...given }] }
    await act(
      async () => {
        const { results } = await api.createMany(organizationId, check)
        const outcome = results[0]?.outcome ?? 'invalid_address'
        if (outcome === 'created') await api.create(organizationId, { ...one, invitee: { email: address } })
        return outcome
      },
      (outcome) => {
        if (outcome === 'created') {
          onClose()
          return { text: say('invitations.invited', { email: address }) }
        }
        const cure = CURES[outcome]
        if (!cure) return { text: say(WHOLE[outcome] ?? `invitations.${outcome}`), isProblem: true }
        setProblems([emailProblem(cure)])
        return undefined
      },
    )
  }
  return (
    <ActPanel title={say('invitations.invite_somebody')}>
      <FormPanel
        problems={problems}
        onSubmit={() => void submit()}
        foot={
          <FormFoot>
            <Button variant="subtle" onClick={onClose}>
              {say('shared.cancel')}
            </Button>
            <Button type="submit" variant="filled" loading={isBusy} disabled={!isOnline}>
              {say('invitations.send')}
            </Button>
          </FormFoot>
        }
      >
        <TextInput
          id="invite-email"
          label={say('members.email')}
          type="email"
          autoComplete="off"
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={cure && <Cure text={cure} />}
        />
        <Select
          label={say('invitations.language')}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          value={language}
          onChange={(value) => setLanguage(value ?? language)}
          allowDeselect={false}
          rightSection={<ChevronDown aria-hidden />}
          rightSectionPointerEvents="none"
        />
        <RoleBoxes chosen={roles} onChoose={setRoles} />
        <LeaveGuard isUnsaved={email.trim() !== '' || roles.size > 0} kept="invite" />
      </FormPanel>
    </ActPanel>
  )
}
