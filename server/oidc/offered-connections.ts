/** Through which database connections one may sign in, and in which of them one may make an account. */
import { ADMIN_CLIENT, isBuiltInClient } from '../clients/built-in.ts'
import { listOpenDatabases } from '../clients/open-databases.ts'
import type { Connection } from '../connections/connection.ts'
import type { Db } from '../db/database.ts'
import { listSignInConnections } from '../organizations/sign-in-store.ts'
import { isSignUpOpen } from '../sign-in/sign-up.ts'

/** Where somebody signs in. */
export type Place = { clientId: string; organizationId: string | undefined }

/** What is offered there. */
export type Offer = { connections: Connection[]; signUp: Connection[] }

/**
 * What is open to the application; in an organization what that one has enabled, in its place, and accounts are made there
 * only where it wants people to join by themselves. Our own portals are open to all, and nobody makes an account at the
 * administrators'.
 */
export async function offeredConnections(db: Db, { clientId, organizationId }: Place): Promise<Offer> {
  const within = organizationId === undefined ? undefined : await listSignInConnections(db, organizationId)
  if (!within || (isBuiltInClient(clientId) && within.length === 0)) {
    const connections = await listOpenDatabases(db, clientId)
    return { connections, signUp: clientId === ADMIN_CLIENT ? [] : connections.filter(isSignUpOpen) }
  }
  const all = new Map((await listOpenDatabases(db, undefined)).map((connection) => [connection.id, connection]))
  const connections = within.flatMap(({ connectionId }) => all.get(connectionId) ?? [])
  const joinable = new Set(within.flatMap(({ connectionId, isSignUpEnabled }) => (isSignUpEnabled ? connectionId : [])))
  const signUp = connections.filter((connection) => joinable.has(connection.id) && isSignUpOpen(connection))
  return { connections, signUp: clientId === ADMIN_CLIENT ? [] : signUp }
}
