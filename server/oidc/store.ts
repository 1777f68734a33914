/** All SQL of the token endpoint. */
import { coalesce } from '../db/coalesce.ts'
import type { Database, Db } from '../db/database.ts'
import type { RsaAlgorithm } from '../http/server.ts'

/** A client and an audience whose access to each other is asked for. */
export type AccessQuestion = { clientId: string; audience: string }

/** Of an API's settings, those that shape its tokens. */
export type TokenSettings = {
  signing_alg?: RsaAlgorithm | 'HS256'
  token_lifetime?: number
  token_dialect?: 'access_token' | 'access_token_authz' | 'rfc9068_profile' | 'rfc9068_profile_authz'
  enforce_policies?: boolean
  token_encryption?: object | null
  proof_of_possession?: { mechanism?: string; required?: boolean } | null
  subject_type_authorization?: { client?: { policy?: string } }
}

/** Of a client's settings, those that say how it may get tokens. */
export type ClientTokenSettings = {
  client_authentication_methods?: { private_key_jwt?: { credentials?: { id: string }[] } } | null
  default_organization?: { flows?: string[] } | null
  require_proof_of_possession?: boolean | null
}

/** What stands between a client and an API; every part but `kid` is null where there is no such thing. */
export type Access = {
  client_id: string | null
  secret_digest: string | null
  token_endpoint_auth_method: string
  token_generation: number
  may_use_client_credentials: boolean
  client_settings: ClientTokenSettings | null
  resource_server_id: string | null
  resource_server_settings: TokenSettings | null
  signing_secret_encrypted: string | null
  grant_id: string | null
  organization_usage: string | null
  /** The granted scopes, separated by spaces. */
  scope: string | null
  /** The key that signs at present. */
  kid: string
}

/** Answers what stands between a client and an API. */
export type AccessReader = (question: AccessQuestion) => Promise<Access>

// $1 clients and $2 audiences, pair by pair.
const ACCESS_SQL = `
  select c.client_id, c.secret_digest, c.token_endpoint_auth_method, c.token_generation,
    'client_credentials' = any(c.grant_types) as may_use_client_credentials,
    jsonb_build_object(
      'client_authentication_methods', c.settings->'client_authentication_methods',
      'default_organization', c.settings->'default_organization',
      'require_proof_of_possession', c.settings->'require_proof_of_possession') as client_settings,
    a.id as resource_server_id, a.settings as resource_server_settings,
    case when a.settings->>'signing_alg' = 'HS256' then a.signing_secret_encrypted end as signing_secret_encrypted,
    g.id as grant_id, g.settings->>'organization_usage' as organization_usage,
    case when g.settings->>'allow_all_scopes' = 'true'
      then (select string_agg(each->>'value', ' ') from jsonb_array_elements(a.scopes) as each)
      else array_to_string(g.scope, ' ') end as scope,
    k.kid
  from unnest($1::text[], $2::text[]) with ordinality as asked (client_id, audience, position)
  left join clients c on c.client_id = asked.client_id
  left join resource_servers a on a.identifier = asked.audience
  left join client_grants g
    on g.client_id = c.client_id and g.resource_server_id = a.id and g.subject_type = 'client'
  cross join (select kid from signing_keys where state = 'current') as k
  order by asked.position`

/** Makes the reader: questions that arrive together share a statement, and equal ones an answer. */
export function accessReader(database: Database): AccessReader {
  return coalesce<AccessQuestion, Access>({
    atOnce: 2,
    most: 500,
    run: async (questions) => {
      const places = new Map<string, number>()
      const distinct = questions.filter(({ clientId, audience }) => {
        const key = keyOf(clientId, audience)
        if (places.has(key)) return false
        places.set(key, places.size)
        return true
      })
      const rows = await database.query<Access>({ name: 'token_access', text: ACCESS_SQL }, [
        distinct.map(({ clientId }) => clientId),
        distinct.map(({ audience }) => audience),
      ])
      return questions.map(({ clientId, audience }) => {
        const row = rows[places.get(keyOf(clientId, audience)) ?? -1]
        return row ?? new Error('The tenant lacks a current signing key.')
      })
    },
  })
}

function keyOf(clientId: string, audience: string): string {
  return JSON.stringify([clientId, audience])
}

/** The audience of requests that name none; undefined when the tenant has set none. */
export async function findDefaultAudience(database: Database): Promise<string | undefined> {
  const [row] = await database.query<{ audience: string | null }>(DEFAULT_AUDIENCE, [])
  return row?.audience || undefined
}

