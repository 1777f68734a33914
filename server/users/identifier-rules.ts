/** Which identifiers the users of a database connection have, and whether addresses are verified by mail. */
import type { DatabaseOptions } from '../connections/connection.ts'
import type { IdentifierKind } from './write.ts'

/** Whether somebody who signs up has to give an identifier, may, or cannot. */
export type IdentifierRule = 'required' | 'optional' | 'inactive'

/** The rule of each identifier for people who sign up. */
export function identifierRulesOf({
  attributes,
  requires_username,
}: DatabaseOptions): Record<IdentifierKind, IdentifierRule> {
  if (!attributes) {
    return { email: 'required', username: requires_username ? 'required' : 'inactive', phone_number: 'inactive' }
  }
  const { email, username, phone_number } = attributes
  return { email: ruleOf(email), username: ruleOf(username), phone_number: ruleOf(phone_number) }
}

/** Whether somebody whom an administrator makes has to have a user name, may, or cannot. */
export function usernameRuleOf({ attributes, requires_username }: DatabaseOptions): IdentifierRule {
  if (requires_username === true) return attributes ? 'optional' : 'required'
  return attributes?.username === undefined ? 'inactive' : 'optional'
}

type Attribute = { signup?: { status?: string }; identifier?: { active?: boolean } }

function ruleOf(attribute: Attribute | undefined): IdentifierRule {
  if (!attribute) return 'inactive'
  const { status } = attribute.signup ?? {}
  if (status === 'required' || status === 'optional' || status === 'inactive') return status
  return attribute.identifier?.active ? 'required' : 'optional'
}

/** Whether new addresses are sent a mail with a link to verify them; unless the connection says otherwise, they are. */
export function verifiesEmail({ attributes }: DatabaseOptions): boolean {
  return attributes?.email?.signup?.verification?.active !== false
}
