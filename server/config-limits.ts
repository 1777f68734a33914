/** The settings that say how much and for how long: requests of a caller, entries of the log, accounts that are given up. */

/** TABLE: the settings themselves, as part of the table of all. */
export const LIMIT_SETTINGS = {
  RATE_LIMIT_CLIENT: {
    kind: 'bucket',
    default: '1000/500',
    meaning: 'Requests of one application: so many at once, and so many more each second.',
  },
  RATE_LIMIT_USER: {
    kind: 'bucket',
    default: '1000/500',
    meaning: 'The same for one person with a token of his own, whichever application he uses.',
  },
  RATE_LIMIT_ADDRESS: {
    kind: 'bucket',
    default: '1000/500',
    meaning: 'The same for one address (IPv6: its /64), of each kind of page and endpoint without a token.',
  },
  LOG_RETENTION_DAYS: { kind: 'count', default: '30', meaning: 'For how many days the log keeps an entry.' },
  ADMINISTRATIVE_LOG_RETENTION_DAYS: {
    kind: 'count',
    default: '400',
    meaning: 'The same for what was done or refused through the Management API; never less than the other.',
  },
  ACCOUNT_DELETION: {
    kind: 'on-off',
    default: '`on`',
    meaning:
      'Whether people can have their own accounts deleted in `/account`. Accounts that an organization manages never.',
  },
  ACCOUNT_DELETION_DAYS: {
    kind: 'count',
    default: '14',
    meaning: 'For how many days they can change their mind before the account is erased.',
  },
} as const

/** How many requests a caller may make at once, and how many more come to him every second. */
export type Bucket = { size: number; perSecond: number }

/** For how many days the log keeps entries, and those of administrators. */
export type LogRetention = { days: number; administrativeDays: number }

/** Whether people can have their accounts deleted, and how long they can change their mind. */
export type AccountDeletionRules = { isOffered: boolean; days: number }

/** What the settings say of them. */
export type Limits = {
  accountDeletion: AccountDeletionRules
  rateLimitBuckets: { client: Bucket; user: Bucket; address: Bucket }
  logRetention: LogRetention
}

type Name = keyof typeof LIMIT_SETTINGS

/** Reads them; the values are right already. */
export function readLimits(value: (name: Name) => string | undefined): Limits {
  const days = Number(value('LOG_RETENTION_DAYS') ?? 30)
  return {
    accountDeletion: {
      isOffered: value('ACCOUNT_DELETION') !== 'off',
      days: Number(value('ACCOUNT_DELETION_DAYS') ?? 14),
    },
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
