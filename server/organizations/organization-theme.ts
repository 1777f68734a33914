/** In whose name pages and mails of an organization speak: its own, with the tenant's help where it names none. */
import { hexOf, solidColour } from '../pages/colour.ts'
import { type Brand, type TenantLook, type Theme, themeOf } from '../pages/theme.ts'
import type { TenantSettings } from '../tenants/settings.ts'
import { displayNameOf, type Organization } from './organization.ts'
import { settingsOf } from './settings.ts'

/** What of an organization makes its look. */
export type OrganizationLook = Pick<Organization, 'name' | 'display_name' | 'branding' | 'rules'>

/** The theme of an organization. */
export function organizationTheme(
  tenant: TenantSettings,
  organization: OrganizationLook,
  look: TenantLook = {},
): Theme {
  return themeOf(tenant, organizationBrand(organization), look)
}

/** What it says of itself. */
export function organizationBrand(organization: OrganizationLook): Brand {
  // Nothing is stored that the schema of the route has not let through.
  const { logo_url, colors } = (organization.branding ?? {}) as Branding
  return {
    name: displayNameOf(organization),
    colour: plainColour(colors?.primary),
    ground: plainColour(colors?.page_background),
    logoUrl: logo_url ?? undefined,
    contact: settingsOf(organization).support_contact,
  }
}

type Branding = { logo_url?: string | null; colors?: { primary?: string | null; page_background?: string | null } }

/** As six hex digits; undefined for what is none. */
function plainColour(text: string | null | undefined): string | undefined {
  return text && /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(text) ? hexOf(solidColour(text)) : undefined
}
