/** What the page for a new password shows: the rules before, and after a refusal which of them were kept. */
import { type CheckedRule, checkComplexity } from '../passwords/complexity.ts'
import type { PasswordRefusal, RefusalName } from '../passwords/policy.ts'
import { type PasswordRules, passwordRulesOf } from '../passwords/rules.ts'
import type { Page } from './render.ts'
import type { ResetLink } from './reset-password.ts'
import { fill, LANGUAGES, type Language, type TextKey, type Texts } from './texts.ts'

type RuleState = 'open' | 'kept' | 'broken'
type ShownRule = { text: string; state: RuleState; said?: string; least?: number }

/** The rules beyond composition, in the order in which they are checked, and the refusal that each one gives. */
const FURTHER = [
  { key: 'rule_common', refusal: 'PasswordDictionaryError', asked: (rules) => hasDictionary(rules), values: [] },
  { key: 'rule_personal', refusal: 'PasswordNoUserInfoError', asked: (rules) => rules.refusesPersonal, values: [] },
  { key: 'rule_history', refusal: 'PasswordHistoryError', asked: (rules) => rules.historySize > 0 },
] as const satisfies { key: TextKey; refusal: RefusalName; asked: (rules: PasswordRules) => boolean; values?: [] }[]

/** Makes the page. @param refusal why the password that was sent was not taken */
export function resetPasswordPage(
  link: ResetLink,
  language: Language,
  form: { action: string; formToken: string },
  refusal?: PasswordRefusal,
): Page {
  const text: Texts = LANGUAGES[language]
  const { user, ticket, connection } = link
  const username = user.email ?? user.username ?? user.phone_number ?? user.user_id
  const [before = '', after = ''] = text.expires.split('{time}')
  return {
    template: 'reset-password',
    title: text.choose_title,
    account: fill(text.for_account, { account: username }),
    username,
    action: form.action,
    form_token: form.formToken,
    rules: shownRules(passwordRulesOf(connection.options), text, refusal),
    focus: refusal ? 'summary' : 'field',
    expires: { before, after, iso: ticket.expiresAt.toISOString(), shown: inWords(ticket.expiresAt, language) },
    ...(refusal && {
      problem: { title: text.refused_title, cure: text[`refused_${refusal.name}`], kept: text.refused_kept },
    }),
  }
}

function shownRules(rules: PasswordRules, text: Texts, refusal: PasswordRefusal | undefined): ShownRule[] {
  // Before anything was sent the rules of composition are those an empty password does not keep.
  const composition = refusal?.rules?.rules ?? checkComplexity('', rules)
  const refusedAt = FURTHER.findIndex((rule) => rule.refusal === refusal?.name)
  return [
    ...composition.map((rule) => ({
      ...said(refusal ? compositionState(rule, refusal) : 'open', text),
      text: compositionText(rule, text),
      ...(rule.code === 'lengthAtLeast' ? { least: Number(rule.format?.[0]) } : {}),
    })),
    ...FURTHER.flatMap((rule, at) => {
      if (!rule.asked(rules)) return []
      const state = at < refusedAt ? 'kept' : at === refusedAt ? 'broken' : 'open'
      return { ...said(state, text), text: fill(text[rule.key], { 0: rules.historySize }) }
    }),
  ]
}

/** Whoever was refused for another reason has kept every rule of composition. */
function compositionState(rule: CheckedRule, refusal: PasswordRefusal): RuleState {
  return refusal.rules && !rule.verified ? 'broken' : 'kept'
}

function said(state: RuleState, text: Texts): { state: RuleState; said?: string } {
  return state === 'open' ? { state } : { state, said: text[state] }
}

function compositionText({ code, format = [], items = [] }: CheckedRule, text: Texts): string {
  const values = { ...Object.fromEntries(format.entries()), items: items.map((item) => text[item.code]).join(', ') }
  return fill(text[`rule_${code}`], values)
}

function hasDictionary({ commonPasswords, dictionary }: PasswordRules): boolean {
  return commonPasswords > 0 || dictionary.length > 0
}

/** In UTC, and it says so: the server does not know where the reader is. The page's script shows his own time. */
function inWords(at: Date, language: Language): string {
  const format = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const
  return `${new Intl.DateTimeFormat(language, format).format(at)} UTC`
}
