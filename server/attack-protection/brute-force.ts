/**
 * Attack protection: what keeps passwords from being guessed. An account that was tried in vain too often from one
 * address is closed to that address until thirty days have passed since the last try, its holder opens it again by
 * mail or chooses a new password, or an administrator lifts the block. After very many vain tries from everywhere it
 * goes on slowly (`SLOW`). Tries are counted in `tries.ts` and blocks listed and lifted in `store.ts`, one count for
 * every door; who is let try is decided in `admit.ts`. A block by an administrator (`users.blocked`) is another thing,
 * and neither lifts the other.
 */
import { type Static, Type } from 'typebox'

const Address = Type.String({ maxLength: 50, description: 'Address or network (CIDR)' })

/** The settings, by Auth0's names. */
export const BruteForceSettings = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean({ description: 'Whether tries are counted' })),
    shields: Type.Optional(
      Type.Array(Type.Enum(['block', 'user_notification']), {
        uniqueItems: true,
        description: 'Whether an account is closed, and whether its holder is told of that by mail',
      }),
    ),
    mode: Type.Optional(
      Type.Enum(['count_per_identifier_and_ip', 'count_per_identifier'], {
        description: 'Whether tries from several addresses count apart or together',
      }),
    ),
    allowlist: Type.Optional(
      Type.Array(Address, { maxItems: 100, uniqueItems: true, description: 'From where tries are not counted' }),
    ),
    max_attempts: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Vain tries after which an account is closed' }),
    ),
  },
  { additionalProperties: false },
)

/** What was said of the settings. */
export type SaidBruteForce = Static<typeof BruteForceSettings>

/** The settings, defaults included. */
export type BruteForce = Required<SaidBruteForce>

const DEFAULTS: BruteForce = {
  enabled: true,
  shields: ['block', 'user_notification'],
  mode: 'count_per_identifier_and_ip',
  allowlist: [],
  max_attempts: 10,
}

/** Adds Auth0's defaults to what was said. */
export function withBruteForceDefaults(said: SaidBruteForce): BruteForce {
  return { ...DEFAULTS, ...said }
}

/** Whether anybody is ever turned away. Without the shield `block` there is nothing to tell by mail either. */
export function isProtecting({ enabled, shields }: BruteForce): boolean {
  return enabled && shields.includes('block')
}

/** A block is over after so long without a try, and older tries count no more. */
export const BLOCK_SECONDS = 30 * 86_400

/**
 * TABLE: when an account goes slowly. After so many vain tries within a day, from whatever addresses, those from which
 * its holder has not signed in before have one try in so many seconds between them. Never less: a hard lock would be a
 * weapon against him.
 */
export const SLOW = { afterFailures: 100, withinSeconds: 86_400, everySeconds: 60 } as const

/**
 * TABLE: the mails that tell of blocks. Within so many seconds one address causes one to a person, and all addresses
 * together so many: whoever has a thousand of them could fill a mailbox otherwise.
 */
export const NOTICES = { withinSeconds: 3_600, mostOfAll: 5 } as const
