import { newClientId } from '../base/ids.ts'
import type { Secrets } from '../base/secrets.ts'
import type { Tx } from '../db/database.ts'
import { defaultMethod, methodAfter, secretColumns, withUsedCredentials } from './authentication.ts'
import type { StoredClient } from './client.ts'
import { storeCredential } from './credentials/change.ts'
import { credentialWire } from './credentials/credential.ts'
import type { Credential } from './credentials/schemas.ts'
import { DEFAULT_GRANT_TYPES, defaultClientSettings } from './defaults.ts'

import type { ClientCreate } from './schemas.ts'
import { settingsAfter } from './settings.ts'
import { insertClient, saveClient } from './store.ts'
import { checkOrganization } from './update.ts'

/**
 * Makes a client, with the credentials that came along.
 *
 * @returns the client, and its credentials in full, which only this answer shows
 * @throws ApiError invalid_body, credential_exists
 */
export async function createClient(
  tx: Tx,
  secrets: Secrets,
  body: ClientCreate,
): Promise<{ client: StoredClient; credentials: Credential[] | undefined }> {
  const clientId = newClientId()
  await checkOrganization(tx, body)
  const method = methodAfter(body, defaultMethod(body.app_type), body.app_type)
  const client = await insertClient(tx, {
    client_id: clientId,
    name: body.name,
    is_first_party: body.is_first_party ?? true,
    token_endpoint_auth_method: method,
    grant_types: body.grant_types ?? [...DEFAULT_GRANT_TYPES],
    settings: settingsAfter(defaultClientSettings(), body),
    ...secretColumns(secrets, clientId, method),
  })
  const keys = body.client_authentication_methods?.private_key_jwt.credentials
  if (keys === undefined) return { client, credentials: undefined }
  const credentials: Credential[] = []
  for (const key of keys) credentials.push(credentialWire(await storeCredential(tx, clientId, key)))
  const withKeys = withUsedCredentials(
    client,
    credentials.map(({ id }) => id),
  )
  await saveClient(tx, withKeys, { endsTokens: false })
  return { client: withKeys, credentials }
}
