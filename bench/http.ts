/** HTTP as bytes: a client that costs as little as possible on a machine that it shares with the servers. */
import type { Request } from './cases.ts'

/** Writes a request for a connection that is kept open. */
export function requestText({ method, path, body }: Request, token: string | undefined): string {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = [
    'host: localhost',
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...(text === undefined ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`]),
  ]
  return `${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${text ?? ''}`
}

/** Where an answer's body begins and ends in the bytes of a connection. */
export type Extent = { begin: number; end: number }

/**
 * Finds the extent of the answer that the bytes begin with; undefined while its head is incomplete.
 * @throws Error for an answer other than 2xx, and for one that does not say how long it is
 */
export function readExtent(bytes: Buffer): Extent | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const begin = headEnd + 4
  if (!head.startsWith('HTTP/1.1 2')) throw new Error(`${head.split('\r\n', 1)[0]}: ${bytes.toString('utf8', begin)}`)
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? []
  if (length === undefined) throw new Error('An answer does not say how long it is.')
  return { begin, end: begin + Number(length) }
}
