/**
 * TABLE: the kinds of events, by Auth0's type code. `description` is what a log entry says when the recorder
 * has nothing better; `refused` marks what was tried and did not happen.
 */
export const EVENT_TYPES = {
  sapi: { description: 'Success API Operation', refused: false },
  fapi: { description: 'Failed API Operation', refused: true },
  mgmt_api_read: { description: 'Management API read Operation', refused: false },
  ss: { description: 'Success Signup', refused: false },
  sdu: { description: 'Success User Deletion', refused: false },
  sce: { description: 'Success Change Email', refused: false },
  scp: { description: 'Success Change Password', refused: false },
  scu: { description: 'Success Change Username', refused: false },
  scpn: { description: 'Success Change Phone Number', refused: false },
  seccft: { description: 'Client Credentials for Access Token', refused: false },
  feccft: { description: 'Failed Exchange of Client Credentials for Access Token', refused: true },
  api_limit: { description: 'Rate Limit on the Authentication or Management APIs', refused: true },
} as const satisfies Record<string, { description: string; refused: boolean }>

/** A type code of the table. */
export type EventType = keyof typeof EVENT_TYPES
