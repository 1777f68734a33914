/**
 * Grants: what a person allowed an application that is not first-party, an API at a time; the scopes of OpenID Connect
 * stand under the audience of `/userinfo`. Taking one away ends what came from it (`withdraw.ts`), and the application
 * has to ask again.
 */
import { Type } from 'typebox'

/** A grant on the wire. */
export const UserGrant = Type.Object({
  id: Type.String(),
  clientID: Type.String(),
  user_id: Type.String(),
  audience: Type.String(),
  scope: Type.Array(Type.String()),
})
