/** What the My Account API says about a password: whether there is one, since when, and what a new one must be. */
import { Type } from 'typebox'
import { findConnectionByName } from '../connections/store.ts'
import type { Db } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { type CheckedRule, checkComplexity, messageOf } from '../passwords/complexity.ts'
import type { PasswordRefusal } from '../passwords/policy.ts'
import { type PasswordRules, passwordRulesOf } from '../passwords/rules.ts'
import { findPassword } from '../passwords/store.ts'
import type { PasswordChangeResult } from '../sign-in/change-password.ts'
import type { Identity, User } from '../users/user.ts'

const Rule = Type.Object({
  code: Type.String(),
  message: Type.String(),
  format: Type.Optional(Type.Array(Type.Union([Type.Number(), Type.String()]))),
  items: Type.Optional(Type.Array(Type.Object({ code: Type.String(), message: Type.String() }))),
})

export const OwnPassword = Type.Object({
  has_password: Type.Boolean(),
  last_changed: Type.Optional(Type.String()),
  connection: Type.Optional(Type.String({ description: 'Name; without a password, as buttons call it' })),
  rules: Type.Array(Rule),
  passwords: Type.Array(
    Type.Object({ last_changed: Type.String(), connection: Type.String(), rules: Type.Array(Rule) }),
    { description: 'All of them, the first one included: linked accounts keep theirs' },
  ),
})

/** TABLE: the rules beyond composition, in the order in which they are checked. */
const FURTHER = [
  {
    code: 'common',
    message: 'Not among the most common passwords',
    asked: ({ commonPasswords, dictionary }) => commonPasswords > 0 || dictionary.length > 0,
  },
  { code: 'personal', message: 'Without your name, address or user name', asked: (rules) => rules.refusesPersonal },
  { code: 'history', message: 'None of your last %d passwords', asked: ({ historySize }) => historySize > 0 },
] as const satisfies { code: string; message: string; asked: (rules: PasswordRules) => boolean }[]

/** The password of a user, as he sees it himself. Somebody whom a provider signs in has none, and no rules. */
export async function ownPasswordOf(db: Db, { identities }: User): Promise<unknown> {
  const passwords = (await Promise.all(identities.map((identity) => passwordOf(db, identity)))).filter(
    (password) => password !== undefined,
  )
  const [first] = passwords
  if (!first) {
    const own = await findConnectionByName(db, identities[0]?.connection ?? '')
    return { has_password: false, connection: own?.displayName ?? own?.name, rules: [], passwords: [] }
  }
  return { has_password: true, ...first, passwords }
}

/** Of one identity; undefined where it has none of ours. */
async function passwordOf(db: Db, { provider, connection: name, user_id: identityId }: Identity) {
  const connection = provider === 'auth0' ? await findConnectionByName(db, name) : undefined
  const stored = connection && (await findPassword(db, { connectionId: connection.id, identityId }))
  if (!stored) return undefined
  const rules = wireRules(passwordRulesOf(connection.options))
  return { last_changed: stored.set_at.toISOString(), connection: connection.name, rules }
}

function wireRules(rules: PasswordRules) {
  return [
    // An empty password breaks every rule of composition, so that all of them are named.
    ...checkComplexity('', rules).map(wireRule),
    ...FURTHER.filter((rule) => rule.asked(rules)).map(({ code, message }) =>
      code === 'history'
        ? { code, message: message.replace('%d', String(rules.historySize)), format: [rules.historySize] }
        : { code, message },
    ),
  ]
}

function wireRule(rule: CheckedRule) {
  const { code, format, items } = rule
  return {
    code,
    message: messageOf(rule),
    ...(format ? { format } : {}),
    ...(items ? { items: items.map(({ code, message }) => ({ code, message })) } : {}),
  }
}

/** @throws ApiError for whatever kept a password from being changed */
export function refusePasswordChange(result: PasswordChangeResult): void {
  switch (result.kind) {
    case 'changed':
      return
    case 'refused':
      throw passwordProblem(result.refusal)
    case 'wrong-password':
      throw new ApiError('wrong_password')
    case 'blocked':
      throw new ApiError('too_many_attempts')
    case 'throttled':
      throw new ApiError('too_many_attempts', { retryAfterSeconds: result.retryAfterSeconds })
  }
}

function passwordProblem({ name, message, rules }: PasswordRefusal): ApiError {
  return new ApiError('password_refused', {
    with: { name, reason: message },
    members: {
      refusal: name,
      ...(rules ? { rules: rules.rules.map((rule) => ({ ...wireRule(rule), verified: rule.verified })) } : {}),
      validation_errors: [{ detail: message, field: 'new_password' }],
    },
  })
}
