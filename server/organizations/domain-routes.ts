import { Type } from 'typebox'
import { checkpointKeys } from '../http/checkpoint.ts'
import { type Route, route } from '../http/define-route.ts'
import { checkpointPagingOf, listReply, OnlyCheckpointQuery } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import {
  addDomain,
  changeDomain,
  type Domain,
  DomainReply,
  DomainUpdate,
  domainWire,
  listDomains,
  NewDomain,
  removeDomain,
  requireDomain,
} from './domains.ts'
import { OrganizationId } from './organization.ts'
import { lockOrganization, requireOrganization } from './store.ts'

const DomainId = Type.Object({
  ...OrganizationId.properties,
  discovery_domain_id: Type.String({ minLength: 1, maxLength: 100, ...STORABLE, description: 'Id of the domain' }),
})
const DomainName = Type.Object({
  ...OrganizationId.properties,
  discovery_domain: Type.String({ minLength: 1, maxLength: 255, ...STORABLE, description: 'Name of the domain' }),
})

/** `/api/v2/organizations/{id}/discovery-domains`. */
export const domainRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/discovery-domains',
    operationId: 'get_discovery-domains',
    summary: 'Get the discovery domains of an organization',
    scope: ['read:organization_discovery_domains'],
    withinOrganization: 'organization',
    params: OrganizationId,
    query: OnlyCheckpointQuery,
    reply: { 200: Type.Object({ domains: Type.Array(DomainReply), next: Type.Optional(Type.String()) }) },
    handler: async ({ db, params, query }) => {
      await requireOrganization(db, params.id)
      const paging = checkpointPagingOf(query)
      const rows = await listDomains(db, params.id, paging)
      const last = rows.at(-1)
      return listReply('domains', paging, { rows: rows.map(domainWire), total: 0 }, () =>
        last ? checkpointKeys(last, last.id) : [],
      )
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations/:id/discovery-domains',
    operationId: 'post_discovery-domains',
    summary: 'Add a discovery domain to an organization',
    scope: ['create:organization_discovery_domains'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: OrganizationId,
    body: NewDomain,
    reply: { 201: DomainReply },
    partly: 'DNS is not asked: whoever may change a domain says that it is verified',
    handler: async ({ tx, params, body, audit }) => {
      await lockOrganization(tx, params.id)
      const domain = await addDomain(tx, params.id, body)
      Object.assign(audit, about(domain))
      return domainWire(domain)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/discovery-domains/name/:discovery_domain',
    operationId: 'get_name_by_discovery_domain',
    summary: 'Get a discovery domain of an organization by its name',
    scope: ['read:organization_discovery_domains'],
    withinOrganization: 'organization',
    params: DomainName,
    reply: { 200: DomainReply },
    handler: async ({ db, params }) => {
      await requireOrganization(db, params.id)
      return domainWire(await requireDomain(db, params.id, { domain: params.discovery_domain }))
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/discovery-domains/:discovery_domain_id',
    operationId: 'get_discovery-domains_by_discovery_domain_id',
    summary: 'Get a discovery domain of an organization',
    scope: ['read:organization_discovery_domains'],
    withinOrganization: 'organization',
    params: DomainId,
    reply: { 200: DomainReply },
    handler: async ({ db, params }) => {
      await requireOrganization(db, params.id)
      return domainWire(await requireDomain(db, params.id, { id: params.discovery_domain_id }))
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/organizations/:id/discovery-domains/:discovery_domain_id',
    operationId: 'patch_discovery-domains_by_discovery_domain_id',
    summary: 'Update a discovery domain of an organization',
    scope: ['update:organization_discovery_domains'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: DomainId,
    body: DomainUpdate,
    reply: { 200: DomainReply },
    partly: 'DNS is not asked: whoever may change a domain says that it is verified',
    handler: async ({ tx, params, body, audit }) => {
      await lockOrganization(tx, params.id)
      const { before, after } = await changeDomain(tx, params.id, params.discovery_domain_id, body)
      Object.assign(audit, about(after), { before: domainWire(before) })
      return domainWire(after)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/organizations/:id/discovery-domains/:discovery_domain_id',
    operationId: 'delete_discovery-domains_by_discovery_domain_id',
    summary: 'Take a discovery domain from an organization',
    scope: ['delete:organization_discovery_domains'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: DomainId,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, audit }) => {
      await lockOrganization(tx, params.id)
      const removed = await removeDomain(tx, params.id, params.discovery_domain_id)
      Object.assign(audit, about(removed), { before: domainWire(removed) })
      return null
    },
  }),
]

function about({ id, organization_id }: Domain) {
  return { target: { kind: 'discovery_domain', id }, organizationId: organization_id }
}
