import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Accent, accentsOf } from './accent.ts'
import { colourOf, contrastOf } from './colour.ts'
import { accentStyleOf, OWN_THEME } from './theme.ts'

const GROUNDS = {
  light: ['#fbfaf8', '#fffefd', '#f4f3f0'],
  dark: ['#0d1013', '#16181d', '#1e2125'],
} as const

const contrast = (one: string, other: string) => contrastOf(colourOf(one), colourOf(other))

describe('the accent of a brand', () => {
  it('is the colour itself where it can be read, with lighter links in the dark', () => {
    assert.deepEqual(accentsOf('#23408e'), {
      light: { fill: '#23408e', ink: '#ffffff', text: '#23408e', edge: '#23408e', soft: '#e9edf4' },
      dark: { fill: '#4566b8', ink: '#ffffff', text: '#83a3ea', edge: '#4566b8', soft: '#1c2330' },
    })
  })

  it('has dark text, darker links and an edge where the colour is pale', () => {
    assert.deepEqual(accentsOf('#f2c200'), {
      light: { fill: '#f2c200', ink: '#1c1f25', text: '#876b00', edge: '#ae8b00', soft: '#fdf4dd' },
      dark: { fill: '#f2c200', ink: '#1b1505', text: '#f2c200', edge: '#f2c200', soft: '#2f2d24' },
    })
  })

  it('can be read in every colour: red, crimson, lime, white, black, grey, pink and all around the wheel', () => {
    const wheel = Array.from({ length: 216 }, (_, at) => [at % 6, Math.floor(at / 6) % 6, Math.floor(at / 36)])
    const colours = wheel.map((steps) => `#${steps.map((step) => (step * 51).toString(16).padStart(2, '0')).join('')}`)
    for (const colour of ['#dc143c', '#808080', '#ffc0cb', ...colours]) {
      const accents = accentsOf(colour)
      for (const theme of ['light', 'dark'] as const) readable(colour, accents[theme], GROUNDS[theme])
    }
  })

  function readable(colour: string, { fill, ink, text, edge, soft }: Accent, grounds: readonly string[]): void {
    assert.ok(contrast(ink, fill) >= 4.45, `${ink} on ${fill}, of ${colour}`)
    for (const ground of [...grounds, soft])
      assert.ok(contrast(text, ground) >= 4.45, `${text} on ${ground}, of ${colour}`)
    assert.ok(contrast(edge, grounds[1] ?? '') >= 2.98, `${edge} around ${fill}, of ${colour}`)
  }

  it('is written for light and dark pages; what is no colour writes nothing', () => {
    const style = accentStyleOf({ ...OWN_THEME, accent: '#23408e' })
    assert.match(style, /^:root\{--accent:#23408e;.*\}@media \(prefers-color-scheme:dark\)\{:root\{--accent:#4566b8;/)
    for (const accent of [undefined, 'red', '#23408', '#23408e;}</style>', 'url(x)']) {
      assert.equal(accentStyleOf({ ...OWN_THEME, accent }), '')
    }
  })
})
