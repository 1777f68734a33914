/** The settings that say how much and for how long: requests of a caller, and entries of the log. */

/** How many requests a caller may make at once, and how many more come to him every second. */
export type Bucket = { size: number; perSecond: number }

/** For how many days the log keeps entries, and those of administrators. */
export type LogRetention = { days: number; administrativeDays: number }

/** What the settings say of both. */
export type Limits = {
  rateLimitBuckets: { client: Bucket; user: Bucket; address: Bucket }
  logRetention: LogRetention
}

type Name = `RATE_LIMIT_${'CLIENT' | 'USER' | 'ADDRESS'}` | `${'ADMINISTRATIVE_' | ''}LOG_RETENTION_DAYS`

/** Reads them; the values are right already. */
export function readLimits(value: (name: Name) => string | undefined): Limits {
  const days = Number(value('LOG_RETENTION_DAYS') ?? 30)
  return {
    rateLimitBuckets: {
      client: readBucket(value('RATE_LIMIT_CLIENT')),
      user: readBucket(value('RATE_LIMIT_USER')),
      address: readBucket(value('RATE_LIMIT_ADDRESS')),
    },
    logRetention: {
      days,
      administrativeDays: Math.max(days, Number(value('ADMINISTRATIVE_LOG_RETENTION_DAYS') ?? 400)),
    },
  }
}

function readBucket(text = '1000/500'): Bucket {
  const [size = 0, perSecond = 0] = text.split('/').map(Number)
  return { size, perSecond }
}
