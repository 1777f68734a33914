/**
 * The style of a tenant's theme, as values of the variables that `style.css` has. Whatever the theme says, text keeps a
 * contrast of 4.5 to what it stands on and the edges of fields one of 3: a colour that has less is moved towards black or
 * white. A theme has one set of colours, so its pages are the same in the light and in the dark.
 */
import type { ThemeBody } from '../branding/theme.ts'
import { hexOf, isDarkColour, mixOf, type Oklch, readableOn, solidColour } from './colour.ts'

type Values = Record<string, string>

/** The style. @param accent of the application, which goes before the theme's */
export function themeStyleOf(theme: ThemeBody, accent?: string): string {
  const ground = solidColour(theme.page_background.background_color)
  const values = {
    ...pageValues(ground),
    ...cardValues(theme, ground, accent),
    ...shapeValues(theme),
    ...fontValues(theme),
    ...placeValues(theme),
  }
  return `:root{${written(values)}}`
}

/** The style of a page's ground alone, under cards that are ours. In the dark a light one gives way to ours. */
export function groundStyleOf(colour: string): string {
  const ground = solidColour(colour)
  const style = `:root{${written(pageValues(ground))}}`
  return isDarkColour(ground) ? style : `@media (prefers-color-scheme:light){${style}}`
}

/** What stands on the page itself: name or logo, the line below the card, and the foot. */
function pageValues(ground: Oklch): Values {
  const ink = readableOn(isDarkColour(ground) ? { l: 0.94, c: 0.004, h: 95 } : { l: 0.24, c: 0.012, h: 260 }, ground)
  return { bg: hexOf(ground), 'on-bg': hexOf(ink), 'on-bg-2': hexOf(readableOn(mixOf(ink, ground, 0.8), ground)) }
}

function cardValues({ colors }: ThemeBody, ground: Oklch, accent: string | undefined): Values {
  const surface = solidColour(colors.widget_background, ground)
  const field = solidColour(colors.input_background, surface)
  const fill = solidColour(accent ?? colors.primary_button, surface)
  const on = (text: string, least?: number) => hexOf(readableOn(solidColour(text, surface), surface, least))
  const onFill = readableOn(solidColour(colors.primary_button_label, fill), fill)
  const ink = readableOn(solidColour(colors.body_text, surface), surface, 5)
  const link = readableOn(solidColour(colors.links_focused_components, surface), surface, 4.6)
  return {
    'color-scheme': isDarkColour(surface) ? 'dark' : 'light',
    surface: hexOf(surface),
    // Away from the text on it.
    sunken: hexOf(mixOf(farFrom(ink), surface, 0.06)),
    line: hexOf(solidColour(colors.widget_border, surface)),
    edge: on(colors.input_border, 3),
    ink: hexOf(ink),
    'ink-2': hexOf(readableOn(mixOf(ink, surface, 0.85), surface)),
    title: on(colors.header),
    label: on(colors.input_labels_placeholders),
    icon: on(colors.icons, 3),
    accent: hexOf(fill),
    'accent-ink': hexOf(onFill),
    hover: hexOf(farFrom(onFill)),
    'accent-text': hexOf(link),
    'accent-edge': hexOf(readableOn(fill, surface, 3)),
    field: hexOf(field),
    'field-ink': hexOf(readableOn(solidColour(colors.input_filled_text, field), field)),
    'field-link': hexOf(readableOn(link, field)),
    'link-bg': hexOf(readableOn(link, ground)),
    'second-line': on(colors.secondary_button_border, 3),
    'second-ink': on(colors.secondary_button_label, 5),
    ok: on(colors.success),
    danger: on(colors.error),
  }
}

/** Black for what is light, white for what is dark. */
function farFrom(colour: Oklch): Oklch {
  return { l: isDarkColour(colour) ? 1 : 0, c: 0, h: 0 }
}

const RADIUS = { pill: () => '999px', rounded: (pixels: number) => `${pixels}px`, sharp: () => '0' } as const

function shapeValues({ borders }: ThemeBody): Values {
  return {
    'button-radius': RADIUS[borders.buttons_style](borders.button_border_radius),
    'button-line': `${borders.button_border_weight}px`,
    'field-radius': RADIUS[borders.inputs_style](borders.input_border_radius),
    // A field without an edge is not seen as one.
    'field-line': `${Math.max(1, borders.input_border_weight)}px`,
    'card-radius': `${borders.widget_corner_radius}px`,
    'card-line': `${borders.widget_border_weight}px`,
    'card-shadow': borders.show_widget_shadow ? '0 12px 40px #00000024' : 'none',
  }
}

/** Sizes that can be read, however small they were said. */
const SMALLEST = 14

function fontValues({ fonts }: ThemeBody): Values {
  const reference = Math.max(SMALLEST, fonts.reference_text_size)
  const size = (percent: number) => `${Math.max(percent, (100 * SMALLEST) / reference) / 100}rem`
  const weight = (isBold: boolean) => (isBold ? '600' : '400')
  return {
    'text-size': `${(100 * reference) / 16}%`,
    'title-size': size(fonts.title.size),
    'title-weight': weight(fonts.title.bold),
    'said-size': size(fonts.subtitle.size),
    'said-weight': weight(fonts.subtitle.bold),
    'body-weight': weight(fonts.body_text.bold),
    'button-size': size(fonts.buttons_text.size),
    'button-weight': weight(fonts.buttons_text.bold),
    'label-size': size(fonts.input_labels.size),
    'label-weight': weight(fonts.input_labels.bold),
    'link-size': size(fonts.links.size),
    'link-weight': weight(fonts.links.bold),
    'link-line': fonts.links_style === 'underlined' ? 'underline' : 'none',
    ...(fonts.font_url === '' ? {} : { font: '"Tenant font"' }),
  }
}

/** TABLE: where things stand on a line. */
const AT = { left: 'flex-start', center: 'center', right: 'flex-end', none: 'flex-start' } as const
const EDGE_DISTANCE = 'clamp(0rem,8vw,8rem)'

function placeValues({ page_background: { page_layout, background_image_url }, widget }: ThemeBody): Values {
  return {
    'head-align': widget.header_text_alignment,
    'logo-at': AT[widget.logo_position],
    ...(page_layout === 'left' ? { 'page-left': EDGE_DISTANCE } : {}),
    ...(page_layout === 'right' ? { 'page-right': EDGE_DISTANCE } : {}),
    // Nobody knows how dark a picture is, so what stands on it gets a ground of its own.
    ...(background_image_url === '' ? {} : { 'bg-image': `url("${background_image_url}")`, panel: 'var(--bg)' }),
  }
}

function written(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => (name === 'color-scheme' ? `${name}:${value}` : `--${name}:${value}`))
    .join(';')
}

/** The rule by which the theme's font is loaded; empty where it has none. */
export function themeFontOf(address: string | undefined): string {
  return address ? `@font-face{font-family:"Tenant font";src:url("${address}");font-display:swap}` : ''
}
