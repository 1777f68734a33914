/** For tests of signing in to organizations: they, their connections, members and invitations as rows. */
import assert from 'node:assert/strict'
import { decodeJwt } from 'jose'
import { now } from '../base/clock.ts'
import { newId, randomAlphanumeric } from '../base/ids.ts'
import { hashToken } from '../base/secrets.ts'
import type { JsonObject } from '../db/tables.ts'
import { makeOrganization } from '../organizations/organizations.testing.ts'
import type { User } from '../users/user.ts'
import { fold } from '../users/user.ts'
import { ask, type SignInServer, SPA, signIn } from './sign-in.testing.ts'

/** An organization to be. */
export type NewOrganization = {
  displayName?: string
  branding?: JsonObject
  rules?: JsonObject
  /** Whether its connection makes members of whoever signs in, and lets people sign up. */
  assigns?: boolean
  signUp?: boolean
  /** Without any connection. */
  closed?: boolean
}

/** What an invitation says besides for whom it is. */
export type NewInvitation = {
  ttlSeconds?: number
  roleIds?: string[]
  connectionId?: string
  appMetadata?: JsonObject
  userMetadata?: JsonObject
  language?: string
}

/** Makes the helpers. */
export function organizations(test: SignInServer) {
  const { db, connection } = test

  return {
    /** Makes one, in which people sign in through the first connection. */
    async organization(name: string, more: NewOrganization = {}): Promise<string> {
      const id = await makeOrganization(db, name)
      const { displayName = null, branding, rules = {}, assigns = false, signUp = false } = more
      await db
        .updateTable('organizations')
        .set({
          display_name: displayName,
          branding: branding ? JSON.stringify(branding) : null,
          rules: JSON.stringify(rules),
        })
        .where('id', '=', id)
        .execute()
      if (more.closed) return id
      await db
        .insertInto('organization_connections')
        .values({
          organization_id: id,
          connection_id: connection.id,
          assign_membership_on_login: assigns,
          is_signup_enabled: signUp,
          created_at: now(),
        })
        .execute()
      return id
    },

    /** Changes how the application wants organizations. */
    async use(settings: JsonObject, clientId = SPA): Promise<void> {
      const { settings: before } = await db
        .selectFrom('clients')
        .select('settings')
        .where('client_id', '=', clientId)
        .executeTakeFirstOrThrow()
      const after = { ...before, ...settings }
      await db
        .updateTable('clients')
        .set({ settings: JSON.stringify(after) })
        .where('client_id', '=', clientId)
        .execute()
    },

    async membershipOf(organizationId: string, { user_id }: Pick<User, 'user_id'>) {
      return await db
        .selectFrom('memberships')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', user_id)
        .executeTakeFirst()
    },

    /** Shuts a member out, as the Management API does. */
    async shutOut(organizationId: string, { user_id }: User): Promise<void> {
      await db
        .updateTable('memberships')
        .set((eb) => ({ blocked_at: now(), token_generation: eb('token_generation', '+', 1) }))
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', user_id)
        .execute()
    },

    async removeMember(organizationId: string, { user_id }: User): Promise<void> {
      await db
        .deleteFrom('memberships')
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', user_id)
        .execute()
    },

    /** Makes an invitation, and answers its id and ticket. */
    async invite(organizationId: string, email: string, more: NewInvitation = {}) {
      const ticket = randomAlphanumeric(32)
      const id = newId('uinv')
      const { ttlSeconds = 3_600, roleIds = [], connectionId = null, language = null } = more
      await db
        .insertInto('organization_invitations')
        .values({
          id,
          organization_id: organizationId,
          client_id: SPA,
          connection_id: connectionId,
          inviter_name: 'Lucía Ferrer',
          email,
          email_folded: fold(email),
          role_ids: roleIds,
          app_metadata: more.appMetadata ? JSON.stringify(more.appMetadata) : null,
          user_metadata: more.userMetadata ? JSON.stringify(more.userMetadata) : null,
          language,
          ticket_hash: hashToken(ticket),
          ticket_encrypted: 'not needed here',
          created_at: now(),
          expires_at: new Date(now().getTime() + ttlSeconds * 1_000),
        })
        .execute()
      return { id, ticket }
    },

    /** Signs in with a browser of his own, and answers the tokens. */
    async tokensOf(user: User, change: Record<string, string | undefined>) {
      const browser = test.visitor()
      const asked = ask(change)
      const landed = await signIn(browser, asked, user.email)
      const { status, body } = await test.exchange(asked, landed)
      assert.equal(status, 200, JSON.stringify(body))
      return { ...body, browser, id: decodeJwt(body.id_token) } as Tokens
    },

    eventsOf: async (type: string) =>
      await db.selectFrom('events').selectAll().where('type', '=', type).orderBy('log_id').execute(),
  }
}

type Tokens = {
  access_token: string
  id_token: string
  refresh_token: string
  scope: string
  browser: ReturnType<SignInServer['visitor']>
  id: Record<string, unknown>
}
