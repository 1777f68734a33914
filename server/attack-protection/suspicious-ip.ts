/**
 * Suspicious-IP throttling: how many vain sign-ins, and how many sign-ups, one address may try, whatever the accounts. An
 * address (IPv6: its /64) has a bucket of tries for each stage; a new one comes in after so many milliseconds. With an
 * empty bucket it is blocked until the next one does, or until an administrator lifts the block.
 *
 * @see docs/decisions/0013-linked-identities-and-tries-by-address.md
 */
import { type Static, Type } from 'typebox'

const Address = Type.String({ maxLength: 50, description: 'Address or network (CIDR)' })
const closed = { additionalProperties: false } as const
const DAY_MS = 86_400_000

function stage(most: number, shortestMs: number) {
  return Type.Optional(
    Type.Object(
      {
        max_attempts: Type.Optional(
          Type.Integer({ minimum: 1, maximum: most, description: 'Tries in a row that an address has' }),
        ),
        rate: Type.Optional(
          Type.Integer({
            minimum: shortestMs,
            maximum: DAY_MS,
            description: 'Milliseconds after which it has another one',
          }),
        ),
      },
      closed,
    ),
  )
}

/** The settings, by Auth0's names. */
export const SuspiciousIpSettings = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean({ description: 'Whether tries are counted' })),
    shields: Type.Optional(
      Type.Array(Type.Enum(['block', 'admin_notification']), {
        uniqueItems: true,
        description: 'Whether an address is blocked, and whether the log tells of it where it is not',
      }),
    ),
    allowlist: Type.Optional(
      Type.Array(Address, { maxItems: 100, uniqueItems: true, description: 'From where tries are not counted' }),
    ),
    stage: Type.Optional(
      Type.Object(
        {
          'pre-login': stage(2_500, 34_560),
          'pre-user-registration': stage(72_000, 1_200),
          // Stored for deployment tools, which send back what they have read; there is no such exchange here.
          'pre-custom-token-exchange': stage(72_000, 1_200),
        },
        closed,
      ),
    ),
  },
  closed,
)

/** What was said of the settings. */
export type SaidSuspiciousIp = Static<typeof SuspiciousIpSettings>

/** How many tries, and how often another. */
export type Bucket = { max_attempts: number; rate: number }

/** The settings, defaults included. */
export type SuspiciousIp = Required<Omit<SaidSuspiciousIp, 'stage'>> & { stage: Record<StageName, Bucket> }

/** A stage at which tries are counted. */
export type StageName = keyof typeof DEFAULT_STAGES

const DEFAULT_STAGES = {
  'pre-login': { max_attempts: 100, rate: 864_000 },
  'pre-user-registration': { max_attempts: 50, rate: 1_200 },
  'pre-custom-token-exchange': { max_attempts: 10, rate: 600_000 },
} as const satisfies Record<string, Bucket>

/** Adds Auth0's defaults to what was said. */
export function withSuspiciousIpDefaults({ stage = {}, ...said }: SaidSuspiciousIp): SuspiciousIp {
  const stageOf = (name: StageName): Bucket => ({ ...DEFAULT_STAGES[name], ...stage[name] })
  return {
    enabled: true,
    shields: ['admin_notification', 'block'],
    allowlist: [],
    ...said,
    stage: {
      'pre-login': stageOf('pre-login'),
      'pre-user-registration': stageOf('pre-user-registration'),
      'pre-custom-token-exchange': stageOf('pre-custom-token-exchange'),
    },
  }
}

/** Puts what is said now over what was said before, of the stages one number by one. */
export function mergeSuspiciousIp(before: SaidSuspiciousIp, said: SaidSuspiciousIp): SaidSuspiciousIp {
  if (!said.stage) return { ...before, ...said }
  const stage = Object.fromEntries(
    // The schema lets no other names through.
    (Object.keys({ ...before.stage, ...said.stage }) as StageName[]).map((name) => [
      name,
      { ...before.stage?.[name], ...said.stage?.[name] },
    ]),
  )
  return { ...before, ...said, stage }
}

/** Whether anybody is ever turned away. */
export function isThrottling({ enabled, shields }: SuspiciousIp): boolean {
  return enabled && shields.includes('block')
}
