/** The rules for a new password: a list that fills with ticks. */
import { Check, Circle, X } from 'lucide-react'
import type { PasswordRule } from '../../api.ts'
import { isTextKey, useSay } from '../../texts/texts.ts'
import { type Refused, stateOf } from './password-rules.ts'
import classes from './security.module.css'

const ICONS = { kept: <Check aria-hidden />, broken: <X aria-hidden />, open: <Circle aria-hidden /> }

/** Draws it. @param refused the password that was not taken last */
export function RuleList({ id, rules, password, refused }: RuleListProps) {
  const say = useSay()
  const ruleText = useRuleText()
  return (
    <ul id={id} className={classes.rules}>
      {rules.map((rule) => {
        const state = stateOf(rule, password, refused)
        return (
          <li key={rule.code} className={classes[state]}>
            {ICONS[state]}
            <span>
              {ruleText(rule)}
              {state !== 'open' && <span className="unseen">: {say(`password.${state}`)}</span>}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

type RuleListProps = {
  id: string
  rules: readonly PasswordRule[]
  password: string
  refused: Refused | undefined
}

/** A rule in words; one that these texts do not know in those of the API. */
function useRuleText(): (rule: PasswordRule) => string {
  const say = useSay()
  return ({ code, message, format = [], items = [] }) => {
    const key = `rule.${code}`
    if (!isTextKey(key)) return message
    const kinds = items.map((item) => `rule.${item.code}`).filter(isTextKey)
    return say(key, { ...Object.fromEntries(format.entries()), items: kinds.map((kind) => say(kind)).join(', ') })
  }
}
