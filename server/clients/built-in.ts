/**
 * The applications that every tenant has: our own portals. Their ids are fixed, their addresses follow `PUBLIC_URL`,
 * and each start brings them up to date. Every database connection is open to them.
 */
import { now } from '../base/clock.ts'
import type { Config } from '../config.ts'
import type { Tx } from '../db/database.ts'
import { defaultClientSettings, refreshTokenDefaults } from './defaults.ts'

/** TABLE: the portals, and the path below `PUBLIC_URL` at which each one lives. */
export const BUILT_IN_CLIENTS = {
  'tenantry-account': { name: 'Your account', path: '/account' },
} as const satisfies Record<string, { name: string; path: string }>

/** Whether the application is one of ours. */
export function isBuiltInClient(clientId: string): boolean {
  return Object.hasOwn(BUILT_IN_CLIENTS, clientId)
}

/** Makes sure of them. */
export async function ensureBuiltInClients(tx: Tx, { publicUrl }: Config): Promise<void> {
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
