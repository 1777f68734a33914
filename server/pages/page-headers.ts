/** What browsers are told about every page: to load nothing but what is ours, and to keep and pass on nothing. */
import { createHash } from 'node:crypto'

/**
 * Where the forms of a page may lead. Browsers apply `form-action` to redirects after a form as well, so a page of a
 * sign-in, whose form leads to an application in the end, sets none. The others name where they lead beside our own pages.
 */
export type FormTargets = 'anywhere' | readonly string[]

/** What a page does that its headers have to allow. */
export type PageNeeds = {
  /** Styles and scripts that stand in the page. */
  styles: readonly string[]
  scripts: readonly string[]
  targets: FormTargets
  /** Whether its scripts call our APIs. */
  mayCall?: boolean | undefined
  /** Whether it shows other pages of ours within it. */
  mayFrame?: boolean | undefined
  /** Addresses elsewhere that it loads from: of pictures, and of fonts; `https:` stands for all. */
  images?: readonly string[]
  fonts?: readonly string[]
}

/** The headers. */
export function pageHeaders({ styles, scripts, targets, mayCall, mayFrame, images = [], fonts = [] }: PageNeeds) {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      `style-src ${styles.map(sourceOf).join(' ')}`,
      `script-src ${scripts.map(sourceOf).join(' ')}`,
      ["font-src 'self'", ...fonts.map(loadSource)].join(' '),
      ...(mayCall ? ["connect-src 'self'"] : []),
      ...(mayFrame ? ["frame-src 'self'"] : []),
      ['img-src data:', ...images.map(loadSource)].join(' '),
      ...(targets === 'anywhere' ? [] : [`form-action ${["'self'", ...targets.map(targetOf)].join(' ')}`]),
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join('; '),
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    // `no-referrer` would make browsers send `Origin: null` with our own forms (Fetch Standard, "append a request
    // Origin header"), which a page in a sandboxed frame can send too. `strict-origin` keeps the true Origin, and the
    // Referer it allows is the bare origin: path and ticket go nowhere, not even to us.
    'referrer-policy': 'strict-origin',
  } as const
}

const sources = new Map<string, string>()
const MOST_SOURCES = 1_000

/** The hash by which a style or script is let through; there are as many as themes. */
function sourceOf(text: string): string {
  const known = sources.get(text)
  if (known !== undefined) return known
  const source = `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  if (sources.size >= MOST_SOURCES) sources.clear()
  sources.set(text, source)
  return source
}

/** An address without its query, which policies do not know; other signs that mean something there are none. */
function loadSource(address: string): string {
  if (address === 'https:') return address
  const { origin, pathname } = new URL(address)
  return `${origin}${pathname.replace(/[;,]/g, encodeURIComponent)}`
}

/** An address's origin; of one that has none, such as an app's own, the scheme. */
function targetOf(address: string): string {
  const { origin, protocol } = new URL(address)
  return origin === 'null' ? protocol : origin
}
