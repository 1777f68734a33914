/** What the tenant of the deploy tool's test is filled with: something of every kind that the tool carries. */

import { THEME } from './theme.ts'

/** A request that makes something. Braces in a path or a body are filled with ids of what was made before. */
export type Made = { method: 'POST' | 'PATCH' | 'PUT'; path: string; body: unknown; keeps?: string; as?: string }

/** The public key of an application that proves itself with one, and nothing more. */
export const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo
4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0/IzW7yWR7QkrmBL7jTKEn5u
+qKhbwKfBstIs+bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyeh
kd3qqGElvW/VDL5AaWTg0nLVkjRo9z+40RQzuVaE8AkAFmxZzow3x+VJYKdjykkJ
0iT9wCS0DRTXu269V264Vf/3jvredZiKRkgwlL9xNAwxXFg0x/XFw005UWVRIkdg
cKWTjpBP2dPwVZ4WWC+9aGVd+Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbc
mwIDAQAB
-----END PUBLIC KEY-----`

const SHOP = {
  name: 'Shop',
  app_type: 'regular_web',
  description: 'Sells',
  callbacks: ['https://shop.harbour.example/callback'],
  allowed_logout_urls: ['https://shop.harbour.example'],
  web_origins: ['https://shop.harbour.example'],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  oidc_conformant: true,
  client_metadata: { team: 'blue' },
  jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 1_800 },
  refresh_token: {
    rotation_type: 'rotating',
    expiration_type: 'expiring',
    leeway: 10,
    token_lifetime: 86_400,
    idle_token_lifetime: 3_600,
  },
  initiate_login_uri: 'https://shop.harbour.example/login',
  organization_usage: 'allow',
  organization_require_behavior: 'no_prompt',
}

const MAIL = { from: 'Harbour <hello@harbour.example>', syntax: 'liquid', enabled: true }

/** TABLE: the requests, in order. */
export const CONTENT: readonly Made[] = [
  { method: 'POST', path: '/clients', body: SHOP, keeps: 'shop' },
  {
    method: 'POST',
    path: '/clients',
    body: {
      name: 'Robot',
      app_type: 'non_interactive',
      grant_types: ['client_credentials'],
      client_authentication_methods: {
        private_key_jwt: { credentials: [{ name: 'first', credential_type: 'public_key', pem: PUBLIC_KEY }] },
      },
    },
    keeps: 'robot',
  },
  { method: 'POST', path: '/clients', body: { name: 'Kiosk', app_type: 'spa', is_first_party: false }, keeps: 'kiosk' },
  {
    method: 'POST',
    path: '/resource-servers',
    body: {
      name: 'Orders',
      identifier: 'https://orders.harbour.example/',
      scopes: [
        { value: 'read:orders', description: 'Read orders' },
        { value: 'place:orders', description: 'Place orders' },
      ],
      token_lifetime: 7_200,
      token_lifetime_for_web: 600,
      allow_offline_access: true,
      enforce_policies: true,
      token_dialect: 'access_token_authz',
      skip_consent_for_verifiable_first_party_clients: true,
    },
  },
  {
    method: 'POST',
    path: '/client-grants',
    body: {
      client_id: '{shop}',
      audience: 'https://orders.harbour.example/',
      scope: ['read:orders'],
      organization_usage: 'allow',
      allow_any_organization: true,
    },
  },
  {
    method: 'POST',
    path: '/client-grants',
    body: { client_id: '{robot}', audience: '{management}', scope: ['read:users', 'read:logs'] },
  },
  {
    method: 'POST',
    path: '/connections',
    body: {
      name: 'Crew',
      strategy: 'auth0',
      display_name: 'The crew',
      realms: ['Crew'],
      metadata: { floor: '3' },
      options: {
        passwordPolicy: 'excellent',
        password_history: { enable: true, size: 3 },
        password_no_personal_info: { enable: true },
        requires_username: true,
        validation: { username: { min: 3, max: 20 } },
        disable_signup: true,
        brute_force_protection: true,
      },
      enabled_clients: ['{shop}', '{kiosk}'],
    },
  },
  {
    method: 'POST',
    path: '/connections',
    body: {
      name: 'harbour-office',
      strategy: 'oidc',
      display_name: 'Harbour office',
      show_as_button: false,
      options: {
        discovery_url: 'https://login.harbour.example/.well-known/openid-configuration',
        client_id: 'here',
        client_secret: 'never to be exported',
        domain_aliases: ['harbour.example'],
        set_user_root_attributes: 'on_first_login',
        attribute_map: { mapping_mode: 'use_map', attributes: { name: `\${context.tokenset.display}` } },
      },
      enabled_clients: ['{shop}'],
    },
  },
  {
    method: 'POST',
    path: '/emails/provider',
    body: {
      name: 'smtp',
      enabled: true,
      default_from_address: 'hello@harbour.example',
      credentials: {
        smtp_host: 'mail.harbour.example',
        smtp_port: 587,
        smtp_user: 'harbour',
        smtp_pass: 'not exported',
      },
    },
  },
  {
    method: 'POST',
    path: '/email-templates',
    body: {
      template: 'verify_email',
      subject: 'Welcome aboard, {{ user.name }}',
      body: '<p>Open <a href="{{ url }}">this link</a>.</p>',
      urlLifetimeInSeconds: 86_400,
      resultUrl: 'https://shop.harbour.example/confirmed',
      includeEmailInRedirect: true,
      ...MAIL,
    },
  },
  {
    method: 'POST',
    path: '/email-templates',
    body: { template: 'reset_email', subject: 'A new password', body: '<p>{{ url }}</p>', ...MAIL },
  },
  {
    method: 'PATCH',
    path: '/tenants/settings',
    body: {
      friendly_name: 'Harbour',
      picture_url: 'https://cdn.harbour.example/logo.png',
      support_email: 'help@harbour.example',
      support_url: 'https://harbour.example/help',
      default_audience: 'https://orders.harbour.example/',
      default_directory: 'Crew',
      enabled_locales: ['en', 'de'],
      session_lifetime: 24,
      idle_session_lifetime_in_minutes: 90,
      allowed_logout_urls: ['https://harbour.example'],
      default_redirection_uri: 'https://harbour.example/',
      flags: { revoke_refresh_token_grant: true, enable_public_signup_user_exists_error: false },
      error_page: { html: '<p>No</p>', show_log_link: false, url: 'https://harbour.example/error' },
      change_password: { enabled: false, html: '<p>Change</p>' },
      session_cookie: { mode: 'persistent' },
      oidc_logout: { rp_logout_end_session_endpoint_discovery: true },
    },
  },
  {
    method: 'PATCH',
    path: '/branding',
    body: {
      colors: { primary: '#ffd54f', page_background: '#102a43' },
      logo_url: 'https://cdn.harbour.example/logo.png',
      favicon_url: 'https://cdn.harbour.example/icon.png',
      font: { url: 'https://cdn.harbour.example/font.woff2' },
    },
  },
  { method: 'POST', path: '/branding/themes', body: THEME },
  {
    method: 'PATCH',
    path: '/prompts',
    body: { universal_login_experience: 'new', identifier_first: true, webauthn_platform_first_factor: false },
  },
  {
    method: 'PUT',
    path: '/prompts/login-id/custom-text/en',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Auth0's texts name values so.
    body: { 'login-id': { title: 'Come aboard', description: 'to go on to ${clientName}', ourOwnKey: 'is kept' } },
  },
  {
    method: 'PUT',
    path: '/prompts/login-id/custom-text/de',
    body: { 'login-id': { title: 'An Bord kommen', buttonText: 'Weiter geht’s' } },
  },
  {
    method: 'PUT',
    path: '/prompts/signup-password/partials',
    body: { 'signup-password': { 'form-content-start': '<p>{{ prompt.name }}</p>' } },
  },
]
