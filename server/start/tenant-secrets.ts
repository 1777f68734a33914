/** The secrets of a tenant that is there already. */
import { openSecrets, type Secrets } from '../base/secrets.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import { checkProbe } from '../setup.ts'
import { openEncryptionKey } from './encryption-key.ts'

/** Opens them; no key is made. @throws StartError when the key is missing or another one */
export async function openTenantSecrets(db: Db, config: Config): Promise<Secrets> {
  const secrets = openSecrets(await openEncryptionKey(config, true))
  const settings = await db.selectFrom('tenant_settings').select('key_probe').executeTakeFirst()
  if (settings) checkProbe(secrets, settings.key_probe)
  return secrets
}
