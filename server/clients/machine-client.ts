/** A machine client with a grant for the whole Management API: how automation, the demo and tests get in. */
import { MANAGEMENT_SCOPES } from '../authorization/scopes.ts'
import { now } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { Secrets } from '../base/secrets.ts'
import type { Tx } from '../db/database.ts'
import { defaultClientSettings } from './defaults.ts'

/** Makes sure that the client, its secret and its grant are as given. */
export async function ensureMachineClient(
  tx: Tx,
  secrets: Secrets,
  { id, secret, name }: { id: string; secret: string; name: string },
): Promise<void> {
  const secret_digest = secrets.digest('client_secret', secret)
  const known = await tx.selectFrom('clients').select('secret_digest').where('client_id', '=', id).executeTakeFirst()
  const sealed = { secret_digest, secret_encrypted: secrets.encrypt('client_secret', id, secret) }
  if (!known) {
    await tx
      .insertInto('clients')
      .values({
        client_id: id,
        name,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
        settings: JSON.stringify({ ...defaultClientSettings(), app_type: 'non_interactive' }),
        ...sealed,
        created_at: now(),
      })
      .execute()
  } else if (known.secret_digest !== secret_digest) {
    // Another secret than before: tokens got with the old one end with it.
    await tx
      .updateTable('clients')
      .set((eb) => ({ ...sealed, token_generation: eb('token_generation', '+', 1) }))
      .where('client_id', '=', id)
      .execute()
  }
  await grantWholeManagementApi(tx, id)
}

/** Makes sure that a client has a grant for an API, with these scopes. */
export async function grantApi(
  tx: Tx,
  clientId: string,
  { resourceServerId, scope }: { resourceServerId: string; scope: string[] },
): Promise<void> {
  await tx
    .insertInto('client_grants')
    .values({
      id: newId('cgr'),
      client_id: clientId,
      resource_server_id: resourceServerId,
      scope,
      settings: '{}',
      created_at: now(),
    })
    .onConflict((conflict) =>
      conflict.columns(['client_id', 'resource_server_id', 'subject_type']).doUpdateSet({ scope }),
    )
    .execute()
}

async function grantWholeManagementApi(tx: Tx, clientId: string): Promise<void> {
  const api = await tx
    .selectFrom('resource_servers')
    .select('id')
    .where('system_name', '=', 'management')
    .executeTakeFirstOrThrow()
  const scope = MANAGEMENT_SCOPES.map(({ value }) => value)
  await grantApi(tx, clientId, { resourceServerId: api.id, scope })
}
