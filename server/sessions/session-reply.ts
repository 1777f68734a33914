/** Sessions as the Management API shows them. */
import { type Static, Type } from 'typebox'
import type { JsonObject } from '../db/tables.ts'
import { Device, type DeviceColumns, deviceWire } from '../http/device.ts'
import { FlatMetadata } from '../http/metadata.ts'

const moment = Type.String({ format: 'date-time' })

/** A session on the wire. */
export const SessionReply = Type.Object({
  id: Type.String(),
  user_id: Type.String(),
  created_at: moment,
  updated_at: moment,
  authenticated_at: moment,
  idle_expires_at: moment,
  expires_at: moment,
  last_interacted_at: moment,
  device: Device,
  clients: Type.Array(Type.Object({ client_id: Type.String() })),
  authentication: Type.Object({ methods: Type.Array(Type.Object({ name: Type.String(), timestamp: moment })) }),
  cookie: Type.Object({ mode: Type.Enum(['persistent', 'non-persistent']) }),
  session_metadata: Type.Optional(FlatMetadata),
})

/** A stored session of somebody. */
export type SessionRow = DeviceColumns & {
  session_id: string
  user_id: string
  created_at: Date
  updated_at: Date
  authenticated_at: Date | null
  idle_expires_at: Date
  expires_at: Date
  session_metadata: JsonObject | null
  payload: JsonObject
}

/** TABLE: how Auth0 names the ways in which somebody proves who he is, by our `amr`. */
const METHODS: Readonly<Record<string, string>> = { pwd: 'pwd', mail: 'email' }

/** The wire form. */
export function sessionWire(row: SessionRow): Static<typeof SessionReply> {
  const timestamp = (row.authenticated_at ?? row.created_at).toISOString()
  // oidc-provider writes both of them so.
  const { authorizations = {}, amr = [] } = row.payload as { authorizations?: JsonObject; amr?: string[] }
  return {
    id: row.session_id,
    user_id: row.user_id,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    authenticated_at: timestamp,
    idle_expires_at: row.idle_expires_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    last_interacted_at: row.updated_at.toISOString(),
    device: deviceWire(row),
    clients: Object.keys(authorizations).map((client_id) => ({ client_id })),
    authentication: { methods: amr.map((name) => ({ name: METHODS[name] ?? name, timestamp })) },
    cookie: { mode: 'persistent' },
    // The schema of the route lets nothing else in.
    ...(row.session_metadata === null ? {} : { session_metadata: row.session_metadata as Record<string, string> }),
  }
}
