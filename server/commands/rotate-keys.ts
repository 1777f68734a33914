/** `tenantry keys rotate`: as `POST /keys/signing/rotate` does it, for when nobody has a token. */
import { transact } from '../db/database.ts'
import { rotateSigningKeys } from '../keys/rotate.ts'
import { makeSigningKey } from '../keys/signing-key.ts'
import { recordEvent } from '../logs/record.ts'
import { withTenant } from './open-tenant.ts'
import type { Result } from './terminal.ts'

/** Does it. */
export async function rotateKeys(): Promise<Result> {
  return await withTenant(async ({ config, database, secrets }) => {
    const fresh = await makeSigningKey(new URL(config.publicUrl).hostname)
    const opened = await secrets()
    const { kid } = await transact(database.db, async (tx) => {
      const current = await rotateSigningKeys(tx, opened, fresh)
      await recordEvent(tx, {
        type: 'sapi',
        actor: { kind: 'system', name: 'keys rotate' },
        description: 'Rotate the signing keys on the command line',
        target: { kind: 'signing_key', id: current.kid },
      })
      return current
    })
    const words = `Tokens are signed with ${kid} from now on. The key before it still counts until you revoke it.`
    return { words, facts: { kid } }
  })
}
