/**
 * The names of the Management API. On loopback the server is reached by http and, because the Node SDKs
 * insist on it, by https as well; its audience is good under both addresses.
 */
import type { Config } from '../config.ts'

/** Every audience that stands for the Management API; the first is the one it is listed under. */
export function managementAudiences(config: Config): string[] {
  const audiences = [config.managementAudience]
  if (config.isLoopback && config.tlsPort !== undefined) {
    audiences.push(`https://${new URL(config.publicUrl).hostname}:${config.tlsPort}/api/v2/`)
  }
  return audiences
}

/** Whether the audience stands for the Management API. */
export function isManagementAudience(config: Config, audience: string): boolean {
  return managementAudiences(config).includes(audience)
}
