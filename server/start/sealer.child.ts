/** A process of its own that seals the log, for the tests to kill. It takes its settings from its environment. */
import { openLog } from '../base/log.ts'
import { openSecrets } from '../base/secrets.ts'
import { readConfig } from '../config.ts'
import { openDatabase } from '../db/database.ts'
import { openEncryptionKey } from './encryption-key.ts'
import { startSealer } from './sealer.ts'

const config = readConfig()
const database = openDatabase({
  connectionString: config.databaseUrl ?? '',
  maxConnections: 2,
  preparedStatements: true,
  onError: () => {},
})
const secrets = openSecrets(await openEncryptionKey(config, true))
startSealer({ database, secrets, log: openLog('error') }, { first: 0, next: 10, thoroughSeconds: 0, afterFault: 10 })
// The sealer keeps no process alive by itself.
setInterval(() => {}, 60_000)
