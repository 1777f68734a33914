/**
 * TABLE: every error a caller can get. `status` and `text` are what he sees; `errorCode` is the Management
 * API's (many of Auth0's bodies have none, and then ours have none either); `oauth` is the `error` of the
 * OAuth shape. A text says what was wrong and what to do; `{name}` is filled in by the thrower.
 */
import { JOB_ERRORS } from './errors-jobs.ts'
import { MAIL_AND_PAGE_ERRORS } from './errors-mail-and-pages.ts'
import { ORGANIZATION_ERRORS } from './errors-organizations.ts'
import { PRIVACY_ERRORS } from './errors-privacy.ts'
import { TERMS_ERRORS } from './errors-terms.ts'

/** A row of the table. */
export type ErrorRow = { status: number; text: string; errorCode?: string; oauth?: string }

export const ERRORS = {
  ...JOB_ERRORS,
  ...ORGANIZATION_ERRORS,
  ...PRIVACY_ERRORS,
  ...TERMS_ERRORS,

  // Who is calling
  missing_authentication: { status: 401, text: 'Missing authentication' },
  malformed_authorization: { status: 400, text: 'Bad HTTP authentication header format', errorCode: 'Bearer' },
  // RFC 6750 §3.1: one word for all of them, where it is the OAuth shape that tells.
  invalid_token: { status: 401, text: 'Invalid token', oauth: 'invalid_token' },
  invalid_signature: {
    status: 401,
    text: 'Invalid signature received for JSON Web Token validation',
    oauth: 'invalid_token',
  },
  expired_token: { status: 401, text: 'Expired token received for JSON Web Token validation', oauth: 'invalid_token' },
  bad_audience: { status: 401, text: 'Bad audience: {audience}', oauth: 'invalid_token' },
  insufficient_scope: {
    status: 403,
    text: 'Insufficient scope, expected {rule} of: {scopes}',
    errorCode: 'insufficient_scope',
  },
  not_own_user: {
    status: 403,
    text: 'User to be acted on does not match subject in bearer token.',
    errorCode: 'insufficient_scope',
  },
  person_required: {
    status: 403,
    text: 'This API is for people and their own accounts. Send an access token that was given to a person.',
  },
  not_within_organization: {
    status: 403,
    text: 'This operation is not open to a token that is bound to an organization.',
    errorCode: 'insufficient_scope',
  },

  // What was sent
  invalid_body: { status: 400, text: '{reason}', errorCode: 'invalid_body' },
  invalid_query_string: { status: 400, text: '{reason}', errorCode: 'invalid_query_string' },
  invalid_paging: {
    status: 400,
    text: 'You can only page through the first 1000 records. Use from and take, or have deep_user_paging switched on in the settings of the tenant.',
    errorCode: 'invalid_paging',
  },
  invalid_uri: { status: 400, text: '{reason}', errorCode: 'invalid_uri' },
  malformed_json: { status: 400, text: 'Payload is not valid JSON: {reason}', errorCode: 'invalid_body' },
  unsupported_media_type: { status: 415, text: 'Unsupported Media Type. Send application/json.' },
  payload_too_large: { status: 413, text: 'Payload is too large. At most {limit} bytes are accepted.' },
  operation_not_supported: { status: 400, text: '{reason}', errorCode: 'operation_not_supported' },
  validation_error: { status: 400, text: '{reason}', errorCode: 'validation_error' },
  password_refused: { status: 400, text: '{name}: {reason}' },
  wrong_password: { status: 403, text: 'The present password is wrong. Nothing was changed.' },
  form_refused: {
    status: 403,
    text: 'The form is incomplete or was sent from another page. Nothing was changed. Open the page again.',
  },

  // What is not there
  not_found: { status: 404, text: 'Not Found' },
  inexistent_user: { status: 404, text: 'The user does not exist.', errorCode: 'inexistent_user' },
  inexistent_client: { status: 404, text: 'The client does not exist', errorCode: 'inexistent_client' },
  inexistent_credential: { status: 404, text: 'The credential does not exist', errorCode: 'inexistent_credential' },
  inexistent_client_grant: {
    status: 404,
    text: 'The client grant does not exist.',
    errorCode: 'inexistent_client_grant',
  },
  inexistent_resource_server: {
    status: 404,
    text: 'The resource server does not exist',
    errorCode: 'inexistent_resource_server',
  },
  inexistent_connection: { status: 404, text: 'The connection does not exist', errorCode: 'inexistent_connection' },
  // Auth0's body has no code.
  inexistent_role: { status: 404, text: 'The role does not exist.' },
  inexistent_refresh_token: { status: 404, text: 'The refresh token does not exist.' },
  inexistent_authentication_method: { status: 404, text: 'The authentication method does not exist.' },
  inexistent_session: { status: 404, text: 'The session does not exist' },
  inexistent_application: { status: 404, text: 'You have allowed no such application anything. Nothing was changed.' },
  inexistent_log: { status: 404, text: 'The log event does not exist.', errorCode: 'inexistent_log' },
  inexistent_key: { status: 404, text: 'The signing key does not exist.' },

  ...MAIL_AND_PAGE_ERRORS,

  invalid_ticket: {
    status: 404,
    text: 'This link can be used no more: it was used, replaced by a newer one, or is past its time. Ask for a new one.',
  },

  transaction_gone: {
    status: 400,
    text: 'This sign-in is over, or was begun in another browser. Nothing was changed. Go back to the application and begin again.',
  },

  // What stands against it
  user_exists: { status: 409, text: 'The user already exists.', errorCode: 'auth0_idp_error' },
  identity_linked: { status: 409, text: 'The identity is linked to a user already. Unlink it there first.' },
  identifier_taken: {
    status: 400,
    text: 'The specified new email, username or phone number already exists',
    errorCode: 'auth0_idp_error',
  },
  resource_server_exists: {
    status: 409,
    text: 'A resource server with the same identifier already exists.',
    errorCode: 'resource_server_conflict',
  },
  client_grant_exists: {
    status: 409,
    text: 'A resource with this client and audience already exists.',
    errorCode: 'client_grant_conflict',
  },
  connection_exists: {
    status: 409,
    text: 'A connection with the same name already exists',
    errorCode: 'connection_conflict',
  },
  role_exists: { status: 409, text: 'A role with the same name already exists.', errorCode: 'role_conflict' },
  too_many_entities: {
    status: 403,
    text: 'At most {most} {entities} are possible. Nothing was changed.',
    errorCode: 'too_many_entities',
  },
  credential_exists: { status: 409, text: 'A credential with the same key id already exists.' },
  feature_not_enabled: {
    status: 403,
    text: 'Tenantry does not offer this operation. Nothing was changed.',
    errorCode: 'feature_not_enabled',
  },
  system_entity: { status: 403, text: '{reason}', errorCode: 'operation_not_supported' },

  // The token endpoint
  invalid_request: { status: 400, text: '{reason}', oauth: 'invalid_request' },
  unknown_client: { status: 401, text: 'Unauthorized', oauth: 'access_denied' },
  invalid_client: { status: 401, text: '{reason}', oauth: 'invalid_client' },
  unauthorized_client: { status: 403, text: '{reason}', oauth: 'unauthorized_client' },
  missing_audience: {
    status: 403,
    text: 'No audience parameter was provided, and no default audience has been configured',
    oauth: 'access_denied',
  },
  unknown_audience: { status: 403, text: 'Service not found: {audience}', oauth: 'access_denied' },
  no_client_grant: {
    status: 403,
    text: 'Client is not authorized to access "{audience}". You need to create a "client-grant" associated to this API.',
    oauth: 'access_denied',
  },
  scopes_not_granted: {
    status: 403,
    text: 'Client has not been granted scopes: {scopes}',
    oauth: 'access_denied',
  },
  unsupported_grant_type: {
    // RFC 6749 §5.2: 400. A 5xx would be repeated by clients that take it for a passing fault.
    status: 400,
    text: 'Grant type {grantType} is not offered.',
    oauth: 'unsupported_grant_type',
  },

  // The token endpoint, of people. Auth0 answers a wrong grant with 403.
  invalid_grant: { status: 403, text: '{reason}', oauth: 'invalid_grant' },
  invalid_scope: { status: 400, text: '{reason}', oauth: 'invalid_scope' },
  access_denied: { status: 403, text: '{reason}', oauth: 'access_denied' },
  user_refused: { status: 403, text: '{reason}', oauth: 'unauthorized' },
  interaction_required: { status: 403, text: '{reason}', oauth: 'interaction_required' },
  too_many_attempts: {
    status: 429,
    text: 'Your account has been blocked after multiple consecutive login attempts. A mail with a link to unblock it was sent to its address, if there is one.',
    errorCode: 'too_many_attempts',
    oauth: 'too_many_attempts',
  },

  suspicious_address: { status: 429, text: 'Too many attempts from here. Try later.', oauth: 'too_many_attempts' },
  password_leaked: { status: 403, text: 'Others know the password. Choose a new one.', oauth: 'password_leaked' },

  // What a connection keeps people from doing by themselves; the first in Auth0's words
  signup_disabled: { status: 400, text: 'public signup is disabled' },
  self_service_reset_disabled: {
    status: 400,
    text: 'Passwords of this connection are not reset by mail. Ask an administrator for a new one.',
  },

  // What is wrong with us
  too_many_requests: {
    status: 429,
    text: 'Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.',
    errorCode: 'too_many_requests',
    oauth: 'too_many_requests',
  },
  misdirected: { status: 421, text: 'This server does not answer for the host in the request.' },
  database_unavailable: {
    status: 503,
    text: 'The database cannot be reached at present. Nothing was changed. Try again in a moment.',
    oauth: 'temporarily_unavailable',
  },
  search_timeout: {
    status: 503,
    text: 'The search took too long. Narrow it down, for example by a field that few have or by a date, and try again.',
  },
  busy: {
    status: 503,
    text: 'The server is busy. Nothing was changed. Try again in a moment.',
    oauth: 'temporarily_unavailable',
  },
  internal: {
    status: 500,
    text: 'Internal error. Quote the request id {requestId} when you ask about it.',
    oauth: 'server_error',
  },
} as const satisfies Record<string, ErrorRow>
