/** Colours: OKLCH, which changes lightness as the eye sees it, sRGB, which screens show, and contrast (WCAG 2.x). */

/** Lightness 0 to 1, chroma from 0, hue in degrees. */
export type Oklch = { l: number; c: number; h: number }

type Three = readonly [number, number, number]

/** Reads `#rrggbb`. */
export function colourOf(hex: string): Oklch {
  const channels = [1, 3, 5].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255))
  // Three places were read.
  return polar(toOklab(channels as unknown as Three))
}

/** Writes `#rrggbb`: the colour itself, or the nearest of its hue and lightness that screens show. */
export function hexOf(colour: Oklch): string {
  return `#${bytesOf(colour)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')}`
}

/** The contrast of two colours as they are shown, from 1 to 21. */
export function contrastOf(one: Oklch, other: Oklch): number {
  const [lighter = 0, darker = 0] = [luminanceOf(one), luminanceOf(other)].sort((left, right) => right - left)
  return (lighter + 0.05) / (darker + 0.05)
}

/** So much of one colour in another, mixed in OKLab. @param share 0 to 1 */
export function mixOf(colour: Oklch, ground: Oklch, share: number): Oklch {
  const [one, other] = [labOf(clamped(colour)), labOf(clamped(ground))]
  const at = (index: 0 | 1 | 2) => one[index] * share + other[index] * (1 - share)
  return polar([at(0), at(1), at(2)])
}

/** The colour with less chroma, if screens do not show it as it is. */
function clamped(colour: Oklch): Oklch {
  if (isShown(colour)) return colour
  let [within, beyond] = [0, colour.c]
  for (let step = 0; step < 24; step += 1) {
    const middle = (within + beyond) / 2
    if (isShown({ ...colour, c: middle })) within = middle
    else beyond = middle
  }
  return { ...colour, c: within }
}

function isShown(colour: Oklch): boolean {
  return toLinear(labOf(colour)).every((channel) => channel >= -0.0001 && channel <= 1.0001)
}

function bytesOf(colour: Oklch): number[] {
  return toLinear(labOf(clamped(colour))).map((channel) => Math.round(gamma(Math.min(1, Math.max(0, channel))) * 255))
}

function luminanceOf(colour: Oklch): number {
  const [red = 0, green = 0, blue = 0] = bytesOf(colour).map((byte) => linear(byte / 255))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
}

function gamma(channel: number): number {
  return channel <= 0.0031308 ? channel * 12.92 : 1.055 * channel ** (1 / 2.4) - 0.055
}

function labOf({ l, c, h }: Oklch): Three {
  const angle = (h * Math.PI) / 180
  return [l, c * Math.cos(angle), c * Math.sin(angle)]
}

function polar([l, a, b]: Three): Oklch {
  return { l, c: Math.hypot(a, b), h: ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360 }
}

// The matrices of OKLab: https://bottosson.github.io/posts/oklab/
function toOklab([r, g, b]: Three): Three {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function toLinear([lightness, a, b]: Three): Three {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

const WHITE: Oklch = { l: 1, c: 0, h: 0 }
const BLACK: Oklch = { l: 0, c: 0, h: 0 }

/**
 * A colour, made lighter or darker until it stands out from a ground: the nearest that does. One of black and white
 * always has a contrast of 4.5 and more, whatever the ground is.
 */
export function readableOn(colour: Oklch, ground: Oklch, least = 4.5): Oklch {
  const isDark = contrastOf(WHITE, ground) > contrastOf(BLACK, ground)
  const step = isDark ? 0.01 : -0.01
  let tried = colour
  while (contrastOf(tried, ground) < least) {
    if (tried.l <= 0 || tried.l >= 1) return isDark ? WHITE : BLACK
    tried = { ...tried, l: Math.min(1, Math.max(0, tried.l + step)) }
  }
  return tried
}

/** Whether white can be read on it better than black. */
export function isDarkColour(ground: Oklch): boolean {
  return contrastOf(WHITE, ground) > contrastOf(BLACK, ground)
}

/** Reads `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`; what can be seen through it is laid on a ground. */
export function solidColour(text: string, ground: Oklch = WHITE): Oklch {
  const digits = text.slice(1)
  const long = digits.length <= 4 ? digits.replace(/./g, (digit) => digit + digit) : digits
  const colour = colourOf(`#${long.slice(0, 6)}`)
  const alpha = long.length === 8 ? Number.parseInt(long.slice(6), 16) / 255 : 1
  return alpha === 1 ? colour : mixOf(colour, ground, alpha)
}
