/** Makes, changes and removes organizations. */
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { ApiError } from '../http/errors.ts'
import {
  MOST_METADATA,
  type NewOrganization,
  type Organization,
  type OrganizationUpdate,
  SETTINGS,
} from './organization.ts'
import { deleteOrganization, insertOrganization, lockOrganization, saveOrganization } from './store.ts'

/** @throws ApiError organization_exists */
export async function createOrganization(
  tx: Tx,
  { name, display_name, branding, metadata, ...rest }: Omit<NewOrganization, 'enabled_connections'>,
): Promise<Organization> {
  const at = now()
  const organization = {
    id: newId('org'),
    name,
    display_name: display_name ?? null,
    branding: branding ?? null,
    metadata: metadata === undefined ? null : mergeMetadata(null, metadata),
    settings: settingsAfter({}, rest),
    rules: {},
    suspended_at: null,
    suspended_reason: null,
    token_generation: 1,
    created_at: at,
    updated_at: at,
  }
  await insertOrganization(tx, organization)
  return organization
}

/** @throws ApiError inexistent_organization, organization_exists, invalid_body, operator_only */
export async function updateOrganization(
  tx: Tx,
  actor: Actor,
  id: string,
  update: OrganizationUpdate,
): Promise<{ before: Organization; after: Organization }> {
  const before = await lockOrganization(tx, id)
  if (organizationOf(actor) !== undefined) refuseOperatorsPart(before, update)
  const { name, display_name, branding, metadata, ...rest } = update
  const after = {
    ...before,
    name: name ?? before.name,
    display_name: display_name ?? before.display_name,
    branding: branding ?? before.branding,
    metadata: metadata === undefined ? before.metadata : mergeMetadata(before.metadata, metadata),
    settings: settingsAfter(before.settings, rest),
  }
  await saveOrganization(tx, after)
  return { before, after }
}

/** Removes one; whoever was its member stays a user. @throws ApiError inexistent_organization */
export async function removeOrganization(tx: Tx, id: string): Promise<Organization> {
  const organization = await lockOrganization(tx, id)
  await deleteOrganization(tx, id)
  return organization
}

/** An organization's own administrator decides on how it looks, not on how it is addressed or what it costs. */
function refuseOperatorsPart(
  before: Organization,
  { name, display_name, token_quota, third_party_client_access }: OrganizationUpdate,
) {
  if (display_name !== undefined && display_name !== before.display_name) refuseNoName(display_name)
  if (name !== undefined && name !== before.name) throw new ApiError('operator_only', { with: { what: 'the name' } })
  if (token_quota !== undefined || third_party_client_access !== undefined) {
    throw new ApiError('operator_only', { with: { what: 'the limits of an organization' } })
  }
}

/**
 * Mails of ours go out under the name, to anybody who is invited. So an administrator puts no address on the web into it,
 * and no sign that breaks or turns the line it stands in. What an operator called it may stay.
 *
 * @throws ApiError invalid_body
 */
function refuseNoName(text: string): void {
  const wrong = text.trim() === '' || UNSEEN.test(text) ? 'Not a name' : undefined
  const fault =
    wrong ?? (WEB_ADDRESS.test(text) ? 'Only an operator gives a name that reads as a web address' : undefined)
  if (fault === undefined) return
  const reason = `Payload validation error: '${fault}' on property display_name (Name that people read).`
  throw new ApiError('invalid_body', { with: { reason } })
}

/** Control characters and marks of direction. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u
/** What mail programs make a link of: `https://x`, `www.x`, `x.example`. */
const WEB_ADDRESS = /:\/\/|\bwww\.|[\p{L}\p{N}-]\.\p{Ll}{2,}(?![\p{L}\p{N}])/u

/** Null takes a key away. @throws ApiError invalid_body beyond the limit */
function mergeMetadata(before: Organization['metadata'], patch: Record<string, string | null>) {
  const merged = Object.fromEntries(
    Object.entries({ ...before, ...patch }).filter((entry): entry is [string, string] => entry[1] !== null),
  )
  if (Object.keys(merged).length <= MOST_METADATA) return merged
  throw new ApiError('invalid_body', {
    with: { reason: `At most ${MOST_METADATA} entries of metadata are possible. Nothing was changed.` },
  })
}

function settingsAfter(before: JsonObject, update: Partial<Record<(typeof SETTINGS)[number], unknown>>): JsonObject {
  const said = SETTINGS.flatMap((name) => (update[name] === undefined ? [] : [[name, update[name]] as const]))
  return Object.fromEntries(
    Object.entries({ ...before, ...Object.fromEntries(said) }).filter(([, value]) => value !== null),
  )
}
