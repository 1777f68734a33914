/**
 * The two applications of the demo, one of each customer: pages without a server of their own, at which one signs up and in
 * as at any application of a supplier (`application-page.ts`).
 */
import type { ClientSettings, StoredClient } from '../clients/client.ts'
import { defaultClientSettings } from '../clients/defaults.ts'
import { insertClient, lockClient, saveClient } from '../clients/store.ts'
import type { Config } from '../config.ts'
import { enableClients } from '../connections/enabled-clients.ts'
import { findConnectionByName } from '../connections/store.ts'
import type { Tx } from '../db/database.ts'
import { FIRST_CONNECTION } from '../setup.ts'
import { DEMO_COMPANIES, type DemoPerson } from './people.ts'

/** The connection of those who have no desk, and sign in by name. */
export const NAME_CONNECTION = 'Globex-Lager'

/** An application. `asksFor` is the language it asks the sign-in for; without one the person's own counts. */
export type DemoApplication = {
  company: DemoPerson['company']
  name: string
  path: `/demo/${string}`
  asksFor?: string
  connections: readonly string[]
}

/** TABLE: the applications, by their client ids. */
export const DEMO_APPLICATIONS = {
  'demo-acme': {
    company: 'acme',
    name: 'Acme Robotics console',
    path: '/demo/acme',
    connections: [FIRST_CONNECTION],
  },
  'demo-globex': {
    company: 'globex',
    name: 'Globex Käserei Portal',
    path: '/demo/globex',
    asksFor: DEMO_COMPANIES.globex.locale,
    connections: [FIRST_CONNECTION, NAME_CONNECTION],
  },
} as const satisfies Record<string, DemoApplication>

/** Makes those that are not there, and brings the addresses of the others up to date: they follow `PUBLIC_URL`. */
export async function ensureDemoApplications(tx: Tx, config: Config): Promise<void> {
  for (const [id, application] of Object.entries(DEMO_APPLICATIONS)) {
    const known = await lockClient(tx, id)
    const settings = { ...addressesOf(config, application), organization_usage: 'allow' }
    if (known) await saveClient(tx, { ...known, settings: { ...known.settings, ...settings } }, { endsTokens: false })
    else await makeApplication(tx, id, application, settings)
  }
}

async function makeApplication(tx: Tx, id: string, application: DemoApplication, own: ClientSettings) {
  const { company, name, connections } = application
  const client: Omit<StoredClient, 'is_global' | 'token_generation' | 'created_at'> = {
    client_id: id,
    name,
    is_first_party: true,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    settings: {
      ...defaultClientSettings(),
      app_type: 'spa',
      oidc_conformant: true,
      ...own,
      client_metadata: { brand_name: DEMO_COMPANIES[company].name, brand_colour: DEMO_COMPANIES[company].colour },
    },
    secret_encrypted: null,
    secret_digest: null,
  }
  await insertClient(tx, client)
  for (const one of connections) {
    const connection = await findConnectionByName(tx, one)
    if (connection) await enableClients(tx, connection.id, [id])
  }
}

/** Auth0 lets no http address be set as the one where a sign-in begins; this one leads to this machine alone. */
function addressesOf({ publicUrl }: Config, { path }: DemoApplication): ClientSettings {
  const home = `${publicUrl}${path}`
  return { callbacks: [home], allowed_logout_urls: [home], initiate_login_uri: home }
}
