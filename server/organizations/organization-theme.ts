/** In whose name pages and mails of an organization speak: its own, with the tenant's help where it names none. */
import { hexOf, solidColour } from '../pages/colour.ts'
import { type TenantLook, type Theme, themeOf } from '../pages/theme.ts'
import type { TenantSettings } from '../tenants/settings.ts'
import { displayNameOf, type Organization } from './organization.ts'
import { settingsOf } from './settings.ts'

/** The theme of an organization. */
export function organizationTheme(tenant: TenantSettings, organization: Organization, look: TenantLook = {}): Theme {
  const { support_contact: contact } = settingsOf(organization)
  const help = contact ? { support_email: contact.email ?? '', support_url: contact.url ?? '' } : {}
  const { logo_url, colors } = brandingOf(organization)
  const colour = colors === undefined ? undefined : hexOf(solidColour(colors.primary))
  const theme = themeOf({ ...tenant, ...help }, { name: displayNameOf(organization), colour }, look)
  return {
    ...theme,
    ...(logo_url ? { logo: { url: logo_url, height: LOGO_HEIGHT } } : {}),
    ...(colors ? { ground: colors.page_background } : {}),
  }
}

const LOGO_HEIGHT = 40

type Branding = { logo_url?: string | null; colors?: { primary: string; page_background: string } }

function brandingOf({ branding }: Organization): Branding {
  // Nothing is stored that the schema of the route has not let through.
  return (branding ?? {}) as Branding
}
