/**
 * Sessions: where a person is signed in, one a browser, whichever applications share it. `oidc` makes and prolongs
 * them; this folder lists and ends them. A session is alive while it has been idle for less than its idle time, has
 * not reached its end, and nothing has ended the person's tokens since the sign-in (a block, a new password).
 * `session_id` is its name; the cookie that proves it is stored as its hash alone and never leaves.
 */
import { userAgentFamilies } from '../logs/user-agent.ts'

/** A live session as it is read. */
export type Session = {
  sessionId: string
  createdAt: Date
  authenticatedAt: Date
  lastInteractedAt: Date
  expiresAt: Date
  ip: string | undefined
  userAgent: string | undefined
  /** The applications that share it, those still there. */
  clients: { client_id: string; name: string }[]
}

/** A session as its owner sees it. Without a known browser or system there is no word for it. */
export type OwnSession = {
  id: string
  current: boolean
  created_at: string
  authenticated_at: string
  last_interacted_at: string
  expires_at: string
  browser?: string
  system?: string
  ip?: string
  clients: { client_id: string; name: string }[]
}

/** The wire form. @param currentSessionId the session from which is asked, if it is known */
export function ownSessionOf(session: Session, currentSessionId: string | undefined): OwnSession {
  return {
    id: session.sessionId,
    current: session.sessionId === currentSessionId,
    created_at: session.createdAt.toISOString(),
    authenticated_at: session.authenticatedAt.toISOString(),
    last_interacted_at: session.lastInteractedAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    ...(session.userAgent === undefined ? {} : userAgentFamilies(session.userAgent)),
    ...(session.ip === undefined ? {} : { ip: session.ip }),
    clients: session.clients,
  }
}
