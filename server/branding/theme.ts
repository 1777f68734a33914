/** TABLE: what a theme says, by Auth0's names and limits: the body of POST and PATCH, and the answer. */
import { type Static, type TSchema, Type } from 'typebox'
import { LOADABLE } from './branding.ts'

const closed = { additionalProperties: false } as const

const Color = Type.String({
  pattern: '^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$',
  description: 'Color, such as #23408e',
})
const Address = Type.String({
  maxLength: 2_048,
  pattern: `^$|${LOADABLE}`,
  format: 'strict-https-uri-or-empty',
  description: 'Address, https; or empty',
})

function number(minimum: number, maximum: number) {
  return Type.Number({ minimum, maximum })
}

/** So many percent of the reference text size. */
function font(least = 0) {
  return Type.Object({ bold: Type.Boolean(), size: number(least, 150) }, closed)
}

const Shape = Type.Enum(['pill', 'rounded', 'sharp'])
const Side = Type.Enum(['center', 'left', 'right'])

const PARTS = {
  borders: Type.Object(
    {
      button_border_radius: number(1, 10),
      button_border_weight: number(0, 10),
      buttons_style: Shape,
      input_border_radius: number(0, 10),
      input_border_weight: number(0, 3),
      inputs_style: Shape,
      show_widget_shadow: Type.Boolean(),
      widget_border_weight: number(0, 10),
      widget_corner_radius: number(0, 50),
    },
    closed,
  ),
  colors: Type.Object(
    {
      base_focus_color: Type.Optional(Color),
      base_hover_color: Type.Optional(Color),
      body_text: Color,
      captcha_widget_theme: Type.Optional(Type.Enum(['auto', 'dark', 'light'])),
      error: Color,
      header: Color,
      icons: Color,
      input_background: Color,
      input_border: Color,
      input_filled_text: Color,
      input_labels_placeholders: Color,
      links_focused_components: Color,
      primary_button: Color,
      primary_button_label: Color,
      read_only_background: Type.Optional(Color),
      secondary_button_border: Color,
      secondary_button_label: Color,
      success: Color,
      widget_background: Color,
      widget_border: Color,
    },
    closed,
  ),
  fonts: Type.Object(
    {
      body_text: font(),
      buttons_text: font(),
      font_url: Address,
      input_labels: font(),
      links: font(),
      links_style: Type.Enum(['normal', 'underlined']),
      reference_text_size: number(12, 24),
      subtitle: font(),
      title: font(75),
    },
    closed,
  ),
  page_background: Type.Object({ background_color: Color, background_image_url: Address, page_layout: Side }, closed),
  widget: Type.Object(
    {
      header_text_alignment: Side,
      logo_height: number(1, 100),
      logo_position: Type.Enum(['center', 'left', 'none', 'right']),
      logo_url: Address,
      social_buttons_layout: Type.Enum(['bottom', 'top']),
    },
    closed,
  ),
} as const satisfies Record<string, TSchema>

const DisplayName = Type.String({ maxLength: 2_048, pattern: '^[^<>]*$', description: 'Name, without < and >' })

/** Body of a new theme, and of a change, which replaces it. */
export const ThemeBody = Type.Object({ ...PARTS, displayName: Type.Optional(DisplayName) }, closed)
/** What a theme says. */
export type ThemeBody = Static<typeof ThemeBody>

/** A theme as it is answered. */
export const ThemeWire = Type.Object({ ...PARTS, displayName: Type.String(), themeId: Type.String() })

/** The name of a theme that got none. */
export const UNNAMED = 'Unnamed Theme'
