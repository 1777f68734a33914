/**
 * TABLE: what a person is told about his account, in plain kinds, and which entries of the log are of each. An entry is of
 * the first that fits; one that fits none is not told: refreshed tokens, what others tried in vain, the work of applications.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'

const ofType = (...types: string[]) => sql<SqlBool>`e.type = any(${types}::text[])`
const ofOperation = (...names: string[]) => sql<SqlBool>`(e.type = 'sapi' and e.operation = any(${names}::text[]))`
/** Of an act on several people at once each has an entry of his own, with these words. */
const eachOf = (description: string) =>
  sql<SqlBool>`(e.type = 'sapi' and e.operation is null and e.description = ${description})`
const part = (name: 'before' | 'after') =>
  sql`(case when jsonb_typeof(e.person->${name}) = 'object' then e.person->${name} else '{}' end)`
const isChange = ofOperation('patch_users_by_id', 'patch_organization_member', 'patch_me_profile')
// Of these there is an entry of their own, or nothing that a person would know by its name.
const OWN_ENTRIES = [
  ...['email', 'email_verified', 'username', 'phone_number', 'phone_verified', 'password', 'blocked'],
  ...['app_metadata', 'identities', 'last_password_reset', 'multifactor'],
]

export const ACTIVITY_KINDS = {
  signed_in: ofType('s'),
  sign_in_failed: ofType('f', 'fp', 'pwd_leak', 'fepft'),
  sign_in_closed: ofType('limit_wc', 'limit_sul'),
  sign_in_reopened: sql<SqlBool>`(${ofType('ublkdu')} or ${ofOperation('delete_user-blocks_by_id')})`,
  session_ended: sql<SqlBool>`(${ofType('slo')} or ${ofOperation(
    ...['delete_session', 'revoke_session', 'delete_sessions_for_user', 'user_revoke_access'],
    ...['delete_me_sessions_by_id', 'delete_me_sessions'],
  )})`,
  signed_up: ofType('ss'),
  password_changed: ofType('scp'),
  password_reset_requested: ofType('scpr'),
  email_changed: ofType('sce'),
  email_confirmed: ofType('sv'),
  confirmation_requested: ofType('svr'),
  username_changed: ofType('scu'),
  phone_changed: ofType('scpn'),
  blocked: sql<SqlBool>`(${isChange} and ${part('after')} @> '{"blocked": true}')`,
  unblocked: sql<SqlBool>`(${isChange} and ${part('after')} @> '{"blocked": false}'
    or ${isChange} and ${part('before')} @> '{"blocked": true}')`,
  profile_changed: sql<SqlBool>`(${isChange} and (e.person is null or exists (
    select from jsonb_object_keys(${part('before')} || ${part('after')}) as changed where changed <> all(${OWN_ENTRIES}::text[]))))`,
  consent_given: ofType('consent_given'),
  consent_withdrawn: ofOperation(
    ...['delete_grants_by_id', 'delete_grants_by_user_id', 'delete_me_applications_by_id'],
  ),
  terms_accepted: ofType('terms_accepted'),
  terms_declined: ofType('terms_declined'),
  terms_withdrawn: ofType('terms_withdrawn'),
  data_copied: ofType('personal_data_copied'),
  deletion_requested: ofType('account_deletion_requested'),
  deletion_cancelled: ofType('account_deletion_cancelled'),
  organization_joined: ofType('organization_member_added'),
  organization_left: sql<SqlBool>`(${ofOperation('post_me_organizations_leave')} or ${eachOf('Member removed')})`,
  rights_changed: sql<SqlBool>`(${eachOf('Role assigned')} or ${ofOperation(
    ...['post_user_roles', 'delete_user_roles', 'post_permissions', 'delete_permissions'],
    ...['post_organization_member_roles', 'delete_organization_member_roles'],
  )})`,
  account_linked: ofOperation('post_identities'),
  account_unlinked: ofOperation('delete_user_identity_by_user_id'),
} as const satisfies Record<string, RawBuilder<SqlBool>>

/** A kind of the table. */
export type ActivityKind = keyof typeof ACTIVITY_KINDS

/** Whether there is such a kind. */
export function isActivityKind(name: string): name is ActivityKind {
  return Object.hasOwn(ACTIVITY_KINDS, name)
}
