/**
 * A user as PostgreSQL writes him: the JSON document of an answer, built where the row is, so that most answers
 * go out without being parsed here. `u` is the users table's alias in every statement that uses it.
 */

const TEXT_COLUMNS = [
  'user_id',
  'email',
  'username',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'nickname',
  'picture',
  'last_ip',
  'multifactor',
] as const
/** Their text is JSON as it stands. */
const PLAIN_COLUMNS = [
  'email_verified',
  'phone_verified',
  'blocked',
  'logins_count',
  'user_metadata',
  'app_metadata',
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
  select string_agg('{"connection":' || to_json(i.connection_name)::text || ',"user_id":' || to_json(i.identity_id)::text
    || ',"provider":' || to_json(i.provider)::text || ',"isSocial":' || i.is_social::text
    || coalesce(',"profileData":' || i.profile_data::text, '') || '}', ',' order by i.position)
  from identities i where i.user_id = u.user_id)`

// Put together as text, not as jsonb, which would be built and copied anew with every part: a third of the work.
// concat_ws leaves out what is null.
const OWN_DOCUMENT = `('{' || concat_ws(',', ${[
  ...TEXT_COLUMNS.map((column) => `'"${column}":' || to_json(u.${column})::text`),
  ...PLAIN_COLUMNS.map((column) => `'"${column}":' || u.${column}::text`),
  ...DATE_COLUMNS.map((column) => `'"${column}":"' || ${isoDate(`u.${column}`)} || '"'`),
  `'"identities":[' || coalesce(${IDENTITIES}, '') || ']'`,
].join(', ')}) || '}')`

/** The document as an expression of type text. What a provider sent stands at the root, under our own values. */
export const USER_DOCUMENT = `(case when u.provider_attributes is null then ${OWN_DOCUMENT}
  else (u.provider_attributes || ${OWN_DOCUMENT}::jsonb)::text end)`

/** Documents, one a row of an expression of type text, as a JSON array of type text. @param order as in `order by` */
export function documentArray(document: string, order: string): string {
  return `'[' || coalesce(string_agg(${document}, ',' order by ${order}), '') || ']'`
}
