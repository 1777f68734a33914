/** Puts what oidc-provider refuses into Auth0's words, which SDKs compare (CONTRACT of the wire: literals). */
import { ApiError, type ErrorCode } from '../http/errors.ts'
import { PASSWORD_REALM } from './client-metadata.ts'
import type { Outcome } from './run-provider.ts'

/** Of an unknown name and a wrong password alike. */
export const WRONG_PASSWORD = 'Wrong email or password.'

/** TABLE: `invalid_grant` by what it is about. The reason itself is not told: it would tell codes and tokens apart. */
const INVALID_GRANT: Readonly<Record<string, string>> = {
  authorization_code: 'Invalid authorization code',
  refresh_token: 'Unknown or invalid refresh token.',
  password: WRONG_PASSWORD,
  [PASSWORD_REALM]: WRONG_PASSWORD,
}

/** The refusal of an exchange. */
export function refusalOf({ body, status, ctx }: Outcome, grantType: string): ApiError {
  // oidc-provider's refusals have this form.
  const { error, error_description: description = 'The request was refused.' } = body as {
    error: string
    error_description?: string
  }
  if (error === 'invalid_grant') {
    const reason = isVerifierAtFault(ctx.state.reason)
      ? 'Failed to verify code verifier'
      : (INVALID_GRANT[grantType] ?? description)
    return new ApiError('invalid_grant', { with: { reason } })
  }
  if (/grant type is not allowed/.test(description)) {
    const reason = `Grant type '${grantType}' not allowed for the client.`
    return new ApiError('unauthorized_client', { with: { reason } })
  }
  const code = CODES[error]
  if (code) return new ApiError(code, { with: { reason: description } })
  return new ApiError(status === 401 ? 'invalid_client' : 'invalid_request', { with: { reason: description } })
}

/** TABLE: other refusals, by the standard's word. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  invalid_scope: 'invalid_scope',
  unauthorized: 'user_refused',
  access_denied: 'access_denied',
  interaction_required: 'interaction_required',
  unsupported_grant_type: 'unsupported_grant_type',
}

function isVerifierAtFault(reason: unknown): boolean {
  return typeof reason === 'string' && /PKCE|code_verifier/i.test(reason)
}
