/** Whether an address is among those a client has registered: exactly, or by one `*` as its left-most label. */

/** For callbacks. Nothing but the registered address itself counts, its query among it. */
export function isRegisteredCallback(registered: readonly string[], address: string): boolean {
  return registered.some((pattern) => pattern === address || fitsWildcard(pattern, address))
}

/** For sign-outs: Auth0 leaves query and fragment out of the comparison. */
export function isRegisteredLogout(registered: readonly string[], address: string): boolean {
  const plain = withoutQuery(address)
  return registered.some((pattern) => withoutQuery(pattern) === plain || fitsWildcard(withoutQuery(pattern), plain))
}

/** Whether an origin is one of the registered ones, a path behind those notwithstanding. */
export function isRegisteredOrigin(registered: readonly string[], origin: string): boolean {
  return registered.some((pattern) => {
    const own = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)/i.exec(pattern)?.[1]?.toLowerCase()
    return own !== undefined && (own === origin || fitsWildcard(own, origin))
  })
}

function withoutQuery(address: string): string {
  return address.replace(/[?#].*$/s, '')
}

/** A label has no dot, slash or at sign, so that `https://*.example.com` fits no address elsewhere. */
function fitsWildcard(pattern: string, address: string): boolean {
  const star = pattern.indexOf('*')
  if (star === -1 || !URL.canParse(address)) return false
  const before = pattern.slice(0, star)
  const after = pattern.slice(star + 1)
  if (!/^https?:\/\/$/i.test(before) || !after.startsWith('.')) return false
  if (!address.startsWith(before) || !address.endsWith(after) || address.length <= before.length + after.length)
    return false
  return /^[a-z0-9-]+$/i.test(address.slice(before.length, address.length - after.length))
}
