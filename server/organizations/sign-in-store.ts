/** SQL of signing in to an organization: which one is meant, through what one gets in, who is a member in force. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { Db } from '../db/database.ts'
import { likeText } from '../db/like-text.ts'
import { displayNameOf, type Organization } from './organization.ts'
import { type OrganizationSettings, settingsOf } from './settings.ts'

/** An organization, as far as signing in to it needs it. */
export type SignInOrganization = {
  id: string
  name: string
  displayName: string
  branding: OrganizationBranding
  metadata: Record<string, string | null>
  rules: OrganizationSettings
  row: Organization
}

/** What an organization says of its look, by Auth0's names. */
export type OrganizationBranding = {
  logo_url?: string | null
  colors?: { primary?: string; page_background?: string }
}

/** The organization of this id or name; undefined when there is none. */
export async function findSignInOrganization(
  db: Db,
  by: { id: string } | { name: string },
): Promise<SignInOrganization | undefined> {
  const row = await db
    .selectFrom('organizations')
    .selectAll()
    .where((eb) => ('id' in by ? eb('id', '=', by.id) : eb('name', '=', by.name)))
    .executeTakeFirst()
  return row && organizationOf(row)
}

/** The organization to which addresses of this domain lead; undefined where nobody has proved that the domain is his. */
export async function findOrganizationOfDomain(db: Db, domain: string): Promise<SignInOrganization | undefined> {
  const row = await db
    .selectFrom('organizations')
    .selectAll()
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('organization_discovery_domains')
        .select('organization_id')
        .where('domain', '=', domain.toLowerCase())
        .where('status', '=', 'verified')
        .where('use_for_organization_discovery', '=', true),
    )
    .executeTakeFirst()
  return row && organizationOf(row)
}

function organizationOf(row: Organization): SignInOrganization {
  return {
    id: row.id,
    name: row.name,
    displayName: displayNameOf(row),
    // Nothing is stored that the schemas of the routes have not let through.
    branding: (row.branding ?? {}) as OrganizationBranding,
    metadata: row.metadata ?? {},
    rules: settingsOf(row),
    row,
  }
}

/** A connection through which one signs in to an organization. */
export type OrganizationConnection = { connectionId: string; isSignUpEnabled: boolean; showsButton: boolean }

/** Those that are enabled, the oldest first. */
export async function listSignInConnections(db: Db, organizationId: string): Promise<OrganizationConnection[]> {
  const rows = await db
    .selectFrom('organization_connections')
    .select(['connection_id', 'is_signup_enabled', 'show_as_button'])
    .where('organization_id', '=', organizationId)
    .where('is_enabled', '=', true)
    .orderBy('created_at')
    .orderBy('connection_id')
    .execute()
  return rows.map(({ connection_id, is_signup_enabled, show_as_button }) => ({
    connectionId: connection_id,
    isSignUpEnabled: is_signup_enabled,
    showsButton: show_as_button,
  }))
}

/** Under which generations of membership and organization something is earned. */
export type MembershipProof = { organizationId: string; membershipGeneration: number; organizationGeneration: number }

/**
 * The proof of a membership that is in force; undefined for any other. Within a transaction nobody is removed until it
 * ends, so that what belongs to the membership can be stored. The user is held before it, as whoever deletes him does.
 */
export async function proveMembership(
  db: Db,
  { userId, organizationId }: { userId: string; organizationId: string },
): Promise<MembershipProof | undefined> {
  const row = await db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.user_id', 'm.user_id')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .select(['m.token_generation as membership', 'o.token_generation as organization'])
    .where('m.organization_id', '=', organizationId)
    .where('m.user_id', '=', userId)
    .where(isInForce('m'))
    .where('o.suspended_at', 'is', null)
    .forKeyShare(['u', 'm'])
    .executeTakeFirst()
  return row && { organizationId, membershipGeneration: row.membership, organizationGeneration: row.organization }
}

/** Whether a membership is neither blocked nor over. `alias` is the name of its table. */
export function isInForce(alias: string): Expression<SqlBool> {
  const [blocked, ends] = [sql.ref(`${alias}.blocked_at`), sql.ref(`${alias}.ends_at`)]
  return sql<SqlBool>`(${blocked} is null and (${ends} is null or ${ends} > ${now()}))`
}

