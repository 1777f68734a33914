/** All SQL of the token endpoint. */
import { coalesce } from '../db/coalesce.ts'
import type { Database, Db } from '../db/database.ts'
import type { RsaAlgorithm } from '../http/server.ts'
import { KEY_STATES_SQL } from '../keys/store.ts'

/**
 * A client and an audience whose access to each other is asked for, in an organization by its id or name. Without an
 * audience it is the tenant's default one, if there is one.
 */
export type AccessQuestion = { clientId: string; audience: string | undefined; organization?: string | undefined }

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
  default_organization?: { organization_id?: string; flows?: string[] } | null
  require_proof_of_possession?: boolean | null
}

/** What stands between a client and an API; every part but `kid` is null where there is no such thing. */
export type Access = {
  /** The audience that was asked for, or the tenant's default one. */
  audience: string | null
  client_id: string | null
  secret_digest: string | null
  token_endpoint_auth_method: string
  token_generation: number
  may_use_client_credentials: boolean
  client_settings: ClientTokenSettings | null
  resource_server_id: string | null
  /** Of our own APIs. */
  resource_server_name: string | null
  resource_server_settings: TokenSettings | null
  signing_secret_encrypted: string | null
  grant_id: string | null
  organization_usage: string | null
  /** The organization that was asked for, or is the client's for such tokens. */
  organization_id: string | null
  organization_name: string | null
  organization_generation: number | null
  is_organization_suspended: boolean | null
  /** Whether the grant is good in it: in every one, or in this. */
  is_granted_in_organization: boolean
  tells_organization_name: boolean
  /** The granted scopes, separated by spaces. */
  scope: string | null
  /** The key that signs at present. */
  kid: string
  /** As `keys/store.ts` reads it. */
  key_states: string
}

/** Answers what stands between a client and an API. */
export type AccessReader = (question: AccessQuestion) => Promise<Access>

// $1 clients, $2 audiences and $3 organizations, one by one; the last two may be null. They stand in sub-selects so that the
// planner does not see how many there are: it would plan anew each time, which takes four times as long as the rest.
const ACCESS_SQL = `
  select asked.audience, c.client_id, c.secret_digest, c.token_endpoint_auth_method, c.token_generation,
    'client_credentials' = any(c.grant_types) as may_use_client_credentials,
    jsonb_build_object(
      'client_authentication_methods', c.settings->'client_authentication_methods',
      'default_organization', c.settings->'default_organization',
      'require_proof_of_possession', c.settings->'require_proof_of_possession') as client_settings,
    a.id as resource_server_id, a.system_name as resource_server_name, a.settings as resource_server_settings,
    case when a.settings->>'signing_alg' = 'HS256' then a.signing_secret_encrypted end as signing_secret_encrypted,
    g.id as grant_id, g.settings->>'organization_usage' as organization_usage,
    o.id as organization_id, o.name as organization_name, o.token_generation as organization_generation,
    o.suspended_at is not null as is_organization_suspended,
    coalesce(g.settings->>'allow_any_organization' = 'true', false) or exists (
      select 1 from organization_client_grants og where og.grant_id = g.id and og.organization_id = o.id)
      as is_granted_in_organization,
    t.names as tells_organization_name,
    case when g.settings->>'allow_all_scopes' = 'true'
      then (select string_agg(each->>'value', ' ') from jsonb_array_elements(a.scopes) as each)
      else array_to_string(g.scope, ' ') end as scope,
    k.kid, k.key_states
  from (select coalesce(settings->>'allow_organization_name_in_authentication_api' = 'true', false) as names,
    nullif(settings->>'default_audience', '') as default_audience from tenant_settings) as t
  cross join lateral (select client_id, coalesce(audience, t.default_audience) as audience, organization, position
    from unnest((select $1::text[]), (select $2::text[]), (select $3::text[]))
      with ordinality as a (client_id, audience, organization, position)
  ) as asked
  left join clients c on c.client_id = asked.client_id
  left join resource_servers a on a.identifier = asked.audience
  left join client_grants g
    on g.client_id = c.client_id and g.resource_server_id = a.id and g.subject_type = 'client'
  left join organizations o on o.id = case
    when starts_with(asked.organization, 'org_') then asked.organization
    when asked.organization is not null then
      case when t.names then (select id from organizations where name = lower(asked.organization)) end
    when c.settings->'default_organization'->'flows' ? 'client_credentials'
      then c.settings->'default_organization'->>'organization_id' end
  cross join (select max(kid) filter (where state = 'current') as kid, ${KEY_STATES_SQL} as key_states
    from signing_keys) as k
  order by asked.position`

/** Makes the reader: questions that arrive together share a statement, and equal ones an answer. */
export function accessReader(database: Database): AccessReader {
  return coalesce<AccessQuestion, Access>({
    atOnce: 2,
    most: 500,
    run: async (questions) => {
      const places = new Map<string, number>()
      const distinct = questions.filter((question) => {
        const key = keyOf(question)
        if (places.has(key)) return false
        places.set(key, places.size)
        return true
      })
      const rows = await database.query<Access>({ name: 'token_access', text: ACCESS_SQL }, [
        distinct.map(({ clientId }) => clientId),
        distinct.map(({ audience }) => audience ?? null),
        distinct.map(({ organization }) => organization ?? null),
      ])
      return questions.map((question) => {
        const row = rows[places.get(keyOf(question)) ?? -1]
        return row?.kid ? row : new Error('The tenant lacks a current signing key.')
      })
    },
  })
}

function keyOf({ clientId, audience, organization }: AccessQuestion): string {
  return JSON.stringify([clientId, audience ?? null, organization])
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
  assertion: { digest: string; expiresAt: Date; forgetBefore: Date },
): Promise<boolean> {
  const rows = await database.query<{ digest: string }>({ name: 'use_assertion', text: USE_ASSERTION_SQL }, [
    assertion.digest,
    assertion.expiresAt,
    assertion.forgetBefore,
  ])
  return rows.length === 1
}
