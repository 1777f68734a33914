/**
 * Public identifiers, made here and never by a sequence. Their shapes are what Auth0's clients check
 * (`org_` + 16 alphanumerics, 24 hex digits for database users, 32 alphanumerics for a client).
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { now } from './clock.ts'

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** So many random letters and digits; about 5.95 bits each. */
export function randomAlphanumeric(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of fromStock(length)) {
      // 248 = 4 × 62: bytes above it would favour the first letters.
      if (byte < 248 && text.length < length) text += ALPHANUMERIC[byte % 62]
    }
  }
  return text
}

/** Prefixes of identifiers that consist of a prefix and 16 alphanumerics. */
export type IdPrefix = 'con' | 'org' | 'rol' | 'cgr' | 'uinv' | 'job' | 'cred' | 'trm' | 'acc'

/** A new identifier such as `con_8JbPDtZQEXSBo0Xi`. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${randomAlphanumeric(16)}`
}

/** The id of a discovery domain: longer than the others, as Auth0's is. */
export function newDomainId(): string {
  return `ord_${randomAlphanumeric(22)}`
}

/** 24 hex digits, as database identities and resource servers have. */
export function newHexId(): string {
  return fromStock(12).toString('hex')
}

const STOCK_BYTES = 6_144
let stock = Buffer.alloc(0)

/** Random bytes out of a stock, as Node's own UUIDs are made: a call for each costs more than the bytes. */
function fromStock(length: number): Buffer {
  if (stock.length < length) stock = randomBytes(STOCK_BYTES)
  const taken = stock.subarray(0, length)
  stock = stock.subarray(length)
  return taken
}

/** A client id: 32 alphanumerics. */
export function newClientId(): string {
  return randomAlphanumeric(32)
}

/** A client secret: 64 characters, about 380 bits. */
export function newClientSecret(): string {
  return randomAlphanumeric(64)
}

/** The token of a ticket, as long as Auth0's: 32 letters and digits (190 bits). */
export function newTicketToken(): string {
  return randomAlphanumeric(32)
}

/** A token that nobody guesses, 43 characters base64url (256 bits). */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** The id of one request, for answers and the server log. */
export function newRequestId(): string {
  return randomUUID()
}

let lastLogTime = ''
let logsInTime = 0
const MOST_IN_TIME = 999_999

/**
 * A log id: 54 digits that sort by time. `900` + UTC time to the millisecond + a counter within the
 * millisecond + random digits, so that ids of one process never tie and ids of two practically never do. They never
 * go back, not even when the clock does: who reads the log by checkpoint would miss what was recorded meanwhile.
 */
export function newLogId(): string {
  const time = now().toISOString().replace(/\D/g, '')
  if (time > lastLogTime) startLogTime(time)
  else if (logsInTime < MOST_IN_TIME) logsInTime += 1
  else startLogTime(String(BigInt(lastLogTime) + 1n))
  const counter = String(logsInTime).padStart(6, '0')
  const random = [randomInt(10 ** 14), randomInt(10 ** 14)].map((part) => String(part).padStart(14, '0')).join('')
  return `900${lastLogTime}${counter}${random}`
}

function startLogTime(time: string): void {
  lastLogTime = time
  logsInTime = 0
}
