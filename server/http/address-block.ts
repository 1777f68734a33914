/**
 * Who counts as one caller by address. A subscriber of IPv6 has at least 2^64 addresses to himself, so they count as
 * one; an IPv4 address written as IPv6 is the IPv4 address.
 */
import { isIPv6 } from 'node:net'

/** The address itself for IPv4, the /64 network for IPv6. */
export function addressBlock(address: string): string {
  const [bare = ''] = address.split('%', 1)
  if (!isIPv6(bare)) return bare
  // The one canonical spelling: lower case, no leading zeros, the longest run of zeros as `::`.
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(canonical)
  if (mapped) return [mapped[1], mapped[2]].flatMap((part) => bytesOf(part ?? '')).join('.')
  const [head = [], tail = []] = canonical.split('::').map((half) => half.split(':').filter(Boolean))
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`
}

function bytesOf(part: string): number[] {
  const number = Number.parseInt(part, 16)
  return [number >> 8, number & 255]
}
