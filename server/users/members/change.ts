/**
 * What an organization's administrator changes about the account of a member. An account that the organization manages
 * is changed as far as the rows of the attributes table let an administrator; an account that is the person's own is
 * not, whoever else knows him, so the refusal tells nothing. What the membership says is changed in `organizations/`.
 */
import type { OrganizationActor } from '../../authorization/visible-to.ts'
import type { Db, Tx } from '../../db/database.ts'
import { ApiError } from '../../http/errors.ts'
import { lockMembership } from '../../organizations/members.ts'
import { refuseMembers } from '../../organizations/protection.ts'
import { settingsOf } from '../../organizations/settings.ts'
import { requireOrganization } from '../../organizations/store.ts'
import { ATTRIBUTE_ROWS, isEditor } from '../attribute-rules.ts'
import type { UserUpdateBody } from '../schemas.ts'

/** What an administrator writes, as the body of a change names it. */
const WRITTEN: ReadonlySet<string> = new Set([
  'verify_email',
  ...ATTRIBUTE_ROWS.flatMap(([name, row]) => {
    if (!isEditor(row, 'administrator') || row.stored === 'membership') return []
    return [row.stored === 'column' ? name : `${row.stored}.${name}`]
  }),
])

/**
 * Refuses what is not an administrator's to write. A password is, where the operator has opened that: it is a temporary one.
 * @throws ApiError operator_only
 */
export async function refuseUnwritable(
  db: Db,
  { organizationId }: OrganizationActor,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  const unwritable = unwritableOf(body)
  if (unwritable.length === 0) return
  const [only] = unwritable
  if (unwritable.length === 1 && only === 'password' && body.password !== null) {
    const { may_set_passwords: isOpen = false } = settingsOf(await requireOrganization(db, organizationId))
    if (isOpen) return
  }
  throw new ApiError('operator_only', { with: { what: unwritable.slice(0, 10).join(', ') } })
}

/** The names of what is not an administrator's to write. */
export function unwritableOf(body: Readonly<Record<string, unknown>>): string[] {
  return namesOf(body).filter((name) => !WRITTEN.has(name))
}

/** The names of what is sent; those within metadata with their object. Metadata as a whole is nobody's to take away here. */
function namesOf(body: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(body).flatMap(([name, value]) => {
    if (name !== 'user_metadata' && name !== 'app_metadata') return [name]
    const keys = value !== null && typeof value === 'object' ? Object.keys(value) : []
    return keys.length === 0 ? [name] : keys.map((key) => `${name}.${key}`)
  })
}

/** Another address has to be verified anew, by mail. */
export function withVerification(body: UserUpdateBody): UserUpdateBody {
  return typeof body.email === 'string' ? { ...body, verify_email: true } : body
}

/**
 * Holds the account of a member still for a change.
 * @throws ApiError inexistent_member, own_membership, member_above, own_account
 */
export async function holdManagedAccount(tx: Tx, actor: OrganizationActor, userId: string): Promise<void> {
  const { organizationId } = actor
  await lockMembership(tx, organizationId, userId)
  await refuseMembers(tx, actor, [userId])
  const user = await tx
    .selectFrom('users')
    .select('managing_organization_id')
    .where('user_id', '=', userId)
    .forKeyShare()
    .executeTakeFirst()
  if (user?.managing_organization_id !== organizationId) throw new ApiError('own_account')
}
