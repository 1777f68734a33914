/**
 * The applications that every tenant has: our own portals. Their ids are fixed, their addresses follow `PUBLIC_URL`,
 * and each start brings them up to date. Every database connection is open to them. Lists of applications leave them out:
 * a deployment tool would carry them to another tenant, or delete what its files do not name. And the global client,
 * in which Auth0's tools keep the login page of old.
 */
import { now } from '../base/clock.ts'
import type { Config } from '../config.ts'
import type { Tx } from '../db/database.ts'
import { defaultClientSettings, refreshTokenDefaults } from './defaults.ts'

/** TABLE: the portals, and the path below `PUBLIC_URL` at which each one lives. */
export const BUILT_IN_CLIENTS = {
  'tenantry-account': { name: 'Your account', path: '/account' },
  'tenantry-admin': { name: 'Administration', path: '/admin' },
} as const satisfies Record<string, { name: string; path: string }>

/** The portal through which administrators act: no other client gets rights over others from a person. */
export const ADMIN_CLIENT = 'tenantry-admin' satisfies keyof typeof BUILT_IN_CLIENTS

/** The id of the global client: nobody can sign in to it, and it gets no tokens. */
const GLOBAL_CLIENT = 'tenantry-global'

/** Whether the application is one of ours. */
export function isBuiltInClient(clientId: string): boolean {
  return Object.hasOwn(BUILT_IN_CLIENTS, clientId)
}

/** Makes sure of them. */
export async function ensureBuiltInClients(tx: Tx, { publicUrl }: Config): Promise<void> {
  await ensureGlobalClient(tx)
  for (const [client_id, { name, path }] of Object.entries(BUILT_IN_CLIENTS)) {
    const home = `${publicUrl}${path}`
    const row = {
      name,
      is_first_party: true,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      settings: JSON.stringify({
        ...defaultClientSettings(),
        app_type: 'spa',
        oidc_conformant: true,
        callbacks: [home],
        allowed_logout_urls: [home],
        web_origins: [publicUrl],
        refresh_token: refreshTokenDefaults({ rotation_type: 'rotating', expiration_type: 'expiring' }),
      }),
    }
    await tx
      .insertInto('clients')
      .values({ client_id, ...row, secret_encrypted: null, secret_digest: null, created_at: now() })
      .onConflict((conflict) => conflict.column('client_id').doUpdateSet(row))
      .execute()
  }
}

/** What is said of it stays. */
async function ensureGlobalClient(tx: Tx): Promise<void> {
  await tx
    .insertInto('clients')
    .values({
      client_id: GLOBAL_CLIENT,
      name: 'All Applications',
      is_global: true,
      is_first_party: true,
      token_endpoint_auth_method: 'none',
      grant_types: [],
      settings: JSON.stringify({ callbacks: [], custom_login_page_on: true }),
      secret_encrypted: null,
      secret_digest: null,
      created_at: now(),
    })
    .onConflict((conflict) => conflict.column('client_id').doNothing())
    .execute()
}
