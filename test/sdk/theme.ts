/** A theme for tests. */

const font = (size: number, bold = false) => ({ bold, size })

/** A theme whose every part differs from what ours looks like. */
export const THEME = {
  displayName: 'Harbour',
  borders: {
    button_border_radius: 4,
    button_border_weight: 2,
    buttons_style: 'pill',
    input_border_radius: 3,
    input_border_weight: 2,
    inputs_style: 'sharp',
    show_widget_shadow: true,
    widget_border_weight: 2,
    widget_corner_radius: 12,
  },
  colors: {
    body_text: '#1e212a',
    error: '#d03c38',
    header: '#102a43',
    icons: '#65676e',
    input_background: '#ffffff',
    input_border: '#c9cace',
    input_filled_text: '#000000',
    input_labels_placeholders: '#65676e',
    links_focused_components: '#635dff',
    primary_button: '#ffd54f',
    primary_button_label: '#ffffff',
    secondary_button_border: '#c9cace',
    secondary_button_label: '#1e212a',
    success: '#13a688',
    widget_background: '#f0f4f8',
    widget_border: '#9fb3c8',
  },
  fonts: {
    body_text: font(88),
    buttons_text: font(100, true),
    font_url: '',
    input_labels: font(100),
    links: font(88, true),
    links_style: 'underlined',
    reference_text_size: 16,
    subtitle: font(88),
    title: font(150, true),
  },
  page_background: { background_color: '#102a43', background_image_url: '', page_layout: 'left' },
  widget: {
    header_text_alignment: 'left',
    logo_height: 48,
    logo_position: 'left',
    logo_url: 'https://cdn.harbour.example/logo.png',
    social_buttons_layout: 'bottom',
  },
}
