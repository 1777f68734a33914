/**
 * TABLE: what is answered outside the Management API, for the compatibility page. `partly` says how far, where it is
 * not all of Auth0's operation. A test compares the table with what is mounted.
 */
export const OTHER_ROUTES: readonly { method: string; path: string; partly?: string }[] = [
  { method: 'POST', path: '/oauth/token', partly: '`client_credentials`' },
  { method: 'GET', path: '/.well-known/openid-configuration' },
  { method: 'GET', path: '/.well-known/oauth-authorization-server' },
  { method: 'GET', path: '/.well-known/jwks.json' },
  { method: 'GET', path: '/pem' },
  { method: 'GET', path: '/cer' },
  { method: 'GET', path: '/rawpem' },
]
