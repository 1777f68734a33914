/**
 * In whose name a page speaks: a name, a logo or the letter that stands for one, and an accent, or all the colours and
 * shapes of a tenant's theme. Pages load nothing from elsewhere but what the tenant's branding names.
 */
import type { Branding } from '../branding/branding.ts'
import type { ThemeBody } from '../branding/theme.ts'
import type { TenantSettings } from '../tenants/settings.ts'
import { type Accent, accentsOf } from './accent.ts'
import { hexOf, solidColour } from './colour.ts'
import { groundStyleOf, themeFontOf, themeStyleOf } from './theme-style.ts'

/** A theme. `accent` is the brand's colour, `#rrggbb`; without one it is ours. */
export type Theme = {
  name: string
  letter: string
  accent?: string | undefined
  /** Where a person finds help: an address of a page, or `mailto:`. */
  help?: { href: string; label: string } | undefined
  logo?: { url: string; height: number } | undefined
  /** Address of the icon in the browser's tab. */
  icon?: string | undefined
  /** Address of a font that goes before ours. */
  font?: string | undefined
  /** Colour of the page around the card, where there is no whole look. */
  ground?: string | undefined
  look?: ThemeBody | undefined
}

/** What an organization says of itself for its pages, or an application that stands in for one. */
export type Brand = {
  name?: string | undefined
  colour?: string | undefined
  logoUrl?: string | undefined
  /** Colour of the page around the card. */
  ground?: string | undefined
  /** In the place of the tenant's help. */
  contact?: { email?: string | undefined; url?: string | undefined } | undefined
}

const OWN_NAME = 'Tenantry'

/** The theme where nothing is known. */
export const OWN_THEME: Theme = { name: OWN_NAME, letter: letterOf(OWN_NAME) }

/** What the tenant says of its look, as far as it is said. */
export type TenantLook = { branding?: Branding; theme?: ThemeBody | undefined }

/** The tenant's theme, with the brand of the application where it has one. */
export function themeOf(
  { friendly_name, support_email, support_url }: TenantSettings,
  brand: Brand = {},
  { branding = {}, theme }: TenantLook = {},
): Theme {
  const name = brand.name || friendly_name?.trim() || OWN_NAME
  const own = theme?.colors.primary_button ?? branding.colors?.primary
  return {
    name,
    letter: letterOf(name),
    accent: colourOfBrand(brand) ?? (own === undefined ? undefined : hexOf(solidColour(own))),
    help: helpOf(brand.contact?.email, brand.contact?.url) ?? helpOf(support_email, support_url),
    // What has a name of its own is not shown under the tenant's logo.
    logo: brand.logoUrl
      ? { url: brand.logoUrl, height: LOGO_HEIGHT }
      : brand.name
        ? undefined
        : logoOf(branding, theme),
    icon: branding.favicon_url,
    font: theme?.fonts.font_url || branding.font?.url,
    ground: brand.ground ?? groundOf(branding),
    look: theme && brand.ground !== undefined ? onGround(theme, brand.ground) : theme,
  }
}

/** The tenant's theme on another ground. */
function onGround(theme: ThemeBody, colour: string): ThemeBody {
  const { page_background } = theme
  return { ...theme, page_background: { ...page_background, background_color: colour, background_image_url: '' } }
}

/** Metadata of an application is any text; what is no colour there leaves the tenant's. */
function colourOfBrand({ colour }: Brand): string | undefined {
  return colour !== undefined && /^#[0-9a-f]{6}$/i.test(colour) ? colour : undefined
}

const LOGO_HEIGHT = 40

function logoOf({ logo_url }: Branding, theme: ThemeBody | undefined): Theme['logo'] {
  if (theme?.widget.logo_position === 'none') return undefined
  const url = theme?.widget.logo_url || logo_url
  return url ? { url, height: theme?.widget.logo_height ?? LOGO_HEIGHT } : undefined
}

/** A gradient counts as what it starts with: text is read against one colour. */
function groundOf({ colors }: Branding): string | undefined {
  const ground = colors?.page_background
  return typeof ground === 'object' ? ground.start : ground
}

/** What pages of the theme load from elsewhere. */
export function loadedBy(
  { logo, icon, font, look }: Theme,
  more: readonly string[] = [],
): { images: string[]; fonts: string[] } {
  const images = [...more, logo?.url, icon, look?.page_background.background_image_url]
  return { images: images.filter(isAddress), fonts: [font].filter(isAddress) }
}

/** What is no address is not loaded; it costs nobody the page. */
function isAddress(url: string | undefined): url is string {
  return url !== undefined && URL.canParse(url)
}

/** Styles by what they are made of: making one takes longer than all the rest of a page. */
const styles = new Map<string, string>()
const MOST_STYLES = 100

/** The style that makes a page the theme's; empty for ours, which is that of every page. */
export function styleOf({ look, ground, font, accent }: Theme): string {
  const key = JSON.stringify([look, ground, font, accent])
  const known = styles.get(key)
  if (known !== undefined) return known
  if (styles.size >= MOST_STYLES) styles.clear()
  const made = makeStyle({ look, ground, font, accent })
  styles.set(key, made)
  return made
}

function makeStyle({ look, ground, font, accent }: Pick<Theme, 'look' | 'ground' | 'font' | 'accent'>): string {
  const face = themeFontOf(font)
  if (look) return face + themeStyleOf(look, accent)
  const named = font ? ':root{--font:"Tenant font"}' : ''
  return face + named + accentStyleOf({ accent }) + (ground === undefined ? '' : groundStyleOf(ground))
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
export function accentStyleOf({ accent }: Pick<Theme, 'accent'>): string {
  if (accent === undefined || !/^#[0-9a-f]{6}$/i.test(accent)) return ''
  const { light, dark } = accentsOf(accent)
  return `:root{${valuesOf(light)}}@media (prefers-color-scheme:dark){:root{${valuesOf(dark)}}}`
}

function valuesOf({ fill, ink, text, edge, soft }: Accent): string {
  return `--accent:${fill};--accent-ink:${ink};--accent-text:${text};--accent-edge:${edge};--accent-soft:${soft}`
}
