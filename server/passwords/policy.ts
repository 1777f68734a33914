/** Whether a password is good enough for a connection and a person, and what is wrong with it otherwise. */
import type { DatabaseOptions } from '../connections/connection.ts'
import type { JsonObject } from '../db/tables.ts'
import { ApiError } from '../http/errors.ts'
import { foldPassword, rankOfPassword } from './common-passwords.ts'
import { type CheckedRule, checkComplexity, policyTextOf } from './complexity.ts'
import { verifyPassword } from './hash.ts'
import { type PasswordRules, passwordRulesOf } from './rules.ts'

/** Auth0's names for what is wrong with a password. */
export type RefusalName =
  | 'PasswordStrengthError'
  | 'PasswordDictionaryError'
  | 'PasswordNoUserInfoError'
  | 'PasswordHistoryError'
  | 'PasswordLeakedError'

/** Why a password is not taken. Nothing in it quotes the password or the profile. */
export type PasswordRefusal = {
  name: RefusalName
  message: string
  /** Auth0's `description` of a password that is too weak; the other refusals have none. */
  rules?: { rules: CheckedRule[]; verified: false }
  /** Auth0's `policy`: the rules for people, one a line. */
  policyText?: string
}

/** What of a person a password may not contain. */
export type PasswordOwner = {
  email?: string | null | undefined
  username?: string | null | undefined
  name?: string | null | undefined
  given_name?: string | null | undefined
  family_name?: string | null | undefined
  nickname?: string | null | undefined
  user_metadata?: JsonObject | null | undefined
}

/** What is checked. */
export type PasswordCheck = {
  password: string
  /** Of the connection the identity is in. */
  options: DatabaseOptions
  person: PasswordOwner
  /** Hashes of the present password and those before, newest first; none for a new user. */
  history?: readonly string[]
}

const MESSAGES = {
  PasswordStrengthError: 'Password is too weak',
  PasswordDictionaryError: 'Password is too common',
  PasswordNoUserInfoError: 'Password contains user information',
  PasswordHistoryError: 'Password has previously been used',
  PasswordLeakedError: 'Password has been made public in a data breach elsewhere',
} as const satisfies Record<RefusalName, string>

const PERSONAL_FIELDS = [
  'email',
  'username',
  'name',
  'given_name',
  'family_name',
  'nickname',
  'user_metadata.name',
  'user_metadata.first',
  'user_metadata.last',
] as const

/** A name of two letters is in too many words to be held against a password. */
const LEAST_PERSONAL = 3
const LEAST_PERSONAL_WORD = 4

/**
 * Says what is wrong with a password, the cheapest check first; null when it is good. The check against former
 * passwords hashes once for each, so this must not run inside a transaction.
 *
 * @throws ApiError busy when too many passwords wait to be hashed
 */
export async function checkPassword(check: PasswordCheck): Promise<PasswordRefusal | null> {
  const { password, person, history = [] } = check
  const rules = passwordRulesOf(check.options)
  const weakness = weaknessOf(password, rules)
  if (weakness) return weakness
  if (await isCommon(password, rules)) return refusal('PasswordDictionaryError')
  if (rules.refusesPersonal && containsPersonal(password, person, rules.personalFields)) {
    return refusal('PasswordNoUserInfoError')
  }
  for (const hash of history.slice(0, rules.historySize)) {
    if (await verifyPassword(hash, password)) return refusal('PasswordHistoryError')
  }
  return null
}

/** The refusal as the Management API answers it: `PasswordStrengthError: Password is too weak`. */
export function passwordRefused({ name, message }: PasswordRefusal): ApiError {
  return new ApiError('password_refused', { with: { name, reason: message } })
}

/** The refusal of a password that is in the list of breached ones (`attack-protection/breached-password.ts`). */
export function breachedRefusal(): PasswordRefusal {
  return refusal('PasswordLeakedError')
}

function weaknessOf(password: string, rules: PasswordRules): PasswordRefusal | undefined {
  const checked = checkComplexity(password, rules)
  if (checked.every((rule) => rule.verified)) return undefined
  const [tooLong] = checked.filter((rule) => rule.code === 'lengthAtMost')
  return {
    ...refusal('PasswordStrengthError'),
    ...(tooLong && {
      message: `Password is too long. At most ${tooLong.format?.join(' characters and ')} bytes are taken`,
    }),
    rules: { rules: checked, verified: false },
    policyText: policyTextOf(checked),
  }
}

function refusal(name: RefusalName): PasswordRefusal {
  return { name, message: MESSAGES[name] }
}

async function isCommon(password: string, { commonPasswords, dictionary }: PasswordRules): Promise<boolean> {
  const folded = foldPassword(password)
  if (dictionary.some((word) => foldPassword(word) === folded)) return true
  if (commonPasswords === 0) return false
  const rank = await rankOfPassword(folded)
  return rank !== undefined && rank < commonPasswords
}

function containsPersonal(password: string, person: PasswordOwner, fields?: readonly string[]): boolean {
  const folded = foldPassword(password)
  return (fields ?? PERSONAL_FIELDS).some((field) => {
    const value = valueAt(person, field)
    if (typeof value !== 'string') return false
    return personalParts(field, foldPassword(value)).some((part) => folded.includes(part))
  })
}

function valueAt(person: PasswordOwner, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    return value !== null && typeof value === 'object' && Object.hasOwn(value, key)
      ? Reflect.get(value, key)
      : undefined
  }, person)
}

/** Of an address the part before the @; of anything else the whole and, where it has several words, each of them. */
function personalParts(field: string, value: string): string[] {
  const whole = field === 'email' ? (value.split('@', 1)[0] ?? '') : value.trim()
  const words = whole.split(/\s+/)
  return [
    ...(whole.length >= LEAST_PERSONAL ? [whole] : []),
    ...(words.length > 1 ? words.filter((word) => word.length >= LEAST_PERSONAL_WORD) : []),
  ]
}
