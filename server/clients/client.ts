/**
 * Clients: the applications of the tenant. A client has a secret, credentials, or neither (authentication.ts), and
 * settings by Auth0's names (schemas.ts). PATCH replaces settings one by one; `client_metadata` and
 * `jwt_configuration` are merged one level deep. Whatever takes something from a client (another secret, another
 * method, a credential that ends) ends the tokens it got before. Which APIs it may call is the client grants'.
 */
import type { Selectable } from 'kysely'
import { type Actor, holdsAny } from '../authorization/actor.ts'
import type { Scope } from '../authorization/scopes.ts'
import type { ClientsTable, JsonObject } from '../db/tables.ts'

/** What a client has beyond its columns. Nothing is stored that the schemas of the routes have not let through. */
export type ClientSettings = JsonObject & {
  app_type?: string
  client_metadata?: Record<string, string>
  jwt_configuration?: JsonObject
  refresh_token?: JsonObject
  client_authentication_methods?: { private_key_jwt: { credentials: { id: string }[] } }
}

/** The methods that a client can be registered for. */
export type AuthenticationMethod = 'none' | 'client_secret_post' | 'client_secret_basic' | 'private_key_jwt'

/** A stored client. */
export type StoredClient = Omit<Selectable<ClientsTable>, 'settings' | 'token_endpoint_auth_method'> & {
  settings: ClientSettings
  token_endpoint_auth_method: AuthenticationMethod
}

/** A client as it is answered. */
export type ClientWire = JsonObject & { client_id: string }

/** The wire form, all of it but the secret. @param tenant the tenant's name */
export function clientWire(tenant: string, client: StoredClient): ClientWire {
  const { token_endpoint_auth_method: method } = client
  return {
    tenant,
    global: client.is_global,
    client_id: client.client_id,
    name: client.name,
    is_first_party: client.is_first_party,
    ...client.settings,
    grant_types: client.grant_types,
    // Auth0 names the method in one of the two places only.
    ...(method === 'private_key_jwt' ? {} : { token_endpoint_auth_method: method }),
  }
}

/** TABLE: properties with scopes of their own. The rest takes read:clients or read:client_keys. */
const READ_BY: Readonly<Record<string, readonly Scope[]>> = {
  client_secret: ['read:client_keys'],
  encryption_key: ['read:client_keys', 'read:client_credentials'],
  client_authentication_methods: ['read:clients', 'read:client_keys', 'read:client_credentials'],
  client_id: ['read:clients', 'read:client_keys', 'read:client_credentials', 'read:client_summary'],
  name: ['read:clients', 'read:client_keys', 'read:client_credentials', 'read:client_summary'],
  app_type: ['read:clients', 'read:client_keys', 'read:client_credentials', 'read:client_summary'],
  description: ['read:clients', 'read:client_keys', 'read:client_credentials', 'read:client_summary'],
}
const READ_REST: readonly Scope[] = ['read:clients', 'read:client_keys']

/** What of a client the actor may read. */
export function readableClient(actor: Actor, wire: ClientWire): ClientWire {
  const entries = Object.entries(wire).filter(([name]) => holdsAny(actor, READ_BY[name] ?? READ_REST))
  // The id is among what every reader may see.
  return Object.fromEntries(entries) as ClientWire
}

/** TABLE: properties that take a scope of their own to change. The rest takes update:clients. */
const CHANGED_BY: Readonly<Record<string, readonly Scope[]>> = {
  client_secret: ['update:client_keys'],
  encryption_key: ['update:clients', 'update:client_keys'],
  token_endpoint_auth_method: ['update:clients', 'update:client_credentials'],
  client_authentication_methods: ['update:clients', 'update:client_credentials'],
}
const CHANGE_REST: readonly Scope[] = ['update:clients']

/** The scopes of which the actor needs one to change a property, if he has none of them. */
export function scopesLacking(actor: Actor, body: object): readonly Scope[] | undefined {
  return Object.keys(body)
    .map((name) => CHANGED_BY[name] ?? CHANGE_REST)
    .find((scopes) => !holdsAny(actor, scopes))
}
