import { MY_ACCOUNT_PREFIX } from './me/my-account.ts'
import { MY_ACCOUNT_ROUTES } from './me/routes.ts'

/** An operation outside the Management API. `ours` says what one does that Auth0 does not have. */
type OtherRoute = { method: string; path: string; partly?: string; ours?: string }

/**
 * TABLE: what is answered outside the Management API, for the compatibility page. `partly` says how far, where it is
 * not all of Auth0's operation. A test compares the table with what is mounted.
 */
export const OTHER_ROUTES: readonly OtherRoute[] = [
  {
    method: 'GET',
    path: '/authorize',
    partly: '`response_type=token` alone and request objects are not offered',
  },
  {
    method: 'POST',
    path: '/oauth/token',
    partly: '`authorization_code`, `refresh_token`, `client_credentials`, `password` and `password-realm`',
  },
  { method: 'POST', path: '/oauth/revoke' },
  { method: 'GET', path: '/userinfo' },
  { method: 'POST', path: '/userinfo' },
  { method: 'GET', path: '/v2/logout', partly: '`federated` is ignored' },
  { method: 'GET', path: '/oidc/logout', partly: '`federated` is ignored' },
  { method: 'POST', path: '/oidc/logout', partly: '`federated` is ignored' },
  { method: 'POST', path: '/dbconnections/signup' },
  { method: 'POST', path: '/dbconnections/change_password' },
  { method: 'GET', path: '/.well-known/openid-configuration' },
  { method: 'GET', path: '/.well-known/oauth-authorization-server' },
  { method: 'GET', path: '/.well-known/jwks.json' },
  { method: 'GET', path: '/pem' },
  { method: 'GET', path: '/cer' },
  { method: 'GET', path: '/rawpem' },
  ...MY_ACCOUNT_ROUTES.map(({ method, url, summary }) => ({
    method,
    path: `${MY_ACCOUNT_PREFIX}${url}`,
    ours: summary,
  })),
]
