/** What a page shows on which a password is chosen: the rules before, and after a refusal which of them were kept. */
import type { DatabaseOptions } from '../connections/connection.ts'
import type { Surroundings } from '../pages/surroundings.ts'
import { fill, wordsOf } from '../pages/texts.ts'
import { type CheckedRule, checkComplexity } from '../passwords/complexity.ts'
import type { PasswordRefusal, RefusalName } from '../passwords/policy.ts'
import { type PasswordRules, passwordRulesOf } from '../passwords/rules.ts'
import { PASSWORD_TEXTS, type PasswordTextKey, type PasswordTexts } from './texts/password.ts'

type RuleState = 'open' | 'kept' | 'broken'
type ShownRule = { text: string; state: RuleState; said?: string; marks: { name: string; value: string | number }[] }

/** A field for a password. */
export type PasswordView = {
  label: string
  autocomplete: 'new-password' | 'current-password'
  rules?: ShownRule[]
  isWrong: boolean
  hasFocus: boolean
}

/** The rules beyond composition, in the order in which they are checked, and the refusal that each one gives. */
const FURTHER = [
  { key: 'rule_common', refusal: 'PasswordDictionaryError', asked: (rules) => hasDictionary(rules) },
  { key: 'rule_personal', refusal: 'PasswordNoUserInfoError', asked: (rules) => rules.refusesPersonal },
  { key: 'rule_history', refusal: 'PasswordHistoryError', asked: (rules) => rules.historySize > 0 },
] as const satisfies { key: PasswordTextKey; refusal: RefusalName; asked: (rules: PasswordRules) => boolean }[]

type Shown = { refusal?: PasswordRefusal | undefined; hasFocus?: boolean; isFirst?: boolean }

/** The field for a new password. Of a new account there are no former ones to leave out. @param refusal why the one sent was not taken */
export function newPasswordView(
  options: DatabaseOptions,
  surroundings: Surroundings,
  label: string,
  { refusal, hasFocus = false, isFirst = false }: Shown,
): PasswordView {
  const { historySize, ...others } = passwordRulesOf(options)
  const texts = wordsOf(PASSWORD_TEXTS, surroundings)
  const rules = shownRules({ ...others, historySize: isFirst ? 0 : historySize }, texts, refusal)
  return { label, autocomplete: 'new-password', rules, isWrong: refusal !== undefined, hasFocus: hasFocus && !refusal }
}

function shownRules(rules: PasswordRules, text: PasswordTexts, refusal: PasswordRefusal | undefined): ShownRule[] {
  // Before anything was sent the rules of composition are those an empty password does not keep.
  const composition = refusal?.rules?.rules ?? checkComplexity('', rules)
  // A breached password is refused last: it keeps every rule that can be shown.
  const isLeaked = refusal?.name === 'PasswordLeakedError'
  const refusedAt = isLeaked ? FURTHER.length : FURTHER.findIndex((rule) => rule.refusal === refusal?.name)
  return [
    ...composition.map((rule) => ({
      ...said(refusal ? compositionState(rule, refusal) : 'open', text),
      text: compositionText(rule, text),
      marks: marksOf(rule),
    })),
    ...FURTHER.flatMap((rule, at) => {
      if (!rule.asked(rules) && at !== refusedAt) return []
      const state = at < refusedAt ? 'kept' : at === refusedAt ? 'broken' : 'open'
      return { ...said(state, text), text: fill(text[rule.key], { 0: Math.max(1, rules.historySize) }), marks: [] }
    }),
  ]
}

/** By which the page's script tells as one types whether the rule is kept. */
function marksOf({ code, format = [], items = [] }: CheckedRule): ShownRule['marks'] {
  const [first = items.length] = format
  if (code === 'nonEmpty') return [{ name: 'least', value: 1 }]
  if (code === 'lengthAtLeast') return [{ name: 'least', value: first }]
  if (code === 'identicalChars') return [{ name: 'most', value: first }]
  if (items.length === 0) return []
  return [
    { name: 'of', value: first },
    { name: 'kinds', value: items.map((item) => item.code).join(' ') },
  ]
}

/** Whoever was refused for another reason has kept every rule of composition. */
function compositionState(rule: CheckedRule, refusal: PasswordRefusal): RuleState {
  return refusal.rules && !rule.verified ? 'broken' : 'kept'
}

function said(state: RuleState, text: PasswordTexts): { state: RuleState; said?: string } {
  return state === 'open' ? { state } : { state, said: text[state] }
}

function compositionText({ code, format = [], items = [] }: CheckedRule, text: PasswordTexts): string {
  const values = { ...Object.fromEntries(format.entries()), items: items.map((item) => text[item.code]).join(', ') }
  return fill(text[`rule_${code}`], values)
}

function hasDictionary({ commonPasswords, dictionary }: PasswordRules): boolean {
  return commonPasswords > 0 || dictionary.length > 0
}
