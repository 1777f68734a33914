import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { THEME } from '../../test/sdk/theme.ts'
import type { ThemeBody } from '../branding/theme.ts'
import { contrastOf, solidColour } from './colour.ts'
import { loadedBy, OWN_THEME, styleOf, themeOf } from './theme.ts'
import { groundStyleOf, themeStyleOf } from './theme-style.ts'

/** The values of the variables in a style. */
function valuesOf(style: string): Record<string, string> {
  return Object.fromEntries(
    [...style.matchAll(/--([\w-]+):([^;}]+)/g)].map(([, name = '', value = '']) => [name, value]),
  )
}

/** TABLE: what has to stand out from what, and how much. */
const PAIRS: readonly (readonly [text: string, ground: string, least: number])[] = [
  ...['ink', 'ink-2', 'title', 'label', 'accent-text', 'second-ink', 'ok', 'danger'].map(
    (name) => [name, 'surface', 4.5] as const,
  ),
  ['second-ink', 'sunken', 4.5],
  ['accent-ink', 'accent', 4.5],
  ['accent-edge', 'surface', 3],
  ['edge', 'surface', 3],
  ['icon', 'surface', 3],
  ['field-ink', 'field', 4.5],
  ['field-link', 'field', 4.5],
  ['on-bg', 'bg', 4.5],
  ['on-bg-2', 'bg', 4.5],
  ['link-bg', 'bg', 4.5],
]

// The theme is as the schema has it; its literals are wider.
const theme = THEME as unknown as ThemeBody

describe('the style of a tenant’s theme', () => {
  it('can be read, whatever its colours are: all one, all alike, seen through, or without sense', () => {
    let seed = 7
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return `#${(seed % 0x1000000).toString(16).padStart(6, '0')}`
    }
    const one = ['#000', '#fff', '#808080', '#777', '#f00', '#ffff', '#0000', '#12345680', '#ffd54f']
    const themes = [...one.map((colour) => () => colour), ...Array.from({ length: 60 }, () => random)]
    for (const colour of themes) {
      const colors = Object.fromEntries(Object.keys(theme.colors).map((name) => [name, colour()]))
      const background_color = colour()
      const page_background = { ...theme.page_background, background_color }
      // Every name is a colour's.
      const values = valuesOf(themeStyleOf({ ...theme, colors: colors as ThemeBody['colors'], page_background }))
      for (const [text, ground, least] of PAIRS) {
        const [one, other] = [solidColour(values[text] ?? ''), solidColour(values[ground] ?? '')]
        // Written in bytes, a colour may lose a little.
        const contrast = contrastOf(one, other)
        assert.ok(contrast >= least - 0.06, `${text} on ${ground}: ${contrast} ${JSON.stringify(values)}`)
      }
    }
  })

  it('of a ground alone holds in the dark only where the ground is dark', () => {
    const light = groundStyleOf('#eef3ff')
    assert.match(light, /^@media \(prefers-color-scheme:light\)\{:root\{--bg:#eef3ff;[^}]*\}\}$/)
    assert.match(groundStyleOf('#101820'), /^:root\{--bg:#101820;[^}]*\}$/)
  })

  it('takes over shapes, places and sizes, which stay such that they can be read and seen', () => {
    const values = valuesOf(themeStyleOf(theme))
    assert.equal(values['button-radius'], '999px')
    assert.equal(values['field-radius'], '0')
    assert.equal(values['card-radius'], '12px')
    assert.equal(values['page-left'], 'clamp(0rem,8vw,8rem)')
    const small = { ...theme.fonts, reference_text_size: 12, links: { bold: false, size: 0 } }
    const borders = { ...theme.borders, input_border_weight: 0 }
    const clamped = valuesOf(themeStyleOf({ ...theme, fonts: small, borders }))
    assert.deepEqual([clamped['text-size'], clamped['link-size'], clamped['field-line']], ['87.5%', '1rem', '1px'])
  })

  it('goes behind the colour of an application, before the branding, and loads what it names alone', () => {
    const settings = { friendly_name: 'Harbour' } as Parameters<typeof themeOf>[0]
    const branding = { colors: { primary: '#123' }, logo_url: 'https://cdn.example/logo.svg?x=1' }
    assert.equal(themeOf(settings, {}, { branding }).accent, '#112233')
    const whole = themeOf(settings, {}, { branding, theme })
    assert.equal(whole.accent, '#ffd54f')
    assert.deepEqual(loadedBy(whole), { images: ['https://cdn.harbour.example/logo.png'], fonts: [] })
    const named = themeOf(settings, { name: 'Shop', colour: '#00aa00' }, { branding, theme })
    assert.equal(named.accent, '#00aa00')
    assert.equal(named.logo, undefined)
    assert.equal(styleOf(OWN_THEME), '')
  })

  it('goes on without what a brand says that is no colour or no address', () => {
    const settings = { friendly_name: 'Harbour' } as Parameters<typeof themeOf>[0]
    for (const colour of ['red', '', '#12', '#000000;}body{display:none']) {
      const style = styleOf(themeOf(settings, { name: 'Shop', colour }, { theme }))
      assert.equal(valuesOf(style).accent, '#ffd54f', colour)
    }
    const branding = {
      logo_url: 'https://[',
      favicon_url: 'https://cdn.example:99999/a.png',
      font: { url: 'https://%zz' },
    }
    assert.deepEqual(loadedBy(themeOf(settings, {}, { branding })), { images: [], fonts: [] })
  })
})
