/**
 * The demo tenant: what a first start on this machine alone shows. It comes by itself only into an empty built-in
 * database on loopback, so that nobody finds made-up people among his own; a database remembers that it is one.
 */
import type { Secrets } from '../base/secrets.ts'
import { StartError } from '../base/start-error.ts'
import type { Config } from '../config.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { ensureDemoApplications } from './applications.ts'
import { DEMO_CLIENT_ID, ensureDemoBackend, fillDemo } from './fill.ts'
import { issuePersonaLinks, type Persona } from './personas.ts'
import { DEMO_NEEDS, mayShowDemo } from './where.ts'

/**
 * A demo that is on, with the links of this start. The backend's secret is missing where somebody has given it another
 * way to authenticate.
 */
export type Demo = { client: { id: string; secret: string } | undefined; personas: Persona[] }

/**
 * Says whether this server shows the demo, fills the tenant the first time, and makes the links of this start; those of
 * an earlier one end.
 *
 * @returns undefined when it is off
 * @throws StartError when it is asked for and the database already holds something else
 */
export async function openDemo(db: Db, secrets: Secrets, config: Config): Promise<Demo | undefined> {
  return await transact(db, async (tx) => {
    const settings = await tx.selectFrom('tenant_settings').select('demo').forUpdate().executeTakeFirstOrThrow()
    const holdsDemo = settings.demo === true || (await fillIfWanted(tx, secrets, config, settings.demo))
    if (settings.demo !== holdsDemo) await tx.updateTable('tenant_settings').set({ demo: holdsDemo }).execute()
    if (!holdsDemo || config.demo === false || !mayShowDemo(config)) return undefined
    await ensureDemoBackend(tx, secrets)
    await ensureDemoApplications(tx, config)
    return { client: await readBackend(tx, secrets), personas: await issuePersonaLinks(tx, config.publicUrl) }
  })
}

/** @param decided false once a start has left this database without the demo, null before the first one */
async function fillIfWanted(tx: Tx, secrets: Secrets, config: Config, decided: boolean | null): Promise<boolean> {
  const isWanted = config.demo ?? (decided === null && mayShowDemo(config))
  if (!isWanted) return false
  if (await tx.selectFrom('users').select('user_id').limit(1).executeTakeFirst()) {
    if (config.demo !== true) return false
    throw new StartError(
      `${DEMO_NEEDS}, and the one in ${config.dataDir} already has users. Give the demo a folder of its own, for example: ` +
        'DEMO=on DATA_DIR=./demo npm start',
    )
  }
  await fillDemo(tx, secrets, config)
  return true
}

async function readBackend(tx: Tx, secrets: Secrets): Promise<Demo['client']> {
  const stored = await tx
    .selectFrom('clients')
    .select('secret_encrypted')
    .where('client_id', '=', DEMO_CLIENT_ID)
    .executeTakeFirst()
  if (!stored?.secret_encrypted) return undefined
  return { id: DEMO_CLIENT_ID, secret: secrets.decrypt('client_secret', DEMO_CLIENT_ID, stored.secret_encrypted) }
}
