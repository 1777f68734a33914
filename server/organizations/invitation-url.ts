/** Where the link of an invitation leads: to the page at which its application begins a sign-in. */
import { BUILT_IN_CLIENTS, isBuiltInClient } from '../clients/built-in.ts'
import type { StoredClient } from '../clients/client.ts'
import type { Config } from '../config.ts'
import { filledText } from '../http/sent-fields.ts'
import type { TenantSettings } from '../tenants/settings.ts'
import type { Organization } from './organization.ts'

/** What the link is made of. */
export type LinkParts = {
  client: StoredClient
  tenant: Pick<TenantSettings, 'default_redirection_uri'>
  organization: Pick<Organization, 'id' | 'name'>
}

/**
 * The link of an invitation, in Auth0's form; undefined where neither the application nor the tenant says where a sign-in
 * begins. Our own portals begin theirs at their own address.
 */
export function invitationUrl(config: Config, ticket: string, parts: LinkParts): string | undefined {
  const { id, name } = parts.organization
  const address = loginAddressOf(config, parts)
  if (address === undefined || !URL.canParse(address)) return undefined
  const url = new URL(address)
  url.searchParams.set('invitation', ticket)
  url.searchParams.set('organization', id)
  url.searchParams.set('organization_name', name)
  return url.href
}

function loginAddressOf({ publicUrl }: Config, { client, tenant, organization }: LinkParts): string | undefined {
  const { client_id: id, settings } = client
  if (isBuiltInClient(id)) return `${publicUrl}${pathOf(id)}`
  const begins = settings.initiate_login_uri
  const said = filledText(begins) ?? filledText(tenant.default_redirection_uri)
  return said?.replaceAll('{organization_name}', organization.name)
}

function pathOf(clientId: string): string {
  const [, portal] = Object.entries(BUILT_IN_CLIENTS).find(([id]) => id === clientId) ?? []
  return portal?.path ?? ''
}

/** Whether people can sign in to the application for an organization. Auth0's default is that they cannot. */
export function allowsOrganizations({ client_id, settings }: StoredClient): boolean {
  return isBuiltInClient(client_id) || ['allow', 'require'].includes(String(settings.organization_usage))
}
