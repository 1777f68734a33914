/** Lists of addresses and networks: IPv4, IPv6 and CIDR of either. */
import { BlockList, isIP } from 'node:net'
import { addressBlock } from '../http/address-block.ts'
import { ApiError } from '../http/errors.ts'

/** An address in its plain form: one of IPv4 that was written as IPv6 is one of IPv4. */
export function plainAddress(address: string): string {
  const block = addressBlock(address)
  return isIP(block) === 4 ? block : (address.split('%', 1)[0] ?? '')
}

/** Whether the list has the address, or a network that it is in. */
export function isListed(list: readonly string[], address: string): boolean {
  const plain = plainAddress(address)
  if (list.length === 0 || isIP(plain) === 0) return false
  const networks = new BlockList()
  for (const entry of list) add(networks, entry)
  return networks.check(plain, familyOf(plain))
}

/** @throws ApiError invalid_body, naming the first entry that is neither address nor network */
export function checkAllowlist(list: readonly string[]): void {
  const wrong = list.find((entry) => !add(new BlockList(), entry))
  if (wrong === undefined) return
  const reason = `Payload validation error: '${wrong} is neither an address nor a network' on property allowlist (From where tries are not counted).`
  throw new ApiError('invalid_body', { with: { reason } })
}

/** Says whether it could. */
function add(networks: BlockList, entry: string): boolean {
  const [address = '', length, ...rest] = entry.split('/')
  const version = isIP(address)
  if (version === 0 || address.includes('%') || rest.length > 0) return false
  if (length === undefined) {
    const plain = plainAddress(address)
    networks.addAddress(plain, familyOf(plain))
    return true
  }
  if (!/^\d{1,3}$/.test(length) || Number(length) > (version === 4 ? 32 : 128)) return false
  networks.addSubnet(address, Number(length), familyOf(address))
  return true
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}
