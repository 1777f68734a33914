/** The form for another password: the present one, the new one, and its rules, which are ticked off as one types. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { ApiProblem } from '../../../shared/api-client.ts'
import { causeOf } from '../../../shared/components/fault.tsx'
import { type FieldProblem, FormPanel } from '../../../shared/components/form-panel.tsx'
import { useOnline } from '../../../shared/components/offline-banner.tsx'
import { PasswordField } from '../../../shared/components/password-field.tsx'
import { showToast } from '../../../shared/components/toasts.tsx'
import { api, type PasswordRule } from '../../api.ts'
import { renewToken } from '../../auth.ts'
import { queries, useProfile } from '../../profile.ts'
import { isTextKey, type TextKey, useSay } from '../../texts/texts.ts'
import { keepsRules } from './password-rules.ts'
import { RuleList } from './rule-list.tsx'
import classes from './security.module.css'

const CURRENT = 'current-password'
const NEXT = 'new-password'

/** Draws it. */
export function PasswordForm({ rules, onClose }: { rules: readonly PasswordRule[]; onClose: () => void }) {
  const say = useSay()
  const isOnline = useOnline()
  const { data: profile } = useProfile()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [isSaving, setSaving] = useState(false)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const ofCurrent = (key: TextKey) => ({ id: CURRENT, name: say('password.current'), cure: say(key) })
  const ofNext = (key: TextKey) => ({ id: NEXT, name: say('password.new'), cure: say(key) })

  /** @throws ApiProblem when nothing can be said about a field */
  const problemOf = (error: unknown): FieldProblem => {
    if (!(error instanceof ApiProblem)) throw error
    if (error.code === 'wrong_password') return ofCurrent('password.wrong')
    if (error.code !== 'password_refused') throw error
    const key = `refusal.${String(error.body.refusal)}`
    return ofNext(isTextKey(key) ? key : 'password.broken')
  }

  const submit = async () => {
    const found = [
      ...(current === '' ? [ofCurrent('password.missing')] : []),
      ...(next === '' ? [ofNext('password.missing_new')] : keepsRules(next, rules) ? [] : [ofNext('password.broken')]),
    ]
    setProblems(found)
    if (found.length > 0) return
    setSaving(true)
    try {
      await api.changePassword(current, next)
      await finish()
      showToast({ text: say('password.changed') })
      onClose()
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'too_many_attempts') {
        showToast({ text: say('password.blocked'), isProblem: true })
      } else if (error instanceof ApiProblem && !isAboutFields(error)) {
        showToast({ text: say(causeOf(error)), isProblem: true })
      } else setProblems([problemOf(error)])
    } finally {
      setSaving(false)
    }
  }
  const cureOf = (field: string) => problems.find(({ id }) => id === field)?.cure

  return (
    <FormPanel
      columns={1}
      problems={problems}
      onSubmit={submit}
      foot={
        <div className={classes.foot}>
          <p className={classes.note}>{say('security.change_effect')}</p>
          <Button variant="subtle" onClick={onClose}>
            {say('shared.cancel')}
          </Button>
          <Button type="submit" variant="filled" disabled={!isOnline} loading={isSaving}>
            {say('security.change')}
          </Button>
        </div>
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
        <RuleList id="password-rules" rules={rules} password={next} />
      </PasswordField>
    </FormPanel>
  )
}

/** The change has ended every token, the present one among them. */
async function finish(): Promise<void> {
  await renewToken().catch(() => {})
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['password'] }),
    queries.invalidateQueries({ queryKey: ['sessions'] }),
  ])
}

function isAboutFields({ code }: ApiProblem): boolean {
  return code === 'wrong_password' || code === 'password_refused'
}
