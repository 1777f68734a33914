/**
 * The My Account API (`/me/v1`): a person looks after his own account with a token of his own, for the audience
 * `PUBLIC_URL/me/`. Scopes, error shape and headers are Auth0's; profile, password and sessions are resources of ours,
 * for Auth0 has none such there. Whose account it is says the token alone: no address names a user.
 */
import type { MyAccountScope } from '../authorization/my-account-scopes.ts'
import type { Call, Route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { findUser } from '../users/store.ts'
import type { User } from '../users/user.ts'

/** Where it lives. */
export const MY_ACCOUNT_PREFIX = '/me/v1'

/** A route of it. */
export type MyAccountRoute = Route<MyAccountScope>

/** The id of the person who calls. */
export function ownIdOf({ actor }: Pick<Call<undefined, undefined, undefined>, 'actor'>): string {
  if (actor.kind !== 'user') throw new Error('The gate has let somebody in who is no person.')
  return actor.userId
}

/** The person who calls. @throws ApiError invalid_token when he was deleted a moment ago */
export async function findOneself(
  call: Pick<Call<undefined, undefined, undefined>, 'actor' | 'server'>,
): Promise<User> {
  const user = await findUser(call.server.database.db, call.actor, ownIdOf(call))
  if (!user) throw new ApiError('invalid_token')
  return user
}
