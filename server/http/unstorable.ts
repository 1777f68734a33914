/**
 * What JSON allows and we do not take, at any depth: text that PostgreSQL cannot store (a NUL, half a
 * surrogate pair), numbers beyond a double, names that mean something to JavaScript objects, and nesting without end.
 */
import { ApiError } from './errors.ts'

const DEEPEST = 50

/** Of the schema of a text in an address: PostgreSQL stores no NUL. Bodies are looked at as a whole, below. */
export const STORABLE = { pattern: '^[^\\u0000]*$' } as const

/** @throws ApiError invalid_body, naming the property */
export function refuseUnstorable(value: unknown, path: string[] = []): void {
  if (typeof value === 'string') refuseText(value, path)
  // 1e400 is JSON, but no number here: it would be stored as null, and null takes a key away.
  else if (typeof value === 'number' && !Number.isFinite(value)) refuse('Number is too large', path)
  else if (Array.isArray(value)) {
    refuseDepth(path)
    for (const [index, item] of value.entries()) refuseUnstorable(item, [...path, String(index)])
  } else if (value !== null && typeof value === 'object') {
    refuseDepth(path)
    for (const [name, item] of Object.entries(value)) {
      refuseText(name, path)
      if (name === '__proto__' || name === 'constructor') refuse(`Property name not allowed: ${name}`, path)
      refuseUnstorable(item, [...path, name])
    }
  }
}

/** What of an object can be stored: the rest is left out, as what somebody elsewhere tells is not ours to refuse. */
export function storablePartOf(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name, value]) => isStorable({ [name]: value })))
}

/** Whether it can be stored. */
export function isStorable(value: unknown): boolean {
  try {
    refuseUnstorable(value)
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

function refuseText(text: string, path: string[]): void {
  if (text.includes('\0')) refuse('Text must not contain the character U+0000', path)
  if (!text.isWellFormed()) refuse('Text must not contain half a surrogate pair', path)
}

function refuseDepth(path: string[]): void {
  if (path.length > DEEPEST) refuse(`Nested deeper than ${DEEPEST} levels`, path.slice(0, 3))
}

function refuse(reason: string, path: string[]): never {
  const property = path.map((name) => name.toWellFormed().replaceAll('\0', '')).join('.')
  const where = property ? ` on property ${property.slice(0, 200)}` : ''
  throw new ApiError('invalid_body', { with: { reason: `Payload validation error: '${reason}'${where}.` } })
}
