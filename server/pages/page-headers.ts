/** What browsers are told about every page: to load nothing but what is ours, and to keep and pass on nothing. */
import { createHash } from 'node:crypto'

/**
 * Where the forms of a page may lead. Browsers apply `form-action` to redirects after a form as well, so a page of a
 * sign-in, whose form leads to an application in the end, sets none. The others name where they lead beside our own pages.
 */
export type FormTargets = 'anywhere' | readonly string[]

/**
 * The headers.
 * @param styles and scripts that stand in the page
 * @param mayCall whether its scripts may call our APIs
 * @param mayFrame whether it may show other pages of ours within it
 */
export function pageHeaders(
  styles: readonly string[],
  scripts: readonly string[],
  targets: FormTargets,
  mayCall: boolean,
  mayFrame = false,
) {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      `style-src ${styles.map(sourceOf).join(' ')}`,
      `script-src ${scripts.map(sourceOf).join(' ')}`,
      "font-src 'self'",
      ...(mayCall ? ["connect-src 'self'"] : []),
      ...(mayFrame ? ["frame-src 'self'"] : []),
      'img-src data:',
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

/** An address's origin; of one that has none, such as an app's own, the scheme. */
function targetOf(address: string): string {
  const { origin, protocol } = new URL(address)
  return origin === 'null' ? protocol : origin
}
