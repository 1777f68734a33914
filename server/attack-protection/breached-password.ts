/** Breached-password detection: whether a password is in a list of those that were made public elsewhere, and what then. */
import { type Static, Type } from 'typebox'
import type { Db } from '../db/database.ts'
import type { Server } from '../http/server.ts'
import { breachedListOf } from './breached-list.ts'
import { readSaid, type Said } from './settings.ts'

const closed = { additionalProperties: false } as const
const Stage = Type.Optional(
  Type.Object(
    {
      shields: Type.Optional(
        Type.Array(Type.Enum(['block', 'admin_notification']), {
          uniqueItems: true,
          description: 'Whether the password is refused, and whether the log tells of it where it is not',
        }),
      ),
    },
    closed,
  ),
)

/** The settings, by Auth0's names. */
export const BreachedPasswordSettings = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean({ description: 'Whether passwords are looked up' })),
    shields: Type.Optional(
      Type.Array(Type.Enum(['block', 'user_notification', 'admin_notification']), {
        uniqueItems: true,
        description:
          'At a sign-in: whether it is refused, whether its holder is told by mail, and whether the log tells',
      }),
    ),
    admin_notification_frequency: Type.Optional(
      Type.Array(Type.Enum(['immediately', 'daily', 'weekly', 'monthly']), {
        uniqueItems: true,
        description: 'Kept for deployment tools; the log tells at once',
      }),
    ),
    method: Type.Optional(
      Type.Enum(['standard', 'enhanced'], { description: 'Kept for deployment tools; the list is the operator’s' }),
    ),
    stage: Type.Optional(Type.Object({ 'pre-user-registration': Stage, 'pre-change-password': Stage }, closed)),
  },
  closed,
)

/** What was said of the settings. */
export type SaidBreachedPassword = Static<typeof BreachedPasswordSettings>

type StageName = keyof NonNullable<SaidBreachedPassword['stage']>

/** The settings, defaults included. */
export type BreachedPassword = Required<SaidBreachedPassword>

const DEFAULTS: BreachedPassword = {
  enabled: false,
  shields: [],
  admin_notification_frequency: [],
  method: 'standard',
  stage: { 'pre-user-registration': { shields: [] }, 'pre-change-password': { shields: [] } },
}

/** Adds Auth0's defaults to what was said. */
export function withBreachedPasswordDefaults(said: SaidBreachedPassword): BreachedPassword {
  return { ...DEFAULTS, ...said, stage: { ...DEFAULTS.stage, ...said.stage } }
}

const PROTECTION = 'breached-password-detection'

/** Reads them, defaults included. */
async function readBreachedPassword(db: Db, said?: Said): Promise<BreachedPassword> {
  const stored = said ? said[PROTECTION] : await readSaid(db, PROTECTION)
  // The schema of the route has let it through.
  return withBreachedPasswordDefaults((stored ?? {}) as SaidBreachedPassword)
}

/** What becomes of a password that is in the list. */
export type Breach = { refuses: boolean; tellsHolder: boolean }

/**
 * Whether the password is in the list, and what then; undefined when it is not, or nothing is looked up at this stage.
 * @param said what was said of the settings, where it has been read already
 */
export async function findBreach(
  server: Server,
  stage: StageName | 'pre-login',
  password: string,
  said?: Said,
): Promise<Breach | undefined> {
  const settings = await readBreachedPassword(server.database.db, said)
  const shields: readonly string[] = stage === 'pre-login' ? settings.shields : (settings.stage[stage]?.shields ?? [])
  if (!settings.enabled || shields.length === 0 || !(await isBreached(server, password))) return undefined
  return { refuses: shields.includes('block'), tellsHolder: shields.includes('user_notification') }
}

/** Auth0: counts as breached, so that an application can be tried out. */
const TEST_PREFIX = 'AUTH0-TEST-'

async function isBreached(server: Server, password: string): Promise<boolean> {
  if (password.startsWith(TEST_PREFIX)) return true
  return (await breachedListOf(server)?.has(password)) === true
}
