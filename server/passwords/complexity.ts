/**
 * Which rules of composition a password keeps, in the structure applications know from Auth0: sign-up answers
 * carry it as `description`, and clients compare its codes. `%d` and `%s` in a message stand for `format`.
 */
import { type CharacterClass, MOST_CHARACTERS, type PasswordRules } from './rules.ts'

/** One rule with whether the password keeps it. */
export type CheckedRule = {
  code: RuleCode
  message: string
  format?: (number | string)[]
  verified: boolean
  items?: { code: CharacterClass; message: string; verified: boolean }[]
}

/** A rule's code. The last three are ours; Auth0 has no word for them. */
export type RuleCode =
  | 'nonEmpty'
  | 'lengthAtLeast'
  | 'shouldContain'
  | 'containsAtLeast'
  | 'identicalChars'
  | 'sequentialChars'
  | 'lengthAtMost'
  | 'wellFormed'

type ClassRow = { pattern: RegExp; message: string }

const CLASSES: Record<CharacterClass, ClassRow> = {
  lowerCase: { pattern: /\p{Ll}/u, message: 'lower case letters (a-z)' },
  upperCase: { pattern: /\p{Lu}/u, message: 'upper case letters (A-Z)' },
  numbers: { pattern: /\p{Nd}/u, message: 'numbers (0-9)' },
  // Auth0 counts !@#$%^&* alone and then refuses passwords that managers make; here every other sign is special.
  specialCharacters: { pattern: /[^\p{L}\p{M}\p{Nd}]/u, message: 'special characters (such as !@#$%^&*)' },
}

/** Checks the rules in their order; every rule of the policy is there, kept or not. */
export function checkComplexity(password: string, rules: PasswordRules): CheckedRule[] {
  return [
    lengthRule(password, rules.minLength),
    ...classRule(password, rules.classes),
    ...(rules.refusesIdentical
      ? [
          {
            code: 'identicalChars' as const,
            message: 'No more than %d identical characters in a row (such as "%s")',
            format: [2, 'aaa'],
            verified: !/(.)\1\1/su.test(password),
          },
        ]
      : []),
    ...(rules.refusesSequential
      ? [
          {
            code: 'sequentialChars' as const,
            message: 'No more than %d characters in a row that follow each other (such as "%s")',
            format: [2, 'abc'],
            verified: !hasSequence(password),
          },
        ]
      : []),
    ...exceeded(password, rules),
  ]
}

/** The rules as a list for people, one a line, as Auth0's answers carry it in `policy`. */
export function policyTextOf(rules: readonly CheckedRule[]): string {
  return rules
    .flatMap((rule) => [`* ${messageOf(rule)}`, ...(rule.items ?? []).map((item) => `  * ${item.message}`)])
    .join('\n')
}

/** The rule as a sentence. */
export function messageOf({ message, format = [] }: CheckedRule): string {
  const values = [...format]
  return message.replace(/%[ds]/g, () => String(values.shift() ?? ''))
}

/** How many characters a person counts in the text. */
export function charactersIn(text: string): number {
  return [...text].length
}

function lengthRule(password: string, minLength: number): CheckedRule {
  if (minLength <= 1) {
    return { code: 'nonEmpty', message: 'Not empty', verified: password !== '' }
  }
  const verified = charactersIn(password) >= minLength
  return { code: 'lengthAtLeast', message: 'At least %d characters in length', format: [minLength], verified }
}

function classRule(password: string, { least, of }: PasswordRules['classes']): CheckedRule[] {
  if (least === 0) return []
  const items = of.map((code) => {
    const { pattern, message } = CLASSES[code]
    return { code, message, verified: pattern.test(password) }
  })
  const verified = items.filter((item) => item.verified).length >= least
  if (least === of.length) return [{ code: 'shouldContain', message: 'With each of these:', items, verified }]
  const message = 'With at least %d of these %d kinds of characters:'
  return [{ code: 'containsAtLeast', message, format: [least, of.length], items, verified }]
}

/** Rules nobody needs to be told before he breaks them. */
function exceeded(password: string, { mostBytes }: PasswordRules): CheckedRule[] {
  const broken: CheckedRule[] = []
  if (charactersIn(password) > MOST_CHARACTERS || Buffer.byteLength(password) > mostBytes) {
    const message = 'At most %d characters and %d bytes'
    broken.push({
      code: 'lengthAtMost',
      message,
      format: [Math.min(MOST_CHARACTERS, mostBytes), mostBytes],
      verified: false,
    })
  }
  // Halves of a pair all become the same replacement character when written as UTF-8.
  if (!password.isWellFormed()) {
    broken.push({ code: 'wellFormed', message: 'Text in proper Unicode', verified: false })
  }
  return broken
}

function hasSequence(password: string): boolean {
  const codes = [...password.toLowerCase()].map((character) => character.codePointAt(0) ?? 0)
  return codes.some((code, at) => {
    const [second, third] = [codes[at + 1], codes[at + 2]]
    if (second === undefined || third === undefined) return false
    return Math.abs(second - code) === 1 && third - second === second - code
  })
}
