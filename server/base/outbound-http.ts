/**
 * Requests of ours to servers elsewhere, whose addresses an operator has given: over HTTPS, or to this machine while the
 * server itself is only there. Nothing is followed, nothing is waited for long, and no answer is endless.
 */

const TIMEOUT_MS = 5_000
const LONGEST_ANSWER = 1_000_000

/** A request that was not made, or whose answer is not taken. */
export class OutboundError extends Error {}

/** Makes a `fetch`. @param mayStayHere whether plain HTTP to this machine is fine */
export function outboundFetch(mayStayHere: boolean) {
  return async (address: string, options: RequestInit = {}): Promise<Response> => {
    refuseAddress(new URL(address), mayStayHere)
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const answer = await fetch(address, { ...options, redirect: 'manual', signal })
    return await whole(answer)
  }
}

function refuseAddress({ protocol, hostname }: URL, mayStayHere: boolean): void {
  if (protocol === 'https:') return
  const isHere = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname)
  if (protocol !== 'http:' || !isHere || !mayStayHere) throw new OutboundError('The address is not one of HTTPS.')
}

/** Reads it to the end, so that a limit can be set to its length. */
async function whole(answer: Response): Promise<Response> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of answer.body ?? []) {
    length += part.byteLength
    if (length > LONGEST_ANSWER) throw new OutboundError('The answer is too long.')
    parts.push(part)
  }
  const { status, statusText, headers } = answer
  const hasBody = ![101, 204, 205, 304].includes(status)
  return new Response(hasBody ? Buffer.concat(parts) : null, { status, statusText, headers })
}
