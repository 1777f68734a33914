/**
 * What a brand's colour becomes: five values for light and five for dark pages, so that text on it, links in it and the
 * edge of a button in it can be read, whatever the colour is. Contrasts are WCAG 2.x: 4.5 for text, 3 for edges.
 */
import { colourOf, contrastOf, hexOf, mixOf, type Oklch } from './colour.ts'

/** The accent on one ground, as `#rrggbb`. */
export type Accent = {
  /** Fill of the one primary act. */
  fill: string
  /** Text on the fill. */
  ink: string
  /** Links and the ring around what has the focus. */
  text: string
  /** Outline of the fill, which differs from it for pale colours only. */
  edge: string
  /** Ground of what is selected. */
  soft: string
}

const WHITE: Oklch = { l: 1, c: 0, h: 0 }
const INK: Oklch = { l: 0.24, c: 0.012, h: 260 }
const LIGHT = {
  bg: { l: 0.985, c: 0.003, h: 95 },
  surface: { l: 0.998, c: 0.002, h: 95 },
  sunken: { l: 0.965, c: 0.004, h: 95 },
}
const DARK = {
  bg: { l: 0.17, c: 0.008, h: 260 },
  surface: { l: 0.21, c: 0.009, h: 260 },
  sunken: { l: 0.245, c: 0.01, h: 260 },
}
const TEXT = 4.5
const EDGE = 3
/** On dark ground a fill of 3:1 looks dull. */
const DARK_FILL = 3.2

/** Makes both. @param hex `#rrggbb` */
export function accentsOf(hex: string): { light: Accent; dark: Accent } {
  const colour = colourOf(hex)
  return { light: lightAccent(colour), dark: darkAccent(colour) }
}

function lightAccent(colour: Oklch): Accent {
  const fill = moved(colour, -1, (tried) => reads(WHITE, tried) || reads(INK, tried))
  const soft = mixOf(fill, LIGHT.surface, fill.l > 0.75 ? 0.18 : 0.09)
  const text = moved({ ...fill, l: Math.min(fill.l, 0.56) }, -1, (tried) => readsOn(tried, LIGHT, soft))
  const isEdge = (tried: Oklch) => contrastOf(tried, LIGHT.surface) >= EDGE && contrastOf(tried, LIGHT.bg) >= EDGE
  const edge = isEdge(fill) ? fill : moved({ ...fill, l: Math.min(fill.l, 0.7) }, -1, isEdge)
  return written({ fill, ink: reads(WHITE, fill) ? WHITE : INK, text, edge, soft })
}

function darkAccent(colour: Oklch): Accent {
  const stands = (tried: Oklch) => contrastOf(tried, DARK.surface) >= DARK_FILL
  const raised = stands(colour) ? colour : moved({ ...colour, c: Math.min(colour.c, 0.15) }, 1, stands)
  const fill = moved(raised, 1, (tried) => reads(WHITE, tried) || reads(darkInk(tried), tried))
  const soft = mixOf(fill, DARK.surface, 0.14)
  const brighter = fill.l < 0.72 ? { ...fill, l: 0.72, c: Math.min(fill.c, 0.11) } : fill
  const text = moved(brighter, 1, (tried) => readsOn(tried, DARK, soft))
  return written({ fill, ink: reads(WHITE, fill) ? WHITE : darkInk(fill), text, edge: fill, soft })
}

function darkInk({ c, h }: Oklch): Oklch {
  return { l: 0.2, c: Math.min(c, 0.03), h }
}

/** The first that will do, on the way to black or white. */
function moved(colour: Oklch, direction: 1 | -1, willDo: (tried: Oklch) => boolean): Oklch {
  let tried = colour
  const isAtEnd = () => (direction === 1 ? tried.l >= 1 : tried.l <= 0)
  while (!willDo(tried) && !isAtEnd()) tried = { ...tried, l: tried.l + direction * 0.01 }
  return tried
}

function reads(text: Oklch, ground: Oklch): boolean {
  return contrastOf(text, ground) >= TEXT
}

function readsOn(text: Oklch, { bg, surface, sunken }: typeof LIGHT, soft: Oklch): boolean {
  return [bg, surface, sunken, soft].every((ground) => reads(text, ground))
}

function written({ fill, ink, text, edge, soft }: Record<keyof Accent, Oklch>): Accent {
  return { fill: hexOf(fill), ink: hexOf(ink), text: hexOf(text), edge: hexOf(edge), soft: hexOf(soft) }
}
