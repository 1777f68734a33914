/** Where a person signs in who came to a page without having asked an application for it. */

import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import { BUILT_IN_CLIENTS, isBuiltInClient } from './built-in.ts'
import type { StoredClient } from './client.ts'
import { findClient } from './store.ts'

const ACCOUNT = BUILT_IN_CLIENTS['tenantry-account'].path

/**
 * The address at which the application begins a sign-in, with the issuer as OpenID Connect Core §4 has it; of none and of
 * our own, the profile portal's. Undefined where the application names none.
 */
export async function signInAddressOf(
  db: Db,
  config: Config,
  clientId: string | undefined,
): Promise<string | undefined> {
  const isOurs = clientId === undefined || isBuiltInClient(clientId)
  return signInAddressAt(config, clientId, isOurs ? undefined : await findClient(db, clientId))
}

/** The same where the application was read already. @param client undefined where there is none of this id */
export function signInAddressAt(
  { publicUrl, issuer }: Config,
  clientId: string | undefined,
  client: StoredClient | undefined,
): string | undefined {
  if (clientId === undefined || isBuiltInClient(clientId)) return `${publicUrl}${ACCOUNT}`
  const begins = client?.settings.initiate_login_uri
  // With placeholders it is a pattern, not an address.
  if (typeof begins !== 'string' || /[{*]/.test(begins) || !URL.canParse(begins)) return undefined
  const address = new URL(begins)
  if (!/^https?:$/.test(address.protocol)) return undefined
  address.searchParams.set('iss', issuer)
  return address.href
}
