/** Reads a User-Agent header the way log entries show it: `Chrome 120.0.0 / Mac OS X 10.15.7`. */

type Sign = { family: string; sign: RegExp }

// The first that fits counts: most browsers also claim to be the ones further down.
const BROWSERS: readonly Sign[] = [
  { family: 'Edge', sign: /\b(?:Edge|Edg|EdgA|EdgiOS)\/([\d.]+)/ },
  { family: 'Opera', sign: /\b(?:OPR|Opera)\/([\d.]+)/ },
  { family: 'Samsung Internet', sign: /\bSamsungBrowser\/([\d.]+)/ },
  { family: 'HeadlessChrome', sign: /\bHeadlessChrome\/([\d.]+)/ },
  { family: 'Chrome Mobile iOS', sign: /\bCriOS\/([\d.]+)/ },
  { family: 'Firefox iOS', sign: /\bFxiOS\/([\d.]+)/ },
  { family: 'Firefox Mobile', sign: /\bMobile;.*\bFirefox\/([\d.]+)/ },
  { family: 'Firefox', sign: /\bFirefox\/([\d.]+)/ },
  { family: 'Chrome Mobile', sign: /\bChrome\/([\d.]+) Mobile/ },
  { family: 'Chrome', sign: /\b(?:Chrome|Chromium)\/([\d.]+)/ },
  { family: 'Mobile Safari', sign: /\bVersion\/([\d.]+).* Mobile\/.*Safari/ },
  { family: 'Safari', sign: /\bVersion\/([\d.]+).*Safari/ },
  { family: 'IE', sign: /\b(?:MSIE |Trident\/.*rv:)([\d.]+)/ },
]

const SYSTEMS: readonly Sign[] = [
  { family: 'Windows', sign: /\bWindows NT ([\d.]+)/ },
  { family: 'iOS', sign: /\b(?:iPhone|iPad|iPod).* OS ([\d_]+)/ },
  { family: 'Android', sign: /\bAndroid ?([\d.]*)/ },
  { family: 'Mac OS X', sign: /\bMac OS X ([\d_.]+)/ },
  { family: 'Chrome OS', sign: /\bCrOS \S+ ([\d.]+)/ },
  { family: 'Ubuntu', sign: /\bUbuntu()/ },
  { family: 'Linux', sign: /\bLinux()/ },
]

/** Browser and system with three-part versions; `Other 0.0.0` for what is not known. */
export function describeUserAgent(header: string): string {
  return `${match(BROWSERS, header)} / ${match(SYSTEMS, header)}`
}

/** Whether the header is that of a phone's or tablet's browser. */
export function isMobileUserAgent(header: string): boolean {
  return /\b(?:Mobile|Android|iPhone|iPad|iPod)\b/.test(header)
}

/** Browser and system by name alone; what is not known is left out. */
export function userAgentFamilies(header: string): { browser?: string; system?: string } {
  const [browser, system] = [find(BROWSERS, header), find(SYSTEMS, header)]
  return { ...(browser ? { browser: browser.family } : {}), ...(system ? { system: system.family } : {}) }
}

function match(signs: readonly Sign[], header: string): string {
  const found = find(signs, header)
  return found ? `${found.family} ${threeParts(found.version)}` : 'Other 0.0.0'
}

function find(signs: readonly Sign[], header: string): { family: string; version: string } | undefined {
  for (const { family, sign } of signs) {
    const found = sign.exec(header)
    if (found) return { family, version: found[1] ?? '' }
  }
  return undefined
}

function threeParts(version: string): string {
  const parts = version.split(/[._]/).filter(Boolean)
  return [parts[0] ?? '0', parts[1] ?? '0', parts[2] ?? '0'].join('.')
}
