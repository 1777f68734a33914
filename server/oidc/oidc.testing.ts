/** For tests of the token endpoint: clients, APIs and grants as rows, and requests as clients send them. */

import { type Answer, CLIENT_ID, CLIENT_SECRET, type TestServer } from '../../test/harness.ts'
import { now } from '../base/clock.ts'
import { newHexId, newId } from '../base/ids.ts'
import type { JsonObject } from '../db/tables.ts'
import type { TokenSettings } from './store.ts'

/** The API that tests ask tokens for. */
export const AUDIENCE = 'https://api.example.com'
/** What the test client sends when it asks for a token. */
export const ASK = {
  grant_type: 'client_credentials',
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
  audience: AUDIENCE,
}

/** Makes an API. */
export async function addApi(
  { db, server }: TestServer,
  api: { identifier: string; settings?: TokenSettings; scopes?: string[]; secret?: string },
): Promise<string> {
  const id = newHexId()
  await db
    .insertInto('resource_servers')
    .values({
      id,
      identifier: api.identifier,
      name: api.identifier,
      scopes: JSON.stringify((api.scopes ?? []).map((value) => ({ value }))),
      settings: JSON.stringify(api.settings ?? {}),
      signing_secret_encrypted: api.secret ? server.secrets.encrypt('resource_server_secret', id, api.secret) : null,
      created_at: now(),
    })
    .execute()
  return id
}

/** Makes a client. */
export async function addClient(
  { db, server }: TestServer,
  client: { id: string; method: string; secret?: string; grantTypes?: string[]; settings?: JsonObject },
): Promise<void> {
  const { id, method, secret, grantTypes = ['client_credentials'], settings = {} } = client
  await db
    .insertInto('clients')
    .values({
      client_id: id,
      name: id,
      token_endpoint_auth_method: method,
      grant_types: grantTypes,
      settings: JSON.stringify(settings),
      secret_encrypted: secret ? server.secrets.encrypt('client_secret', id, secret) : null,
      secret_digest: secret ? server.secrets.digest('client_secret', secret) : null,
      created_at: now(),
    })
    .execute()
}

/** Grants a client scopes of an API. */
export async function addGrant(
  { db }: TestServer,
  grant: { client: string; api: string; scope: string[]; settings?: JsonObject; subject?: string },
): Promise<void> {
  await db
    .insertInto('client_grants')
    .values({
      id: newId('cgr'),
      client_id: grant.client,
      resource_server_id: grant.api,
      scope: grant.scope,
      settings: JSON.stringify(grant.settings ?? {}),
      subject_type: grant.subject ?? 'client',
      created_at: now(),
    })
    .execute()
}

/** Posts a form to the token endpoint. A parameter that is undefined is left out. */
export async function post(
  { call }: TestServer,
  parameters: Record<string, string | undefined>,
  headers: Record<string, string> = {},
  from?: string,
): Promise<Answer> {
  const sent = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return await call('POST', '/oauth/token', {
    as: null,
    body: new URLSearchParams(sent).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    ...(from ? { from } : {}),
  })
}

/** The Authorization header of a client, form-encoded as RFC 6749 §2.3.1 asks. */
export function basic(id: string, secret: string): { authorization: string } {
  const pair = [id, secret].map((part) => new URLSearchParams({ '': part }).toString().slice(1)).join(':')
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}
