/** The fields of the sign-up page: which of the attributes table it shows at a connection, and what is wrong with them. */
import type { DatabaseOptions } from '../connections/connection.ts'
import { ApiError } from '../http/errors.ts'
import { type Fields, textOf } from '../http/sent-fields.ts'
import { checkerOf } from '../http/validation.ts'
import type { Surroundings } from '../pages/surroundings.ts'
import { fill, wordsOf } from '../pages/texts.ts'
import { ATTRIBUTE_ROWS, isEditor } from '../users/attribute-rules.ts'
import type { AttributeName } from '../users/attributes.ts'
import { identifierRulesOf } from '../users/identifier-rules.ts'
import { refuseUsername, usernameLengthOf } from '../users/username.ts'
import { SIGN_UP_TEXTS } from './texts/sign-up.ts'

/** TABLE: what a person is asked for who signs up, and how browsers fill it in. Identifiers as the connection has them. */
const SHOWN = {
  given_name: { autocomplete: 'given-name', type: 'text' },
  family_name: { autocomplete: 'family-name', type: 'text' },
  email: { autocomplete: 'email', type: 'email' },
  username: { autocomplete: 'username', type: 'text' },
  phone_number: { autocomplete: 'tel', type: 'tel' },
} as const satisfies Partial<Record<AttributeName, { autocomplete: string; type: 'text' | 'email' | 'tel' }>>

/** A field's name. */
export type SignUpFieldName = keyof typeof SHOWN

/** What was sent, without what was left empty and without blanks around it. */
export type SignUpValues = Partial<Record<SignUpFieldName, string>>

/** What is wrong, by field. */
export type SignUpProblems = Partial<Record<SignUpFieldName, string>>

/** A field as the page shows it. */
export type SignUpField = {
  name: SignUpFieldName
  label: string
  type: string
  autocomplete: string
  value: string
  isRequired: boolean
  hint?: string
  wrong?: string | undefined
}

const CHECKERS = new Map(ATTRIBUTE_ROWS.map(([name, row]) => [name, checkerOf(row.schema)]))

/** Names in the order of the attributes' form. */
const NAMES: readonly SignUpFieldName[] = ATTRIBUTE_ROWS.filter(
  ([name, row]) => isShown(name) && isEditor(row, 'sign-up'),
)
  .sort(([, left], [, right]) => (left.form?.order ?? 0) - (right.form?.order ?? 0))
  .flatMap(([name]) => (isShown(name) ? [name] : []))

function isShown(name: AttributeName): name is SignUpFieldName {
  return Object.hasOwn(SHOWN, name)
}

/** The values of the fields that were sent. */
export function valuesOf(sent: Fields, options: DatabaseOptions): SignUpValues {
  return Object.fromEntries(
    namesAt(options).flatMap((name) => {
      const value = textOf(sent, name)?.trim()
      return value ? [[name, name === 'phone_number' ? value.replace(/[\s()/-]/g, '') : value]] : []
    }),
  )
}

/** What is wrong with them, in words that say the cure. */
export function problemsOf(values: SignUpValues, options: DatabaseOptions, surroundings: Surroundings): SignUpProblems {
  const texts = wordsOf(SIGN_UP_TEXTS, surroundings)
  return Object.fromEntries(
    namesAt(options).flatMap((name) => {
      const value = values[name]
      if (value === undefined) return isRequired(name, options) ? [[name, texts.missing]] : []
      if (CHECKERS.get(name)?.(value) && (name !== 'username' || isUsername(value, options))) return []
      return [[name, fill(texts[`wrong_${name}`], usernameLengthOf(options))]]
    }),
  )
}

/** The fields. */
export function signUpFields(
  values: SignUpValues,
  problems: SignUpProblems,
  options: DatabaseOptions,
  surroundings: Surroundings,
): SignUpField[] {
  const texts = wordsOf(SIGN_UP_TEXTS, surroundings)
  return namesAt(options).map((name) => ({
    ...SHOWN[name],
    name,
    label: texts[name],
    value: values[name] ?? '',
    isRequired: isRequired(name, options),
    wrong: problems[name],
    ...(name === 'username' || name === 'phone_number'
      ? { hint: fill(texts[`hint_${name}`], usernameLengthOf(options)) }
      : {}),
  }))
}

function namesAt(options: DatabaseOptions): SignUpFieldName[] {
  const rules: Partial<Record<SignUpFieldName, string>> = identifierRulesOf(options)
  return NAMES.filter((name) => rules[name] !== 'inactive')
}

function isRequired(name: SignUpFieldName, options: DatabaseOptions): boolean {
  const rules: Partial<Record<SignUpFieldName, string>> = identifierRulesOf(options)
  return rules[name] === 'required'
}

function isUsername(value: string, options: DatabaseOptions): boolean {
  try {
    refuseUsername(value, options)
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}
