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
import { useOnline } from '../../shared/components/offline-banner.tsx'
import { Cure } from '../../shared/fields/field-parts.tsx'
import { LANGUAGES, presentLanguage } from '../../shared/language.ts'
import { useOrganizationId } from '../access.ts'
import { invitations as api } from '../api/api.ts'
import { usePerson } from '../data.ts'
import { useAct } from '../member/use-act.ts'
import { useSay } from '../texts/texts.ts'
import classes from './invitations.module.css'
import { INVITING_CLIENT, inviterOf } from './inviter.ts'
import { RoleBoxes } from './role-boxes.tsx'

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

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
  const submit = async () => {
    const address = email.trim()
    const found = ADDRESS.test(address)
      ? []
      : [{ id: 'invite-email', name: say('members.email'), cure: say('shared.fault_email') }]
    setProblems(found)
    if (found.length > 0) return
    const invitation = {
      inviter: { name: inviterOf(person) },
      invitee: { email: address },
      client_id: INVITING_CLIENT,
      language,
      ...(roles.size > 0 ? { roles: [...roles] } : {}),
    }
    const isDone = await act(() => api.create(organizationId, invitation), {
      text: say('invitations.invited', { email: address }),
    })
    if (isDone) onClose()
  }
  return (
    <section className={classes.panel} aria-labelledby="invite-one">
      <h2 id="invite-one">{say('invitations.invite_somebody')}</h2>
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
      </FormPanel>
    </section>
  )
}
