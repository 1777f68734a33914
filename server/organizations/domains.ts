/**
 * Discovery domains: whoever signs in with an address of one is led to its organization. A domain is pending until somebody
 * has shown that it is the organization's; we look up no names, so an operator says so. One that is verified leads to one
 * organization alone.
 */
import { randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import { now } from '../base/clock.ts'
import { newDomainId } from '../base/ids.ts'
import { type Db, isUniqueViolation, type Tx } from '../db/database.ts'
import type { OrganizationDiscoveryDomainsTable } from '../db/tables-organizations.ts'
import { checkpointOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import type { Paging } from '../http/paging.ts'

const closed = { additionalProperties: false } as const
/** Auth0's limit. */
const MOST_DOMAINS = 100

const Status = Type.Enum(['pending', 'verified'])
const Yes = Type.Optional(Type.Boolean({ description: 'Whether addresses of the domain lead to the organization' }))

/** Body of a new domain. */
export const NewDomain = Type.Object(
  {
    domain: Type.String({ minLength: 3, maxLength: 255, description: 'Domain such as example.com' }),
    status: Type.Optional(Status),
    use_for_organization_discovery: Yes,
  },
  closed,
)
/** Body of a change. */
export const DomainUpdate = Type.Object({ status: Type.Optional(Status), use_for_organization_discovery: Yes }, closed)

/** A domain on the wire. */
export const DomainReply = Type.Object({
  id: Type.String(),
  domain: Type.String(),
  status: Status,
  use_for_organization_discovery: Type.Boolean(),
  verification_txt: Type.String(),
  verification_host: Type.String(),
})

/** A stored domain. */
export type Domain = Selectable<OrganizationDiscoveryDomainsTable>

/** Makes the answer. */
export function domainWire(row: Domain): Static<typeof DomainReply> {
  const { id, organization_id, domain, status, use_for_organization_discovery, verification_txt } = row
  const verification_host = `_ss-verification.${organization_id}.${domain}`
  return { id, domain, status, use_for_organization_discovery, verification_txt, verification_host }
}

/** The domains of an organization, the oldest first. */
export async function listDomains(db: Db, organizationId: string, paging: Paging): Promise<Domain[]> {
  const after = checkpointOf(paging)
  return await domainsOf(db, organizationId)
    .selectAll()
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) > (${after?.time}::timestamptz, ${after?.id})`),
    )
    .orderBy('created_at')
    .orderBy('id')
    .limit(paging.limit)
    .execute()
}

/** One by its id or its name. @throws ApiError inexistent_discovery_domain */
export async function requireDomain(
  db: Db,
  organizationId: string,
  by: { id: string } | { domain: string },
): Promise<Domain> {
  const domains = domainsOf(db, organizationId).selectAll()
  const found =
    'id' in by ? domains.where('id', '=', by.id) : domains.where('domain', '=', by.domain.trim().toLowerCase())
  const row = await found.executeTakeFirst()
  if (!row) throw new ApiError('inexistent_discovery_domain')
  return row
}

/** Whether somebody has shown that a domain is the organization's. */
export async function isVerifiedDomain(db: Db, organizationId: string, domain: string): Promise<boolean> {
  const row = await domainsOf(db, organizationId)
    .select('id')
    .where('domain', '=', domain.toLowerCase())
    .where('status', '=', 'verified')
    .executeTakeFirst()
  return row !== undefined
}

function domainsOf(db: Db, organizationId: string) {
  return db.selectFrom('organization_discovery_domains').where('organization_id', '=', organizationId)
}

/**
 * Adds a domain to an organization that is locked.
 * @throws ApiError invalid_body, discovery_domain_exists, too_many_entities
 */
export async function addDomain(tx: Tx, organizationId: string, body: Static<typeof NewDomain>): Promise<Domain> {
  const { total } = await domainsOf(tx, organizationId)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  if (total >= MOST_DOMAINS) {
    throw new ApiError('too_many_entities', { with: { most: MOST_DOMAINS, entities: 'domains an organization' } })
  }
  const row = {
    id: newDomainId(),
    organization_id: organizationId,
    domain: domainOf(body.domain),
    status: body.status ?? 'pending',
    verification_txt: randomBytes(16).toString('hex'),
    use_for_organization_discovery: body.use_for_organization_discovery ?? true,
    created_at: now(),
  } as const
  await orExists(row.domain, tx.insertInto('organization_discovery_domains').values(row).execute())
  return row
}

/** Changes one of an organization that is locked. @throws ApiError inexistent_discovery_domain, discovery_domain_exists */
export async function changeDomain(
  tx: Tx,
  organizationId: string,
  id: string,
  update: Static<typeof DomainUpdate>,
): Promise<{ before: Domain; after: Domain }> {
  const before = await requireDomain(tx, organizationId, { id })
  const { status = before.status, use_for_organization_discovery = before.use_for_organization_discovery } = update
  const said = { status, use_for_organization_discovery }
  await orExists(
    before.domain,
    tx.updateTable('organization_discovery_domains').set(said).where('id', '=', before.id).execute(),
  )
  return { before, after: { ...before, ...said } }
}

/** Takes one away. @throws ApiError inexistent_discovery_domain */
export async function removeDomain(tx: Tx, organizationId: string, id: string): Promise<Domain> {
  const domain = await requireDomain(tx, organizationId, { id })
  await tx.deleteFrom('organization_discovery_domains').where('id', '=', id).execute()
  return domain
}

/** Labels of letters, digits and hyphens, two at least (RFC 1035 §2.3.1), in small letters; others in their ASCII form. */
function domainOf(text: string): string {
  const domain = text.trim().toLowerCase()
  if (/^(?=.{3,255}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(domain)) {
    return domain
  }
  throw new ApiError('invalid_body', {
    with: { reason: `Payload validation error: 'Not a domain: ${text.slice(0, 100)}' on property domain (Domain).` },
  })
}

async function orExists(domain: string, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (isUniqueViolation(error)) throw new ApiError('discovery_domain_exists', { with: { domain }, cause: error })
    throw error
  }
}
