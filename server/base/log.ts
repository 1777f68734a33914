/**
 * The server log: JSON lines on standard output, ids only. Fields are let through by name, so a token, an
 * address or a profile that somebody logs by mistake does not get there. The tenant's own log is `logs/`.
 */
import { type Logger, pino } from 'pino'
import { now } from './clock.ts'

const ALLOWED: ReadonlySet<string> = new Set([
  'requestId',
  'method',
  'route',
  'status',
  'milliseconds',
  'clientId',
  'kind',
  'code',
  'constraint',
  'at',
  'port',
  'version',
  'signal',
  'pid',
])

/** Opens the log. @param destination for tests: gets the lines instead of standard output */
export function openLog(level: string, destination?: { write: (line: string) => void }): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${now().toISOString()}"`,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) =>
        Object.fromEntries(Object.entries(fields).filter(([name]) => ALLOWED.has(name))),
    },
  }
  return destination ? pino(options, destination) : pino(options)
}
