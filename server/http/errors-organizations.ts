/** TABLE: what callers are told about organizations, their members and their invitations. */
import type { ErrorRow } from './error-table.ts'

export const ORGANIZATION_ERRORS = {
  inexistent_organization: { status: 404, text: 'No organization found by that id or name' },
  organization_exists: {
    status: 409,
    text: 'An organization with this name already exists.',
    errorCode: 'organization_conflict',
  },
  inexistent_member: { status: 404, text: 'The user is not a member of the organization.' },
  // Auth0 answers 400 where a body names somebody who is not there.
  unknown_users: {
    status: 400,
    text: 'At least one of these users does not exist: {users}. Nothing was changed.',
    errorCode: 'inexistent_user',
  },
  inexistent_organization_connection: { status: 404, text: 'No connection found by that id' },
  organization_connection_exists: {
    status: 409,
    text: 'The connection is enabled for the organization already.',
    errorCode: 'organization_connection_conflict',
  },
  inexistent_invitation: {
    status: 404,
    text: 'The invitation does not exist.',
    errorCode: 'inexistent_invitation',
  },
  invitation_limit: {
    status: 429,
    text: 'The organization has sent its {limit} invitations of 24 hours. Nothing was changed. Go on when Retry-After says, or ask the operator for more (invitations_per_day).',
    errorCode: 'invitation_limit',
  },
  inexistent_discovery_domain: { status: 404, text: 'No organization domain found by that id' },
  discovery_domain_exists: {
    status: 409,
    text: 'The domain {domain} belongs to an organization already.',
    errorCode: 'organization_discovery_domain_conflict',
  },
  organization_client_grant_exists: {
    status: 409,
    text: 'The client grant is associated with the organization already.',
    errorCode: 'organization_client_grant_conflict',
  },
  inexistent_organization_client: { status: 404, text: 'The application is not associated with the organization.' },

  // Who may do what to whom
  own_membership: {
    status: 403,
    text: 'You cannot change your own roles, block yourself or leave here. Nothing was changed. Ask another administrator.',
    errorCode: 'operation_not_supported',
  },
  managed_account: {
    status: 403,
    text: 'The organization manages this account, so its holder cannot leave it. Nothing was changed. Ask an administrator of the organization.',
    errorCode: 'operation_not_supported',
  },
  leaves_no_administrator: {
    status: 403,
    text: 'You are the last person who can give roles in the organization. Nothing was changed. Give somebody else the right first.',
    errorCode: 'operation_not_supported',
  },
  last_administrator: {
    status: 403,
    text: 'This is the last person who can give roles in the organization. Nothing was changed. Give somebody else the right first.',
    errorCode: 'operation_not_supported',
  },
  member_above: {
    status: 403,
    text: 'This person has rights that you do not have. Nothing was changed. Ask somebody who has them.',
    errorCode: 'operation_not_supported',
  },
  own_account: {
    status: 403,
    text: "The account is the person's own, so only the membership can be changed. Nothing was changed. Ask the person.",
    errorCode: 'operation_not_supported',
  },
  people_are_invited: {
    status: 403,
    text: 'People of this connection are invited, so that nothing is told of accounts that exist. Nothing was changed. Send an invitation.',
    errorCode: 'operation_not_supported',
  },
  address_elsewhere: {
    status: 403,
    text: 'Other organizations use this connection too. There an administrator gives addresses of a verified domain of the own organization alone, so that nothing is told of accounts that exist. Nothing was changed. Invite the person under the other address.',
    errorCode: 'address_elsewhere',
  },
  identifier_elsewhere: {
    status: 403,
    text: 'Other organizations use this connection too. There no administrator gives a {what}, so that nothing is told of accounts that exist. Nothing was changed. Ask an operator.',
    errorCode: 'address_elsewhere',
  },
  role_not_open: {
    status: 403,
    text: 'The role {role} is not open to administrators of organizations. Nothing was changed.',
    errorCode: 'operation_not_supported',
  },
  operator_only: {
    status: 403,
    text: 'Only an operator can change {what}. Nothing was changed.',
    errorCode: 'operation_not_supported',
  },
} as const satisfies Record<string, ErrorRow>
