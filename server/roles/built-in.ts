/**
 * Roles: named sets of permissions. A permission is a scope of an API; those of the Management API make a
 * person an administrator, tenant-wide or within an organization (docs/decisions).
 *
 * TABLE: the roles every tenant has from its first start.
 */
import type { Scope } from '../authorization/scopes.ts'

type BuiltInRole = { name: string; description: string; permissions: readonly Scope[] }

const READS = [
  'read:users',
  'read:roles',
  'read:role_members',
  'read:organizations',
  'read:organization_members',
  'read:organization_member_roles',
  'read:organization_invitations',
  'read:logs',
  'read:logs_users',
  'read:sessions',
  'read:stats',
  'read:branding',
  'read:terms',
  'read:terms_acceptances',
] as const satisfies readonly Scope[]
const HELPS = [...READS, 'create:user_tickets', 'delete:sessions', 'delete:anomaly_blocks'] as const
const OPERATES = [
  ...HELPS,
  'create:users',
  'update:users',
  'update:users_app_metadata',
  'create:organization_invitations',
  'delete:organization_invitations',
  'create:organization_members',
  'delete:organization_members',
] as const
const ADMINISTERS = [
  ...OPERATES,
  'delete:users',
  'create:role_members',
  'delete:role_members',
  'create:organization_member_roles',
  'delete:organization_member_roles',
  'update:organizations',
  'update:branding',
  'create:terms',
  'update:terms',
  'delete:terms',
] as const

export const BUILT_IN_ROLES = {
  auditor: { name: 'Auditor', description: 'Sees everything, changes nothing.', permissions: READS },
  helper: {
    name: 'Helper',
    description: 'Also sends reset and verification mails, unblocks and ends sessions.',
    permissions: HELPS,
  },
  operator: { name: 'Operator', description: 'Also creates, invites, edits and blocks people.', permissions: OPERATES },
  administrator: {
    name: 'Administrator',
    description: 'Also deletes people and decides on roles, branding and settings.',
    permissions: ADMINISTERS,
  },
} as const satisfies Record<string, BuiltInRole>

/** A built-in role's key. */
export type BuiltInRoleKey = keyof typeof BUILT_IN_ROLES
