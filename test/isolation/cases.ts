/**
 * TABLE: what the walk over every route sends. A path parameter is of a kind; a route with a body has one that its
 * schema lets through, made of ids. A route that a token of an organization may call and that stands in neither fails.
 */
import type { Ids, Kind } from './two-organizations.ts'

/** The kind of a path parameter; of `:id` by the first part of the path. */
export const PARAMETERS: Readonly<Record<string, Kind>> = {
  '/organizations/:id': 'organization',
  '/users/:id': 'user',
  '/user-blocks/:id': 'user',
  '/roles/:id': 'role',
  '/logs/:id': 'log',
  '/sessions/:id': 'session',
  '/jobs/:id': 'job',
  '/terms/:id': 'terms',
  ':version': 'version',
  ':client_id': 'client',
  ':user_id': 'user',
  ':invitation_id': 'invitation',
  ':role_id': 'role',
  ':connectionId': 'connection',
  ':connection_id': 'connection',
  ':discovery_domain': 'domainName',
  ':discovery_domain_id': 'domain',
}

/** Bodies by method and path. Those that name ids name foreign ones here; the walk compares them with ids that never were. */
export const BODIES: Readonly<Record<string, (ids: Ids) => Record<string, unknown>>> = {
  'POST /users': () => ({ connection: 'beta-people', email: 'somebody@example.com' }),
  'POST /jobs/users-exports': ({ connection }) => ({ connection_id: connection }),
  // The fields of a form, which comes with a file.
  'POST /jobs/users-imports': ({ connection }) => ({ connection_id: connection }),
  'PUT /users/:id/application-access/:client_id': () => ({ closed: true }),
  'PATCH /users/:id': () => ({ given_name: 'Eve' }),
  'POST /users/:id/emails': () => ({ kind: 'password_reset' }),
  'PATCH /organizations/:id': () => ({ display_name: 'Eve' }),
  'DELETE /organizations/:id/members': ({ user }) => ({ members: [user] }),
  'POST /organizations/:id/members/:user_id/roles': ({ role }) => ({ roles: [role] }),
  'DELETE /organizations/:id/members/:user_id/roles': ({ role }) => ({ roles: [role] }),
  'POST /organizations/:id/invitations': ({ role }) => ({
    inviter: { name: 'Eve' },
    invitee: { email: 'eve@example.com' },
    client_id: 'tenantry-account',
    roles: [role],
  }),
  'PATCH /organizations/:id/members/:user_id': () => ({ blocked_reason: 'none', blocked: true }),
  'POST /organizations/:id/members/bulk': ({ user }) => ({ action: 'block', members: [user] }),
  'POST /organizations/:id/invitations/batch': ({ role }) => ({
    inviter: { name: 'Eve' },
    client_id: 'tenantry-account',
    invitations: [{ email: 'eve@example.com', roles: [role] }],
  }),
  'POST /terms': ({ organization }) => ({ name: 'more', required: true, organization_id: organization }),
  'PATCH /terms/:id': () => ({ name: 'others' }),
  'POST /terms/:id/reminders': () => ({}),
  'POST /terms/:id/versions': () => ({ texts: { en: { title: 'Rules', body: 'Be kind.' } } }),
  'PATCH /organizations/:id/settings': ({ role }) => ({ default_role_ids: [role] }),
}

/** Queries without which a route answers nothing, by method and path. */
export const QUERIES: Readonly<Record<string, (ids: Ids) => string>> = {
  'GET /users-by-email': () => '?email=bea@example.com',
  'GET /organizations/:id/members/:user_id/effective-roles/sources/groups': ({ role }) => `?role_id=${role}`,
}
