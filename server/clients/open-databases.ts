/** Which database connections people may sign in through, for an application. */
import type { Connection } from '../connections/connection.ts'
import { listDatabasesOfClient } from '../connections/enabled-clients.ts'
import type { Db } from '../db/database.ts'
import { isBuiltInClient } from './built-in.ts'

/** Those opened to the application, the oldest first; all of them for our own portals, and where none is named. */
export async function listOpenDatabases(db: Db, clientId: string | undefined): Promise<Connection[]> {
  const isOpenToAll = clientId === undefined || isBuiltInClient(clientId)
  return await listDatabasesOfClient(db, isOpenToAll ? undefined : clientId)
}