/** An organization to choose from. */
export type Choice = { id: string; name: string; displayName: string; logoUrl: string | undefined }

/** Whose organizations are to choose from. `administered` leaves out those in which he administers nothing. */
export type ChoiceFilter = {
  userId: string
  administered?: boolean
  search?: string | undefined
  /** This one alone. */
  only?: string
  limit: number
}

/** Those to choose from, the one he signed in to last in front, and how many there are. */
export async function listChoices(
  db: Db,
  { userId, administered = false, search = '', only, limit }: ChoiceFilter,
): Promise<{ choices: Choice[]; total: number }> {
  const pattern = `%${likeText(search.toLowerCase())}%`
  const rows = await db
    .selectFrom('memberships as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .select(['o.id', 'o.name', 'o.display_name', 'o.branding'])
    .select(sql<number>`(count(*) over ())::int`.as('total'))
    .where('m.user_id', '=', userId)
    .where(isInForce('m'))
    .where('o.suspended_at', 'is', null)
    .$if(search !== '', (query) =>
      query.where(sql<boolean>`lower(coalesce(o.display_name, '') || ' ' || o.name) like ${pattern}`),
    )
    .$if(only !== undefined, (query) => query.where('o.id', '=', only ?? ''))
    .$if(administered, (query) => query.where(ADMINISTERS))
    .orderBy('m.last_login', (order) => order.desc().nullsLast())
    .orderBy(sql`lower(coalesce(o.display_name, o.name))`)
    .orderBy('o.id')
    .limit(limit)
    .execute()
  const choices = rows.map(({ id, name, display_name, branding }) => ({
    id,
    name,
    displayName: display_name ?? name,
    // As above.
    logoUrl: (branding as OrganizationBranding | null)?.logo_url ?? undefined,
  }))
  return { choices, total: rows[0]?.total ?? 0 }
}

/** Whether the roles of a membership, known as `m`, carry any right at the Management API. */
export const ADMINISTERS = sql<SqlBool>`exists (
  select 1 from membership_roles r
  join role_permissions p on p.role_id = r.role_id
  join resource_servers a on a.id = p.resource_server_id and a.system_name = 'management'
  where r.organization_id = m.organization_id and r.user_id = m.user_id)`

/** An organization of a person, with what he is there. */
export type OwnMembership = Pick<SignInOrganization, 'id' | 'name' | 'displayName' | 'branding'> & {
  roles: string[]
  joinedAt: Date
  administers: boolean
}

/** Those in which his membership is in force, the one that he signed in to last in front. */
export async function listOwnMemberships(db: Db, userId: string): Promise<OwnMembership[]> {
  const rows = await db
    .selectFrom('memberships as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .select(['o.id', 'o.name', 'o.display_name', 'o.branding', 'm.created_at'])
    .select(ADMINISTERS.as('administers'))
    .select(
      sql<string[]>`array(select r.name from membership_roles mr join roles r on r.id = mr.role_id
        where mr.organization_id = m.organization_id and mr.user_id = m.user_id order by r.name)`.as('roles'),
    )
    .where('m.user_id', '=', userId)
    .where(isInForce('m'))
    .where('o.suspended_at', 'is', null)
    .orderBy('m.last_login', (order) => order.desc().nullsLast())
    .orderBy('m.created_at')
    .orderBy('o.id')
    .limit(1_000)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    displayName: displayNameOf(row),
    // As above.
    branding: (row.branding ?? {}) as OrganizationBranding,
    roles: row.roles,
    joinedAt: row.created_at,
    administers: row.administers === true,
  }))
}

/** The organization that manages an account, where there is one. */
export async function findManager(db: Db, userId: string): Promise<{ id: string; name: string } | undefined> {
  const manager = await db
    .selectFrom('users as u')
    .innerJoin('organizations as o', 'o.id', 'u.managing_organization_id')
    .select(['o.id', 'o.name', 'o.display_name'])
    .where('u.user_id', '=', userId)
    .executeTakeFirst()
  return manager && { id: manager.id, name: displayNameOf(manager) }
}
