/** Whom somebody means by what he typed. */
import { SAID_SQL, type Said } from '../attack-protection/settings.ts'
import { type Situation, situationParameters, situationSql } from '../attack-protection/tries.ts'
import { hashToken } from '../base/secrets.ts'
import type { Connection, DatabaseOptions } from '../connections/connection.ts'
import type { Database, Statement } from '../db/database.ts'
import { fold } from '../users/user.ts'
import { type IdentifierKind, identifierValue } from '../users/write.ts'

/** Somebody who might be meant, and what is needed to find out. */
export type Candidate = {
  connection: Connection
  userId: string
  identityId: string
  /** The user's token_generation, read together with the hash. */
  generation: number
  /** Undefined where he has no password. */
  hash: string | undefined
}

const FIND: Statement = {
  name: 'sign-in-candidate',
  text: `select found.*, ${SAID_SQL} as said,
    ${situationSql('coalesce(found.user_id, $4)', ['$5', '$6', '$7'])} as situation from (values (1)) as one left join (
    select k.place, u.user_id, i.identity_id, u.token_generation, p.hash
    from unnest((select $1::text[]), (select $2::text[]), (select $3::text[])) with ordinality as k (connection_id, kind, value, place)
    join user_identifiers n on n.connection_id = k.connection_id and n.kind = k.kind and n.value = k.value
    join users u on u.user_id = n.user_id
    join identities i on i.user_id = n.user_id and i.connection_id = n.connection_id
      and (i.identity_id = n.identity_id or (n.identity_id is null and i.profile_data is null))
    left join passwords p on p.connection_id = i.connection_id and p.identity_id = i.identity_id
    order by k.place, i.position limit 1) as found on true`,
}

/**
 * Somebody who might be meant. What was said of the protection against attacks, and what is known of tries of this account,
 * or of nobody's under this identifier, is read with him.
 */
export type Search = { candidate: Candidate | undefined; said: Said; situation: Situation }

/** As whom tries are counted where the identifier is nobody's. @param connection where he would be */
export function subjectOfNobody(connection: Connection, identifier: string): string {
  return hashToken(`${connection.id}|${fold(identifier)}`)
}

/**
 * The user whom the first of these connections knows by this identifier; undefined when none does. One statement, the
 * same in either case. @param block the address of who asks, as it is counted
 */
export async function findCandidate(
  database: Database,
  connections: readonly [Connection, ...Connection[]],
  identifier: string,
  block: string,
): Promise<Search> {
  const keys = connections.flatMap((connection) =>
    kindsOf(connection.options).map((kind) => ({ connection, kind, value: comparedAs(kind, identifier) })),
  )
  const [row] = await database.query<{
    place: number | null
    user_id: string
    identity_id: string
    token_generation: number
    hash: string | null
    said: Said | null
    situation: Situation
  }>(FIND, [
    keys.map(({ connection }) => connection.id),
    keys.map(({ kind }) => kind),
    keys.map(({ value }) => value),
    subjectOfNobody(connections[0], identifier),
    ...situationParameters(block),
  ])
  if (!row) throw new Error('A statement that always answers with a row answered with none.')
  const { situation } = row
  const said = row.said ?? {}
  // Places are counted from one.
  const connection = keys[(row.place ?? 0) - 1]?.connection
  if (!connection) return { candidate: undefined, said, situation }
  const { user_id: userId, identity_id: identityId, token_generation: generation, hash } = row
  return { candidate: { connection, userId, identityId, generation, hash: hash ?? undefined }, said, situation }
}

const PRECEDENCE = ['email', 'phone_number', 'username'] as const satisfies IdentifierKind[]

/** The kinds of identifiers that people of the connection sign in with, the one that counts first in front. */
function kindsOf({ attributes, requires_username, precedence = [...PRECEDENCE] }: DatabaseOptions): IdentifierKind[] {
  if (attributes) return precedence.filter((kind) => attributes[kind]?.identifier?.active)
  return precedence.filter((kind) => kind === 'email' || (kind === 'username' && requires_username))
}

function comparedAs(kind: IdentifierKind, identifier: string): string {
  return identifierValue(kind, kind === 'phone_number' ? identifier.replace(/[\s().-]/g, '') : identifier)
}
