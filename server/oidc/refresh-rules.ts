/** How long refresh tokens live, whether they rotate, and how long a used one still counts: the client's settings. */
import { nowSeconds, secondsFromNow } from '../base/clock.ts'
import type { StoredClient } from '../clients/client.ts'
import { clientOfRequest } from './client-metadata.ts'

type RefreshSettings = {
  rotation_type?: 'rotating' | 'non-rotating'
  leeway?: number
  token_lifetime?: number
  idle_token_lifetime?: number
  infinite_token_lifetime?: boolean
  infinite_idle_token_lifetime?: boolean
}

const ABSOLUTE_SECONDS = 31_557_600
const IDLE_SECONDS = 2_592_000
/** Stands for a lifetime without an end. */
const TEN_YEARS_SECONDS = 315_360_000

/** Whether each use gives a new refresh token and ends the old one. */
export function rotates(client: StoredClient | undefined): boolean {
  return settingsOf(client).rotation_type === 'rotating'
}

/** Seconds for which a used refresh token still counts. */
export async function leewaySecondsOf(clientId: string): Promise<number> {
  return settingsOf(await clientOfRequest(clientId)).leeway ?? 0
}

/** When a refresh token ends by not being used, and whatever happens; null where it does not end by that. */
export function refreshEnds(
  client: StoredClient | undefined,
  firstIssuedAt: number,
): { idle: Date | null; absolute: Date | null } {
  const settings = settingsOf(client)
  const { idle_token_lifetime: idle = IDLE_SECONDS, token_lifetime: absolute = ABSOLUTE_SECONDS } = settings
  return {
    idle: settings.infinite_idle_token_lifetime ? null : secondsFromNow(idle),
    absolute: settings.infinite_token_lifetime ? null : secondsFromNow(firstIssuedAt + absolute - nowSeconds()),
  }
}

/**
 * Seconds until a refresh token ends unless it is used. @param firstIssuedAt of the first of its family, in seconds:
 * the absolute lifetime is not extended by rotation
 */
export function refreshLifetimeSeconds(client: StoredClient | undefined, firstIssuedAt: number): number {
  const settings = settingsOf(client)
  const idle = settings.infinite_idle_token_lifetime
    ? TEN_YEARS_SECONDS
    : (settings.idle_token_lifetime ?? IDLE_SECONDS)
  const absolute = settings.infinite_token_lifetime ? TEN_YEARS_SECONDS : (settings.token_lifetime ?? ABSOLUTE_SECONDS)
  return Math.max(1, Math.min(idle, firstIssuedAt + absolute - nowSeconds()))
}

function settingsOf(client: StoredClient | undefined): RefreshSettings {
  // The schema of the routes has made sure of it.
  return (client?.settings.refresh_token ?? {}) as RefreshSettings
}
