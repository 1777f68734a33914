/** The form for another password: the present one, the new one, and its rules, which are ticked off as one types. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { FormFoot } from '../../../shared/components/form-foot.tsx'
import { type FieldProblem, FormPanel } from '../../../shared/components/form-panel.tsx'
import { useOnline } from '../../../shared/components/offline-banner.tsx'
import { PasswordField } from '../../../shared/components/password-field.tsx'
import { showToast } from '../../../shared/components/toasts.tsx'
import type { PasswordRule } from '../../api.ts'
import { useProfile } from '../../profile.ts'
import { isTextKey, type TextKey, useSay } from '../../texts/texts.ts'
import { changePassword } from './change-password.ts'
import { keepsRules, type Refused } from './password-rules.ts'
import { RuleList } from './rule-list.tsx'

const CURRENT = 'current-password'
const NEXT = 'new-password'

/** Draws it. */
export function PasswordForm({ rules, onClose }: { rules: readonly PasswordRule[]; onClose: () => void }) {
  const say = useSay()
  const isOnline = useOnline()
  const { data: profile } = useProfile()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [refused, setRefused] = useState<Refused>()
  const [isSaving, setSaving] = useState(false)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const ofCurrent = (key: TextKey) => ({ id: CURRENT, name: say('password.current'), cure: say(key) })
  const ofNext = (key: TextKey) => ({ id: NEXT, name: say('password.new'), cure: say(key) })

  const check = () => [
    ...(current === '' ? [ofCurrent('password.missing')] : []),
    ...(next === '' ? [ofNext('password.missing_new')] : keepsRules(next, rules) ? [] : [ofNext('password.rules')]),
  ]
  const refuse = (refusal: string) => {
    const key = `refusal.${refusal}`
    setRefused({ password: next, refusal })
    setProblems([ofNext(isTextKey(key) ? key : 'password.rules')])
  }

  const submit = async () => {
    const found = check()
    setProblems(found)
    if (next !== '') setRefused({ password: next })
    if (found.length > 0) return
    setSaving(true)
    const outcome = await changePassword(current, next).finally(() => setSaving(false))
    if (outcome.kind === 'wrong') setProblems([ofCurrent('password.wrong')])
    else if (outcome.kind === 'refused') refuse(outcome.refusal)
    else if (outcome.kind === 'failed') showToast({ text: say(outcome.text), isProblem: true })
    else {
      showToast({ text: say('password.changed') })
      onClose()
    }
  }
  const cureOf = (field: string) => problems.find(({ id }) => id === field)?.cure

  return (
    <FormPanel
      columns={1}
      problems={problems}
      onSubmit={submit}
      foot={
        <FormFoot note={say('security.change_effect')}>
          <Button variant="subtle" onClick={onClose}>
            {say('shared.cancel')}
          </Button>
          <Button type="submit" variant="filled" disabled={!isOnline} loading={isSaving}>
            {say('security.change')}
          </Button>
        </FormFoot>
      }
    >
      {/* By this a password manager knows whose password is changed. */}
      <input hidden readOnly autoComplete="username" value={profile?.email ?? ''} />
      <PasswordField
        id={CURRENT}
        label={say('password.current')}
        autoComplete="current-password"
        value={current}
        cure={cureOf(CURRENT)}
        hasFocus
        onChange={setCurrent}
      />
      <PasswordField
        id={NEXT}
        label={say('password.new')}
        autoComplete="new-password"
        value={next}
        cure={cureOf(NEXT)}
        describedBy="password-rules"
        onChange={setNext}
      >
        <RuleList id="password-rules" rules={rules} password={next} refused={refused} />
      </PasswordField>
    </FormPanel>
  )
}
