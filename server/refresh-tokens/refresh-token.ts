/**
 * Refresh tokens, as the Management API lists and ends them. One is a family: the token that a sign-in gave out, and
 * whatever it was exchanged for since. `oidc` makes and rotates them; whether a family still counts is said by what
 * `oidc_artifacts` holds for its grant, and nothing here could ever make one count again.
 */
import type { Selectable } from 'kysely'
import { type Static, Type } from 'typebox'
import type { RefreshTokensTable } from '../db/tables-access.ts'
import { Device, deviceWire } from '../http/device.ts'
import { FlatMetadata } from '../http/metadata.ts'

const text = Type.Optional(Type.String())
const moment = Type.Optional(Type.Union([Type.String({ format: 'date-time' }), Type.Null()]))

/** A refresh token on the wire; `fields` may leave keys out. */
export const RefreshTokenReply = Type.Object({
  id: text,
  user_id: text,
  created_at: moment,
  idle_expires_at: moment,
  expires_at: moment,
  device: Type.Optional(Device),
  client_id: text,
  session_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  rotating: Type.Optional(Type.Boolean()),
  resource_servers: Type.Optional(Type.Array(Type.Object({ audience: Type.String(), scopes: Type.String() }))),
  refresh_token_metadata: Type.Optional(FlatMetadata),
  last_exchanged_at: moment,
})

/** A stored refresh token. */
export type RefreshToken = Selectable<RefreshTokensTable>

/** The wire form. Times that do not come are null, as Auth0 has it. */
export function refreshTokenWire(token: RefreshToken): Static<typeof RefreshTokenReply> {
  return {
    id: token.id,
    user_id: token.user_id,
    created_at: token.created_at.toISOString(),
    idle_expires_at: token.idle_expires_at?.toISOString() ?? null,
    expires_at: token.absolute_expires_at?.toISOString() ?? null,
    device: deviceWire(token),
    client_id: token.client_id,
    session_id: token.session_id,
    rotating: token.rotating,
    resource_servers: token.resource_servers,
    // The schema of the route lets nothing else in.
    refresh_token_metadata: token.metadata as Record<string, string> | null,
    last_exchanged_at: token.last_exchanged_at?.toISOString() ?? null,
  }
}
