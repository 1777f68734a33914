/**
 * Which addresses a client may register. Redirects go to these alone, so what is let in here decides: no address
 * that runs code in a browser, and a wildcard only as the whole left-most label of a host that has two more.
 */
import { ApiError } from '../http/errors.ts'

/** Schemes that run or show something of the address itself, or read from the visitor's disk. */
const FORBIDDEN_SCHEMES: ReadonlySet<string> = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'blob:',
  'file:',
  'about:',
  'view-source:',
  'filesystem:',
])

type Test = (text: string) => boolean

/** TABLE: Auth0's names of formats, and what they let through. */
const FORMATS = {
  'callback-url': (text) => isAddress(text) && !text.includes('#'),
  'url-with-placeholders': isAddress,
  'absolute-uri-or-empty': (text) => text === '' || (isWeb(text) && !text.includes('*')),
  url: (text) => text === '' || (isWeb(text) && !text.includes('*')),
  // Auth0 lets no localhost through here: the page must be reachable from where mails are read.
  'absolute-https-uri-with-placeholders-or-empty': (text) =>
    text === '' || (/^https:/i.test(text) && isAddress(text) && !/^(localhost|127\.|\[::1])/i.test(hostOf(text))),
} as const satisfies Record<string, Test>

type Addresses = { [name: string]: unknown; oidc_logout?: unknown; oidc_backchannel_logout?: unknown }

/** TABLE: the properties that hold addresses, and their format. */
const ADDRESS_PROPERTIES = {
  callbacks: 'callback-url',
  allowed_origins: 'url-with-placeholders',
  web_origins: 'url-with-placeholders',
  allowed_logout_urls: 'url-with-placeholders',
  logo_uri: 'absolute-uri-or-empty',
  cross_origin_loc: 'url',
  initiate_login_uri: 'absolute-https-uri-with-placeholders-or-empty',
  'oidc_logout.backchannel_logout_urls': 'absolute-https-uri-with-placeholders-or-empty',
  'oidc_backchannel_logout.backchannel_logout_urls': 'absolute-https-uri-with-placeholders-or-empty',
} as const satisfies Record<string, keyof typeof FORMATS>

/** @throws ApiError invalid_body in Auth0's words, naming the first address that is not allowed */
export function checkAddresses(body: Addresses): void {
  for (const [property, format] of Object.entries(ADDRESS_PROPERTIES)) {
    for (const [place, text] of addressesIn(body, property)) {
      if (FORMATS[format](text)) continue
      const reason = `Object didn't pass validation for format ${format}: ${text.slice(0, 100)}`
      throw new ApiError('invalid_body', {
        with: { reason: `Payload validation error: '${reason}' on property ${place}.` },
      })
    }
  }
}

function addressesIn(body: Addresses, property: string): [place: string, text: string][] {
  // The schema has made sure that objects, lists and texts are where this looks for them.
  const value = property.split('.').reduce<unknown>((at, name) => (at as Addresses | null | undefined)?.[name], body)
  if (typeof value === 'string') return [[property, value]]
  return Array.isArray(value) ? value.map((text, index) => [`${property}.${index}`, String(text)]) : []
}

/** An address of any scheme but the forbidden ones, with placeholders such as `{organization_name}`. */
function isAddress(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters and blanks are what has to be refused.
  if (/[\u0000-\u0020\u007f\\]/.test(text)) return false
  const plain = withoutPlaceholders(text)
  if (/[{}]/.test(plain) || !isWildcardAllowed(plain)) return false
  const sample = plain.replace('*', 'wildcard')
  // `https:example.com` is understood by browsers, but is not how the address looks when it comes back.
  if (/^https?:(?!\/\/)/i.test(sample) || !URL.canParse(sample)) return false
  const { protocol, username, password } = new URL(sample)
  return !FORBIDDEN_SCHEMES.has(protocol) && username === '' && password === ''
}

function isWeb(text: string): boolean {
  return /^https?:\/\//i.test(text) && isAddress(text)
}

function hostOf(text: string): string {
  return new URL(withoutPlaceholders(text).replace('*', 'wildcard')).host
}

function withoutPlaceholders(text: string): string {
  return text.replace(/\{[a-z_.]{1,50}\}/g, 'placeholder')
}

/** One `*` at most, as the first label of a web address's host, with two labels after it. */
function isWildcardAllowed(text: string): boolean {
  if (!text.includes('*')) return true
  return /^https?:\/\/\*(\.[a-z0-9-]+){2,}(:\d+)?([/?#][^*]*)?$/i.test(text)
}
