/** Whether a password keeps the rules of its connection, as far as a browser can tell. */
import type { PasswordRule } from '../../api.ts'

const CLASSES: Readonly<Record<string, RegExp>> = {
  lowerCase: /\p{Ll}/u,
  upperCase: /\p{Lu}/u,
  numbers: /\p{Nd}/u,
  specialCharacters: /[^\p{L}\p{M}\p{Nd}]/u,
}

/** TABLE: the rules that can be checked here, by code. The others are known to the server alone. */
const CHECKS: Readonly<Record<string, (password: string, rule: PasswordRule) => boolean>> = {
  nonEmpty: (password) => password !== '',
  lengthAtLeast: (password, { format = [] }) => [...password].length >= Number(format[0]),
  shouldContain: (password, { items = [] }) => classesIn(password, items) === items.length,
  containsAtLeast: (password, { items = [], format = [] }) => classesIn(password, items) >= Number(format[0]),
  identicalChars: (password) => password !== '' && !/(.)\1\1/su.test(password),
  sequentialChars: (password) => password !== '' && !hasSequence(password),
}

/** Whether it keeps the rule; undefined when only the server can tell. */
export function keepsRule(password: string, rule: PasswordRule): boolean | undefined {
  return CHECKS[rule.code]?.(password, rule)
}

/** TABLE: which rule the server has found broken, by what it says of the password. */
const REFUSALS: Readonly<Record<string, string>> = {
  PasswordDictionaryError: 'common',
  PasswordNoUserInfoError: 'personal',
  PasswordHistoryError: 'history',
}

/** A password that was not taken, and why in the server's words, when it was the server. */
export type Refused = { password: string; refusal?: string }

/** How a rule stands: kept or broken, or to be seen. */
export function stateOf(
  rule: PasswordRule,
  password: string,
  refused: Refused | undefined,
): 'kept' | 'broken' | 'open' {
  const isKept = keepsRule(password, rule)
  if (isKept) return 'kept'
  if (refused === undefined) return 'open'
  if (isKept === false) return 'broken'
  return refused.password === password && REFUSALS[refused.refusal ?? ''] === rule.code ? 'broken' : 'open'
}

/** Whether nothing is seen that the server would refuse for its composition. */
export function keepsRules(password: string, rules: readonly PasswordRule[]): boolean {
  return rules.every((rule) => keepsRule(password, rule) !== false)
}

function classesIn(password: string, items: readonly { code: string }[]): number {
  return items.filter(({ code }) => CLASSES[code]?.test(password)).length
}

function hasSequence(password: string): boolean {
  const codes = [...password.toLowerCase()].map((character) => character.codePointAt(0) ?? 0)
  return codes.some((code, at) => {
    const [second, third] = [codes[at + 1], codes[at + 2]]
    if (second === undefined || third === undefined) return false
    return Math.abs(second - code) === 1 && third - second === second - code
  })
}
