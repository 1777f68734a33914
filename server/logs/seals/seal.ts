/**
 * Seals of the log: whoever can write the database, but has not the encryption key, can neither change nor remove an
 * entry, nor put one among those that are sealed, without `tenantry audit verify` saying so. Each entry has a seal over its
 * content; entries are sealed in batches, and each batch is a link of a chain that no batch can leave. There are two
 * chains, the acts of administrators and all else, since each is forgotten as a whole by the day. What is personal counts
 * by a salted digest, so that an erasure, which blanks it, breaks nothing.
 *
 * Made in the background (seal-events.ts), checked by verify.ts, and shortened by forget-seals.ts.
 * @see docs/decisions/0027-sealed-log.md
 */
import { createHash, hash } from 'node:crypto'
import type { Secrets } from '../../base/secrets.ts'
import { EVENT_TYPES } from '../event-types.ts'

/** The types that are kept for the longer time, and make the chain of their own. */
export const ADMINISTRATIVE: readonly string[] = Object.entries(EVENT_TYPES).flatMap(([type, { category }]) =>
  /^(?:management|scim)\./.test(category) ? [type] : [],
)

/** An entry as it is sealed: SHA-256 of its content and of what is personal in it, in hex. */
export type Content = { log_id: string; type: string; content: string; person: string | null }

/** An entry's place. */
export type Place = { administrative: boolean; batch: number; place: number }

/** A batch without its link. */
export type Batch = {
  administrative: boolean
  number: number
  entries: number
  first_id: string
  last_id: string
  sealed_at: Date
  root: Buffer
}

/** Several batches whose entries were forgotten. */
export type Forgotten = Pick<Batch, 'administrative' | 'number' | 'entries' | 'first_id' | 'last_id'> & {
  through: number
  before: Buffer
  hash: Buffer
}

/** So late an entry is looked for again, behind the newest that is sealed: clocks differ, and transactions take time. */
export const LATEST_MS = 3 * 3_600_000

// Of the form of what is sealed; another form gets another number, and both are checked.
const FORM = 1

/** What stands for the personal part of an entry. Without the salt, which goes in an erasure, it tells nothing. */
export function personDigestOf(person: string, salt: Buffer): Buffer {
  return hash('sha256', Buffer.concat([salt, Buffer.from(person, 'hex')]), 'buffer')
}

/** The seal of an entry. */
export function sealOf(
  secrets: Secrets,
  { log_id, content }: Pick<Content, 'log_id' | 'content'>,
  { administrative, batch, place }: Place,
  personDigest: Buffer | null,
): Buffer {
  const person = personDigest?.toString('hex') ?? null
  return digest(secrets, 'audit_entry', [FORM, administrative, batch, place, log_id, content, person])
}

/** What a batch holds: a digest over the seals in their order. */
export function rootOf() {
  return createHash('sha256')
}

/** The link of a batch. @param before the link before it; empty for the first */
export function hashOf(secrets: Secrets, batch: Batch, before: Buffer): Buffer {
  const { administrative, number, entries, first_id, last_id, sealed_at, root } = batch
  const text = [administrative, number, entries, first_id, last_id, sealed_at.toISOString()]
  return digest(secrets, 'audit_batch', [FORM, ...text, root.toString('hex'), before.toString('hex')])
}

/** What shows that batches were forgotten by retention: nobody else has the key. */
export function proofOf(secrets: Secrets, forgotten: Forgotten): Buffer {
  const { administrative, number, through, entries, first_id, last_id, before, hash } = forgotten
  const text = [administrative, number, through, entries, first_id, last_id]
  return digest(secrets, 'audit_forgotten', [FORM, ...text, before.toString('hex'), hash.toString('hex')])
}

/** The day of an entry, as parts of the log begin: what is sealed together is forgotten together. */
export function dayOfId(logId: string): string {
  return logId.slice(0, 11)
}

/** When an entry was made, as its id says; undefined for one that is no id of ours. */
export function timeOfId(logId: string): number | undefined {
  const [, year, month, day, hour, minute, second, milli] =
    /^900(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})/.exec(logId) ?? []
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}Z`)
  return Number.isNaN(time) ? undefined : time
}

/** The beginning of the ids of a time. */
export function idOfTime(time: number): string {
  return `900${new Date(time).toISOString().replace(/\D/g, '')}`
}

/** Up to which id entries are no more looked for, once `newest` is sealed; from there on they are sealed late. */
export function floorOf(newest: string, at: number, reach = LATEST_MS): string {
  return idOfTime(Math.min(timeOfId(newest) ?? at, at) - reach)
}

function digest(secrets: Secrets, purpose: Parameters<Secrets['digest']>[0], parts: readonly unknown[]): Buffer {
  return Buffer.from(secrets.digest(purpose, JSON.stringify(parts)), 'base64url')
}
