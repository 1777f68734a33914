/**
 * In whose name a page speaks: a name, the letter that stands for a logo, and an accent. Pages load nothing from
 * elsewhere, so a logo somewhere on the web is not shown.
 */
import type { TenantSettings } from '../tenants/settings.ts'
import { type Accent, accentsOf } from './accent.ts'

/** A theme. `accent` is the brand's colour, `#rrggbb`; without one it is ours. */
export type Theme = {
  name: string
  letter: string
  accent?: string | undefined
  /** Where a person finds help: an address of a page, or `mailto:`. */
  help?: { href: string; label: string } | undefined
}

/** What an application says of itself for its pages; a stand-in for the branding of organizations. */
export type Brand = { name?: string | undefined; colour?: string | undefined }

const OWN_NAME = 'Tenantry'

/** The theme where nothing is known. */
export const OWN_THEME: Theme = { name: OWN_NAME, letter: letterOf(OWN_NAME) }

/** The tenant's theme, with the brand of the application where it has one. */
export function themeOf({ friendly_name, support_email, support_url }: TenantSettings, brand: Brand = {}): Theme {
  const name = brand.name || friendly_name?.trim() || OWN_NAME
  return { name, letter: letterOf(name), accent: brand.colour, help: helpOf(support_email, support_url) }
}

function helpOf(email: string | undefined, url: string | undefined): Theme['help'] {
  if (email) return { href: `mailto:${email}`, label: email }
  // The schema lets through what browsers do not open as a page, such as `javascript:`.
  return url && /^https?:\/\//i.test(url) ? { href: url, label: new URL(url).host } : undefined
}

function letterOf(name: string): string {
  return (name.match(/[\p{L}\p{N}]/u)?.[0] ?? 'T').toUpperCase()
}

/** The style that gives a page its accent; empty for ours, which stands in the style of every page. */
export function accentStyleOf({ accent }: Theme): string {
  if (accent === undefined || !/^#[0-9a-f]{6}$/i.test(accent)) return ''
  const { light, dark } = accentsOf(accent)
  return `:root{${valuesOf(light)}}@media (prefers-color-scheme:dark){:root{${valuesOf(dark)}}}`
}

function valuesOf({ fill, ink, text, edge, soft }: Accent): string {
  return `--accent:${fill};--accent-ink:${ink};--accent-text:${text};--accent-edge:${edge};--accent-soft:${soft}`
}
