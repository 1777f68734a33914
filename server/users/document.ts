/**
 * A user as PostgreSQL writes him: the JSON document of an answer, built where the row is, so that most answers
 * go out without being parsed here. `u` is the users table's alias in every statement that uses it.
 */

const TEXT_COLUMNS = [
  'user_id',
  'email',
  'email_verified',
  'username',
  'phone_number',
  'phone_verified',
  'name',
  'given_name',
  'family_name',
  'nickname',
  'picture',
  'blocked',
  'last_ip',
  'logins_count',
] as const
const DATE_COLUMNS = [
  'created_at',
  'updated_at',
  'last_login',
  'last_password_reset',
  'multifactor_last_modified',
] as const

/** ISO 8601 with milliseconds and Z, as every date on the wire. */
export function isoDate(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

const IDENTITIES = `(
  select coalesce(jsonb_agg(
    jsonb_build_object('connection', i.connection_name, 'user_id', i.identity_id, 'provider', i.provider, 'isSocial', i.is_social)
      || case when i.profile_data is null then '{}'::jsonb else jsonb_build_object('profileData', i.profile_data) end
    order by i.position), '[]'::jsonb)
  from identities i where i.user_id = u.user_id)`

// jsonb_strip_nulls goes into nested objects, so metadata, in which null means something, is added after it.
const ROOT = `jsonb_strip_nulls(jsonb_build_object(${[
  ...TEXT_COLUMNS.map((column) => `'${column}', u.${column}`),
  ...DATE_COLUMNS.map((column) => `'${column}', ${isoDate(`u.${column}`)}`),
  "'multifactor', to_jsonb(u.multifactor)",
].join(', ')}))`

/** The document as an expression of type jsonb. What a provider sent stands at the root, under our own values. */
export const USER_DOCUMENT = `(coalesce(u.provider_attributes, '{}'::jsonb) || ${ROOT}
  || case when u.user_metadata is null then '{}'::jsonb else jsonb_build_object('user_metadata', u.user_metadata) end
  || case when u.app_metadata is null then '{}'::jsonb else jsonb_build_object('app_metadata', u.app_metadata) end
  || jsonb_build_object('identities', ${IDENTITIES}))`
