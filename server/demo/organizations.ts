/** The two customers of the demo as organizations: who belongs to which, who administers them, how they look, and their terms. */
import { now } from '../base/clock.ts'
import type { Connection } from '../connections/connection.ts'
import type { Tx } from '../db/database.ts'
import { createOrganization } from '../organizations/change.ts'
import { enableConnection } from '../organizations/connection-change.ts'
import { addDomain } from '../organizations/domains.ts'
import { makeMembers } from '../organizations/member-change.ts'
import { insertMemberRoles } from '../organizations/member-roles.ts'
import type { BuiltInRoleKey } from '../roles/built-in.ts'
import { builtInRoleId } from '../roles/store.ts'
import { DEMO_COMPANIES, type DemoCompany, type DemoPerson } from './people.ts'
import { fillTerms } from './terms.ts'

type CompanyKey = keyof typeof DEMO_COMPANIES

/** A person of the demo who was made. */
export type MadePerson = { person: DemoPerson; userId: string }

/** TABLE: who does what for his company, by what the demo says of his role there. */
const ROLES: Readonly<Record<string, BuiltInRoleKey>> = {
  owner: 'administrator',
  administrator: 'administrator',
  helper: 'helper',
  auditor: 'auditor',
}

/** Whether the person administers his company in whichever way: he has a part of the admin portal. */
export function administers({ roles }: DemoPerson): boolean {
  return roles.some((role) => ROLES[role] !== undefined)
}

/** A connection of a customer; in one of its own, its administrators make accounts and import people. */
export type DemoConnection = { connection: Connection; isOwn?: true }

/** Makes them. @param connections those through which their people sign in */
export async function fillOrganizations(
  tx: Tx,
  people: readonly MadePerson[],
  connections: Readonly<Record<CompanyKey, readonly DemoConnection[]>>,
): Promise<void> {
  for (const [key, company] of Object.entries(DEMO_COMPANIES) as [CompanyKey, DemoCompany][]) {
    const { id } = await createOrganization(tx, {
      name: key,
      display_name: company.name,
      branding: { colors: { primary: company.colour, page_background: '#ffffff' } },
    })
    const rules = { language: company.locale, support_contact: { email: `help@${company.mailDomain}` } }
    await tx
      .updateTable('organizations')
      .set({ rules: JSON.stringify(rules) })
      .where('id', '=', id)
      .execute()
    // So that its administrators can correct addresses. Nobody is led to it by that: signing in is as without it.
    const domain = { domain: company.mailDomain, status: 'verified', use_for_organization_discovery: false } as const
    await addDomain(tx, id, domain)
    for (const { connection, isOwn } of connections[key]) {
      await enableConnection(tx, id, connection.id, isOwn ? { access_level: 'limited' } : {})
    }
    const members = people.filter(({ person }) => belongsTo(person, key))
    for (const made of members) await addMember(tx, id, key, made)
    await fillTerms(tx, key, id, members)
  }
}

function belongsTo({ company, alsoAt }: DemoPerson, key: CompanyKey): boolean {
  return company === key || alsoAt === key
}

async function addMember(tx: Tx, organizationId: string, key: CompanyKey, { person, userId }: MadePerson) {
  await makeMembers(tx, organizationId, [userId])
  await tx
    .updateTable('memberships')
    .set({ attributes: JSON.stringify({ title: person.title }), ...(person.isBlocked ? blockOf(person) : {}) })
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute()
  // Who works for two customers has an account of his own.
  const managing_organization_id = person.alsoAt === undefined ? organizationId : null
  await tx.updateTable('users').set({ managing_organization_id }).where('user_id', '=', userId).execute()
  if (person.company !== key) return
  for (const role of person.roles) {
    const builtIn = ROLES[role]
    if (builtIn) await insertMemberRoles(tx, organizationId, [userId], [await builtInRoleId(tx, builtIn)])
  }
}

function blockOf({ title }: DemoPerson) {
  return { blocked_at: now(), blocked_reason: title }
}
