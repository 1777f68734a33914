/** Changes the settings of an organization. */

import { type Actor, holdsAny, organizationOf } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { holdRoles } from '../roles/store.ts'
import type { Organization } from './organization.ts'
import { GIVES_ROLES, refuseRoles } from './protection.ts'
import { OPERATORS_SETTINGS, type OrganizationSettingsUpdate, settingsOf } from './settings.ts'
import { lockOrganization, saveOrganization } from './store.ts'

/**
 * Changes what is named; null takes a setting back. A suspension ends every token that was given for the organization.
 * @throws ApiError inexistent_organization, inexistent_role, insufficient_scope, operator_only
 */
export async function updateOrganizationSettings(
  tx: Tx,
  actor: Actor,
  id: string,
  update: OrganizationSettingsUpdate,
): Promise<{ before: Organization; after: Organization }> {
  const before = await lockOrganization(tx, id)
  if (organizationOf(actor) !== undefined) refuseOperatorsSettings(update)
  const { suspended, suspended_reason, ...rules } = update
  await refuseDefaultRoles(tx, actor, before, rules.default_role_ids ?? [])
  const merged = Object.entries({ ...before.rules, ...rules }).filter(([, value]) => value !== null)
  const after = {
    ...before,
    rules: Object.fromEntries(merged),
    ...suspensionAfter(before, suspended, suspended_reason),
  }
  await saveOrganization(tx, after)
  return { before, after }
}

function refuseOperatorsSettings(update: OrganizationSettingsUpdate): void {
  const named = OPERATORS_SETTINGS.find((name) => update[name] !== undefined)
  if (named) throw new ApiError('operator_only', { with: { what: named } })
}

/** Everybody who joins has these roles: who names a new one gives it. */
async function refuseDefaultRoles(
  tx: Tx,
  actor: Actor,
  before: Organization,
  roleIds: readonly string[],
): Promise<void> {
  const known = new Set(settingsOf(before).default_role_ids)
  const added = roleIds.filter((id) => !known.has(id))
  if (added.length > 0 && actor.kind === 'user' && !holdsAny(actor, [GIVES_ROLES])) {
    throw new ApiError('insufficient_scope', { with: { rule: 'all', scopes: GIVES_ROLES } })
  }
  await holdRoles(tx, added)
  await refuseRoles(tx, actor, added, 'give')
}

function suspensionAfter(before: Organization, suspended: boolean | undefined, reason: string | null | undefined) {
  const wasSuspended = before.suspended_at !== null
  const isSuspended = suspended ?? wasSuspended
  const begins = isSuspended && !wasSuspended
  return {
    suspended_at: isSuspended ? (before.suspended_at ?? now()) : null,
    suspended_reason: isSuspended ? (reason === undefined ? before.suspended_reason : reason) : null,
    token_generation: before.token_generation + (begins ? 1 : 0),
  }
}
