/** Where the demo may be: on a server for this machine alone, with a database of its own. */
import { StartError } from '../base/start-error.ts'
import type { Config } from '../config.ts'

/** How every refusal of DEMO=on begins. */
export const DEMO_NEEDS = 'DEMO=on needs a server on this machine alone, with an empty database of its own'

/** Whether the demo may be shown by a server with these settings. */
export function mayShowDemo({ databaseUrl, isLoopback }: Config): boolean {
  return databaseUrl === undefined && isLoopback
}

/** @throws StartError when the settings ask for a demo where none may be */
export function refuseImpossibleDemo(config: Config): void {
  if (!config.demo || mayShowDemo(config)) return
  const reason = config.databaseUrl === undefined ? `PUBLIC_URL is ${config.publicUrl}` : 'DATABASE_URL is set'
  throw new StartError(`${DEMO_NEEDS}, and ${reason}. Leave out one of the two.`)
}
