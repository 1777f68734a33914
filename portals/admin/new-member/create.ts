/** Makes a member: the account, then what the organization says of it, then the roles. Only the first can be refused as a whole. */
import { ApiProblem } from '../../shared/api-client.ts'
import { refusedFields } from '../../shared/fields/use-save.ts'
import { organizations, users } from '../api/api.ts'
import type { Member, OwnConnection } from '../api/types.ts'
import { PROFILE, profileChange } from '../member/fields.ts'
import type { TextKey } from '../texts/texts.ts'

/** What was filled in; what was left empty is not there. */
export type NewMember = {
  connection: OwnConnection
  account: Readonly<Record<string, string>>
  attributes: Readonly<Record<string, string>>
  roles: readonly string[]
  /** Without one, a link to choose a password is mailed. */
  password: string | undefined
}

/** A part that is saved after the account, as its texts call it. */
export type Part = 'attributes' | 'roles'

/** Makes it. Answers the member, and what could not be saved of it. @throws ApiProblem when there is no account */
export async function createMember(
  organizationId: string,
  { connection, account, attributes, roles, password }: NewMember,
): Promise<{ member: Member; missed: Part[] }> {
  const member = await users.create({
    connection: connection.name,
    ...profileChange(account),
    ...(password === undefined ? {} : { password }),
  })
  const { user_id: userId } = member
  const missed: Part[] = []
  const save = async (part: Part, work: () => Promise<unknown>) => {
    await work().catch((error: unknown) => {
      if (!(error instanceof ApiProblem)) throw error
      missed.push(part)
    })
  }
  if (Object.keys(attributes).length > 0) {
    await save('attributes', () => organizations.changeMember(organizationId, userId, { attributes }))
  }
  if (roles.length > 0) await save('roles', () => organizations.giveRoles(organizationId, userId, [...roles]))
  return { member, missed }
}

/** Why there is no account: a field and its cure, or a sentence about the whole. */
export type Refusal = { field: string; cure: TextKey } | { whole: TextKey }

/** Reads a refusal of the account; undefined where it is not about what was filled in. */
export function refusalOf({ status, code, body }: ApiProblem, { account, password }: NewMember): Refusal | undefined {
  if (status === 409) {
    return { field: 'email', cure: account.username === undefined ? 'new.taken' : 'new.taken_either' }
  }
  if (/^Password\w*Error: /.test(body.message ?? '')) return { field: 'password', cure: 'new.password_refused' }
  if (status === 403 && code === 'operation_not_supported') {
    return { whole: password === undefined ? 'new.closed' : 'new.password_closed' }
  }
  const names = new Set([...PROFILE.map(({ name }) => name), 'username'])
  const field = refusedFields(body).find((name) => names.has(name))
  return field === undefined ? undefined : { field, cure: 'shared.fault_refused' }
}