const DEFAULT_AUDIENCE = {
  name: 'default-audience',
  text: "select settings->>'default_audience' as audience from tenant_settings",
}

/** Whether the tenant's flags ask for a key set that names no algorithm. */
export async function omitsAlgorithm(db: Db): Promise<boolean> {
  const row = await db.selectFrom('tenant_settings').select('settings').executeTakeFirst()
  const flags = row?.settings.flags
  return (
    flags !== null &&
    typeof flags === 'object' &&
    'remove_alg_from_jwks' in flags &&
    flags.remove_alg_from_jwks === true
  )
}

/** A public key a client signs its assertions with. */
export type AssertionKey = { id: string; kid: string; alg: string; public_key_pem: string; expires_at: Date | null }

/** The public keys of a client, by key id. */
export async function listAssertionKeys(db: Db, clientId: string): Promise<AssertionKey[]> {
  return await db
    .selectFrom('client_credentials')
    .select(['id', 'kid', 'alg', 'public_key_pem', 'expires_at'])
    .where('client_id', '=', clientId)
    .where('credential_type', '=', 'public_key')
    .orderBy('kid')
    .execute()
}

// Each use takes a few forgotten ones with it, so that the table stays as small as what can still be replayed.
const USE_ASSERTION_SQL = `
  with forgotten as (
    delete from used_assertions where digest in (
      select digest from used_assertions where expires_at < $3 order by expires_at limit 10 for update skip locked
    )
  )
  insert into used_assertions (digest, expires_at) values ($1, $2) on conflict (digest) do nothing returning digest`

/** Uses up an assertion. Of any number of racers one gets `true`. @param expiresAt when it can be used no more anyway */
export async function useAssertion(
  database: Database,
  assertion: { digest: string; expiresAt: Date; at: Date },
): Promise<boolean> {
  const rows = await database.query<{ digest: string }>({ name: 'use_assertion', text: USE_ASSERTION_SQL }, [
    assertion.digest,
    assertion.expiresAt,
    assertion.at,
  ])
  return rows.length === 1
}

/** An API as tokens for people need it. */
export type Api = {
  id: string
  identifier: string
  name: string
  system_name: 'management' | 'my-account' | null
  scopes: { value: string; description?: string }[]
  settings: ApiSettings
  signing_secret_encrypted: string | null
}

/** Of an API's settings, those that shape people's tokens. */
export type ApiSettings = TokenSettings & {
  token_lifetime_for_web?: number
  allow_offline_access?: boolean
  subject_type_authorization?: { user?: { policy?: 'allow_all' | 'deny_all' | 'require_client_grant' } }
}

/** The API with this identifier; undefined when there is none. */
export async function findApi(db: Db, identifier: string): Promise<Api | undefined> {
  const row = await db
    .selectFrom('resource_servers')
    .select(['id', 'identifier', 'name', 'system_name', 'scopes', 'settings', 'signing_secret_encrypted'])
    .where('identifier', '=', identifier)
    .executeTakeFirst()
  // The schema of the routes has made sure of the settings.
  return row && { ...row, settings: row.settings as ApiSettings }
}

/** What a client may ask of people for an API; undefined when it has no grant for that. */
export async function findUserGrant(
  db: Db,
  clientId: string,
  apiId: string,
): Promise<{ scopes: ReadonlySet<string>; allowsAllScopes: boolean } | undefined> {
  const row = await db
    .selectFrom('client_grants')
    .select(['scope', 'settings'])
    .where('client_id', '=', clientId)
    .where('resource_server_id', '=', apiId)
    .where('subject_type', '=', 'user')
    .executeTakeFirst()
  return row && { scopes: new Set(row.scope), allowsAllScopes: row.settings.allow_all_scopes === true }
}

/** What a user may do at an API: what was given to him directly, and what his roles permit. */
export async function listUserPermissions(db: Db, userId: string, apiId: string): Promise<ReadonlySet<string>> {
  const direct = db
    .selectFrom('user_permissions')
    .select('permission')
    .where('user_id', '=', userId)
    .where('resource_server_id', '=', apiId)
  const rows = await db
    .selectFrom('user_roles')
    .innerJoin('role_permissions', 'role_permissions.role_id', 'user_roles.role_id')
    .select('role_permissions.permission')
    .where('user_roles.user_id', '=', userId)
    .where('role_permissions.resource_server_id', '=', apiId)
    .union(direct)
    .execute()
  return new Set(rows.map(({ permission }) => permission))
}
