/**
 * Whether a token still counts. Its signature and expiry say that we made it; whether its application, its
 * user and its key still stand is asked of the database at every request, so that a block, a deletion, a
 * demotion or a password change acts at once and in every process. Requests that arrive together ask together.
 */
import { coalesce } from '../db/coalesce.ts'
import type { Database } from '../db/database.ts'

/** What of a token has to be confirmed. Generations are raised by whatever ends the tokens given before. */
export type TokenClaims = {
  kid: string
  clientId: string
  clientGeneration: number
  userId?: string
  userGeneration?: number
  organizationId?: string
  /** Of a person's token that is bound to an organization (authority.ts compares them). */
  membershipGeneration?: number
  organizationGeneration?: number
}

/** Answers whether a token still counts. */
export type Standing = (token: TokenClaims) => Promise<boolean>

/**
 * The statement's part that reads what stands: $1 clients, $2 users, $3 keys. A row a thing, with its generation. The
 * arrays stand in a subselect so that PostgreSQL does not plan the statement anew for each length of them.
 */
export const STANDING_SQL = `
  select 'client' as kind, client_id as id, token_generation::text as value from clients where client_id = any((select $1::text[])::text[])
  union all
  select 'user', user_id, token_generation::text from users where user_id = any((select $2::text[])::text[]) and blocked is not true
  union all
  select 'key', kid, '' from signing_keys where kid = any((select $3::text[])::text[]) and revoked_at is null`

/** A row of the statement above. */
export type StandingRow = { kind: string; id: string; value: string }

/** Gathers the ids the statement asks for. */
export function standingParameters(tokens: readonly TokenClaims[]): [string[], string[], string[]] {
  // Most requests that arrive together carry the same few tokens, each remembered as one object.
  const distinct = [...new Set(tokens)]
  const users = distinct.flatMap((token) => token.userId ?? [])
  return [unique(distinct.map((token) => token.clientId)), unique(users), unique(distinct.map((token) => token.kid))]
}

/** Turns the statement's rows into an answer for each token. */
export function standingAmong(rows: readonly StandingRow[]): (token: TokenClaims) => boolean {
  const found = new Map(rows.map((row) => [`${row.kind}|${row.id}`, row.value]))
  const stands = (token: TokenClaims) =>
    found.has(`key|${token.kid}`) &&
    found.get(`client|${token.clientId}`) === String(token.clientGeneration) &&
    (token.userId === undefined || found.get(`user|${token.userId}`) === String(token.userGeneration))
  const answered = new Map<TokenClaims, boolean>()
  return (token) => {
    const answer = answered.get(token) ?? stands(token)
    answered.set(token, answer)
    return answer
  }
}

/** Makes the check. */
export function standingReader(database: Database): Standing {
  return coalesce<TokenClaims, boolean>({
    atOnce: 2,
    most: 500,
    run: async (tokens) => {
      const rows = await database.query<StandingRow>(
        { name: 'standing', text: STANDING_SQL },
        standingParameters(tokens),
      )
      return tokens.map(standingAmong(rows))
    },
  })
}

function unique(values: string[]): string[] {
  return [...new Set(values)]
}
