/** In whose name a sign-in speaks: the organization's, where one is known, else the application's or the tenant's. */
import type { JsonObject } from '../../db/tables.ts'
import type { Transaction } from '../../oidc/transaction.ts'
import { organizationBrand } from '../../organizations/organization-theme.ts'
import type { SignInOrganization } from '../../organizations/sign-in-store.ts'
import type { surroundingsOf } from '../../pages/surroundings.ts'

/** What the surroundings of a page go by. */
export function hintsOf(transaction: Transaction): Parameters<typeof surroundingsOf>[2] {
  const { uiLocales, user, client, identifier, organization, invitation } = transaction
  const locale = user?.user_metadata?.locale
  return {
    uiLocales,
    organization: invitation?.found?.language ?? organization?.rules.language ?? undefined,
    otherwise: typeof locale === 'string' ? locale : undefined,
    brand: organization ? organizationBrand(organization.row) : client.brand,
    names: { clientName: client.name, email: identifier ?? user?.email },
    variables: frameVariables(transaction),
  }
}

/** What the tenant's own frame can show of a sign-in, by Auth0's names; of the person once it is known who he is. */
function frameVariables({ client, user, organization }: Transaction): JsonObject {
  const { clientId: id, name, logoUri: logo_url = '', metadata } = client
  const { user_id, email, username, name: full_name, given_name, family_name, nickname, picture } = user ?? {}
  const person = { user_id, email, username, name: full_name, given_name, family_name, nickname, picture }
  return {
    application: { id, name, logo_url, metadata },
    ...(organization ? { organization: organizationVariables(organization) } : {}),
    ...(user ? { user: person } : {}),
  }
}

function organizationVariables({ id, name, displayName, metadata, branding }: SignInOrganization): JsonObject {
  const { logo_url = null, colors = {} } = branding
  return { id, name, display_name: displayName, metadata, branding: { logo_url, colors: { ...colors } } }
}

/** The letter that stands for somebody's logo. */
export function letterOf(name: string): string {
  return (name.match(/[\p{L}\p{N}]/u)?.[0] ?? '?').toUpperCase()
}
