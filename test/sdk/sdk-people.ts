/** Of each generation of the SDK: linking, tickets, attack protection. Lists and errors come as the package has them. */
import type { ManagementClient as Management4 } from 'auth0-4'
import type { ManagementClient as Management7 } from 'auth0-7'

/** An identity as it is named. */
export type NamedIdentity = { provider: 'auth0'; user_id: string }

/** A setting of the kind that the journey changes. */
export type Throttling = { enabled: boolean; allowlist: string[] }

/** The acts. */
export type PeopleActs = {
  link: (id: string, identity: NamedIdentity) => Promise<unknown>
  unlink: (id: string, identity: NamedIdentity) => Promise<unknown>
  verificationTicket: (body: { user_id: string; ttl_sec?: number; identity?: NamedIdentity }) => Promise<unknown>
  passwordTicket: (body: { user_id: string; result_url?: string; mark_email_as_verified?: boolean }) => Promise<unknown>
  verificationJob: (body: { user_id: string }) => Promise<unknown>
  blocksOf: (id: string) => Promise<unknown>
  blocksFor: (identifier: string) => Promise<unknown>
  unblock: (id: string) => Promise<unknown>
  unblockFor: (identifier: string) => Promise<unknown>
  isIpBlocked: (ip: string) => Promise<unknown>
  unblockIp: (ip: string) => Promise<unknown>
  throttling: () => Promise<unknown>
  changeThrottling: (body: Throttling) => Promise<unknown>
  breached: () => Promise<unknown>
  changeBreached: (body: { method: 'standard' }) => Promise<unknown>
  bruteForce: () => Promise<unknown>
}

/** `auth0` 4. */
export function people4(management: Management4): PeopleActs {
  const { users, tickets, jobs, userBlocks, anomaly, attackProtection } = management
  const data = async (answer: Promise<{ data: unknown }>) => (await answer).data
  return {
    link: (id, identity) => data(users.link({ id }, identity)),
    unlink: (id, identity) => data(users.unlink({ id, ...identity })),
    verificationTicket: (body) => data(tickets.verifyEmail(body)),
    passwordTicket: (body) => data(tickets.changePassword(body)),
    verificationJob: (body) => data(jobs.verifyEmail(body)),
    blocksOf: (id) => data(userBlocks.get({ id })),
    blocksFor: (identifier) => data(userBlocks.getAll({ identifier })),
    unblock: (id) => data(userBlocks.delete({ id })),
    unblockFor: (identifier) => data(userBlocks.deleteAll({ identifier })),
    isIpBlocked: (id) => data(anomaly.checkIfIpIsBlocked({ id })),
    unblockIp: (id) => data(anomaly.deleteBlockedIp({ id })),
    throttling: () => data(attackProtection.getSuspiciousIpThrottlingConfig()),
    changeThrottling: (body) => data(attackProtection.updateSuspiciousIpThrottlingConfig(body)),
    breached: () => data(attackProtection.getBreachedPasswordDetectionConfig()),
    changeBreached: (body) => data(attackProtection.updateBreachedPasswordDetectionConfig(body)),
    bruteForce: () => data(attackProtection.getBruteForceConfig()),
  }
}

/** `auth0` 6 and 7. */
export function people7(management: Management7): PeopleActs {
  const { users, tickets, jobs, userBlocks, anomaly, attackProtection } = management
  const { suspiciousIpThrottling, breachedPasswordDetection, bruteForceProtection } = attackProtection
  return {
    link: (id, identity) => users.identities.link(id, identity),
    unlink: (id, { provider, user_id }) => users.identities.delete(id, provider, user_id),
    verificationTicket: (body) => tickets.verifyEmail(body),
    passwordTicket: (body) => tickets.changePassword(body),
    verificationJob: (body) => jobs.verificationEmail.create(body),
    blocksOf: (id) => userBlocks.list(id),
    blocksFor: (identifier) => userBlocks.listByIdentifier({ identifier }),
    unblock: (id) => userBlocks.delete(id),
    unblockFor: (identifier) => userBlocks.deleteByIdentifier({ identifier }),
    isIpBlocked: (ip) => anomaly.blocks.checkIp(ip),
    unblockIp: (ip) => anomaly.blocks.unblockIp(ip),
    throttling: () => suspiciousIpThrottling.get(),
    changeThrottling: (body) => suspiciousIpThrottling.update(body),
    breached: () => breachedPasswordDetection.get(),
    changeBreached: (body) => breachedPasswordDetection.update(body),
    bruteForce: () => bruteForceProtection.get(),
  }
}
