/** Settings that are right in themselves and probably not what was meant. A sentence each; nothing stops for them. */

/** Ports the server listens on; undefined where it does not. */
export type Ports = { http: number | undefined; https: number | undefined }

/**
 * Names one letter off a known one.
 * @param given all names of the environment, most of them other programs'
 */
export function misspelledNames(given: readonly string[], known: readonly string[]): string[] {
  return given.flatMap((name) => {
    if (known.includes(name) || name.length < 3) return []
    const meant = known.find((right) => right.length > 3 && isOneOff(name, right))
    return meant ? `${name} is not a setting. Did you mean ${meant}?` : []
  })
}

/** A public address that travels readable, or on loopback one where nothing listens. */
export function doubtfulAddress(publicUrl: string, isLoopback: boolean, ports: Ports): string[] {
  const url = new URL(publicUrl)
  const isHttps = url.protocol === 'https:'
  // Elsewhere a proxy stands before the server and listens for it.
  if (!isLoopback) {
    if (isHttps || ports.https !== undefined) return []
    return [`PUBLIC_URL is ${publicUrl}, without https: passwords and tokens travel readable. Use https.`]
  }
  const named = url.port || (isHttps ? '443' : '80')
  if (named === String(isHttps ? ports.https : ports.http)) return []
  if (!isHttps && ports.http === undefined && ports.https !== undefined) {
    const right = `https://${url.hostname}:${ports.https}`
    return [`PUBLIC_URL is ${publicUrl}, but with a certificate nothing listens by http. Set PUBLIC_URL to ${right}.`]
  }
  return [`PUBLIC_URL is ${publicUrl}, but nothing listens there. Set ${isHttps ? 'TLS_PORT' : 'PORT'} to ${named}.`]
}

/** Mails that wait where nobody reads them. @param isReached whether the server is there for other machines */
export function caughtMails(isReached: boolean, areCaught: boolean): string[] {
  if (!isReached || !areCaught) return []
  return [
    'Mails reach nobody: neither SMTP_URL nor a mail provider is set, and the built-in inbox that keeps them opens for this machine alone. People cannot verify an address or reset a password. Set SMTP_URL, or a provider by the Management API.',
  ]
}

/** Whether one letter added, left out, changed, or two neighbours swapped make the one of the other. */
function isOneOff(left: string, right: string): boolean {
  let begin = 0
  while (begin < Math.min(left.length, right.length) && left[begin] === right[begin]) begin += 1
  const [a, b] = [left.slice(begin), right.slice(begin)]
  if (a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1)) return true
  return a.slice(2) === b.slice(2) && a[0] === b[1] && a[1] === b[0]
}

/** Why the two listeners cannot have these ports. */
export function portClash(port: number | undefined, tlsPort: number | undefined, distance: number): string | undefined {
  if (tlsPort === undefined) return undefined
  if (tlsPort > 65_535) return `TLS_PORT would be PORT + ${distance}, which is no port. Set TLS_PORT.`
  return tlsPort === port ? `PORT and TLS_PORT are both ${port}. Set TLS_PORT to another one, or TLS=off.` : undefined
}
