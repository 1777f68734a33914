/** The rules for a new password: a list that fills with ticks. */
import { Check, Circle } from 'lucide-react'
import type { PasswordRule } from '../../api.ts'
import { isTextKey, useSay } from '../../texts/texts.ts'
import { keepsRule } from './password-rules.ts'
import classes from './security.module.css'

/** Draws it. */
export function RuleList({ id, rules, password }: { id: string; rules: readonly PasswordRule[]; password: string }) {
  const say = useSay()
  const ruleText = useRuleText()
  return (
    <ul id={id} className={classes.rules}>
      {rules.map((rule) => {
        const isKept = keepsRule(password, rule)
        return (
          <li key={rule.code} className={isKept ? classes.kept : undefined}>
            {isKept ? <Check aria-hidden /> : <Circle aria-hidden />}
            <span>
              {ruleText(rule)}
              {isKept !== undefined && (
                <span className="unseen">: {isKept ? say('password.kept') : say('password.open')}</span>
              )}
            </span>
          </li>
        )
      })}
    </ul>
  )
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
