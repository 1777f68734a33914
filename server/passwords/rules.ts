/**
 * TABLE: Auth0's password policies by name, our default one, and what the options of a connection make of them.
 * The rules are read by the check itself, by the hints beside a field and by the error for applications.
 */
import type { DatabaseOptions } from '../connections/connection.ts'

/** A class of characters a password may be asked to contain. */
export type CharacterClass = 'lowerCase' | 'upperCase' | 'numbers' | 'specialCharacters'

/** What a password has to be. Lengths count characters as people do, not code units. */
export type PasswordRules = {
  minLength: number
  /** Of these classes, so many have to be there; none when `least` is 0. */
  classes: { least: number; of: readonly CharacterClass[] }
  /** No more than two equal characters in a row. */
  refusesIdentical: boolean
  /** No more than two characters in a row that follow each other, such as `abc` or `321`. */
  refusesSequential: boolean
  /** Most bytes in UTF-8. */
  mostBytes: number
  /** How much of the list of common passwords is refused, from the most common on; 0 refuses none. */
  commonPasswords: number
  /** Further refused passwords, in any case of letters. */
  dictionary: readonly string[]
  /** How many of the last passwords may not come back, the present one among them. */
  historySize: number
  refusesPersonal: boolean
  /** Which parts of the profile count as personal; undefined stands for the usual ones. */
  personalFields: readonly string[] | undefined
}

/** A password longer than this is refused: hashing it would cost more than any safety it adds. */
export const MOST_CHARACTERS = 256
const MOST_BYTES = 1_024
const ALL_COMMON = Number.POSITIVE_INFINITY
const DEFAULT_HISTORY = 5

const CLASSES = ['lowerCase', 'upperCase', 'numbers', 'specialCharacters'] as const
const FREE = { least: 0, of: [] }
const THREE_OF_FOUR = { least: 3, of: CLASSES }

const NONE: PasswordRules = {
  minLength: 1,
  classes: FREE,
  refusesIdentical: false,
  refusesSequential: false,
  mostBytes: MOST_BYTES,
  commonPasswords: 0,
  dictionary: [],
  historySize: 0,
  refusesPersonal: false,
  personalFields: undefined,
}
const DEFAULT: PasswordRules = { ...NONE, minLength: 8, commonPasswords: ALL_COMMON, refusesPersonal: true }

const POLICIES: Record<string, PasswordRules> = {
  none: NONE,
  low: { ...NONE, minLength: 6 },
  fair: { ...NONE, minLength: 8, classes: { least: 3, of: ['lowerCase', 'upperCase', 'numbers'] } },
  good: { ...NONE, minLength: 8, classes: THREE_OF_FOUR },
  excellent: { ...NONE, minLength: 10, classes: THREE_OF_FOUR, refusesIdentical: true },
}

/** Auth0's names for character classes in the newer options. */
const CLASS_BY_TYPE = {
  lowercase: 'lowerCase',
  uppercase: 'upperCase',
  number: 'numbers',
  special: 'specialCharacters',
} as const satisfies Record<string, CharacterClass>

const TEN_THOUSAND = 10_000
const COMMON_BY_LIST: Record<string, number> = { en_10k: TEN_THOUSAND, en_100k: ALL_COMMON }

/**
 * The rules of a connection. One that names a policy of Auth0 has that policy; one that names none has our
 * default; the other options change their part of either. `password_options` stands in for all of the older ones.
 */
export function passwordRulesOf(options: DatabaseOptions): PasswordRules {
  const { passwordPolicy, password_options: newer } = options
  if (newer && Object.keys(newer).length > 0) return newerRules(newer)
  // Auth0 writes `none` in both cases.
  const base = (passwordPolicy && POLICIES[passwordPolicy.toLowerCase()]) || DEFAULT
  const { password_history: history, password_dictionary: dictionary } = options
  return {
    ...base,
    minLength: options.password_complexity_options?.min_length ?? base.minLength,
    refusesPersonal: options.password_no_personal_info?.enable ?? base.refusesPersonal,
    historySize: history?.enable ? (history.size ?? DEFAULT_HISTORY) : 0,
    ...(dictionary && {
      // Auth0's built-in list has ten thousand; ours is longer where nobody names a policy.
      commonPasswords: dictionary.enable ? Math.max(base.commonPasswords, TEN_THOUSAND) : 0,
      dictionary: dictionary.enable ? (dictionary.dictionary ?? []) : [],
    }),
  }
}

function newerRules(options: NonNullable<DatabaseOptions['password_options']>): PasswordRules {
  const { complexity = {}, dictionary = {}, history = {}, profile_data = {} } = options
  const of = (complexity.character_types ?? []).map((type) => CLASS_BY_TYPE[type])
  const lists = dictionary.active !== false
  return {
    ...DEFAULT,
    minLength: complexity.min_length ?? DEFAULT.minLength,
    classes: complexity.character_type_rule === 'three_of_four' ? THREE_OF_FOUR : { least: of.length, of },
    refusesIdentical: complexity.identical_characters === 'block',
    refusesSequential: complexity.sequential_characters === 'block',
    // Auth0 hashes 72 bytes at most. `truncate` is not followed: here every character counts.
    mostBytes: complexity.max_length_exceeded === 'error' ? 72 : MOST_BYTES,
    commonPasswords: lists ? (COMMON_BY_LIST[dictionary.default ?? 'en_100k'] ?? ALL_COMMON) : 0,
    dictionary: lists ? (dictionary.custom ?? []) : [],
    historySize: history.active ? (history.size ?? DEFAULT_HISTORY) : 0,
    refusesPersonal: profile_data.active ?? DEFAULT.refusesPersonal,
    personalFields: profile_data.blocked_fields,
  }
}
