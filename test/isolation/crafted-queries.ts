/** TABLE and generator: what an administrator of an organization could ask to learn about people of another. Seeded: the same each time. */

/** The same numbers in each run, so that a failure can be repeated. */
export function randomOf(seed: number) {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return {
    chance: (part: number) => next() < part,
    number: (below: number) => Math.floor(next() * below),
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T,
  }
}

/** A source of numbers. */
export type Random = ReturnType<typeof randomOf>

/** What is known of the foreigner who is asked for, and of the own people among whom he must not turn up. */
export type Known = { ids: readonly string[]; roles: readonly string[]; checkpoints: readonly string[] }

const USER_FIELDS = [
  ...['user_id', 'email', 'email.domain', 'name', 'given_name', 'family_name', 'nickname', 'username', 'phone_number'],
  ...['blocked', 'email_verified', 'created_at', 'last_login', 'last_ip', 'logins_count', 'roles'],
  ...['membership.managed', 'membership.ends_at', 'membership.attributes.department', 'membership.attributes.title'],
  ...['user_metadata.locale', 'user_metadata.zoneinfo'],
]
// Of these nothing is to be found out.
const HIDDEN_FIELDS = [
  ...[
    'organization_id',
    'updated_at',
    'app_metadata.plan',
    'user_metadata.diary',
    'identities.connection',
    'identities',
  ],
  ...['identities.user_id', 'identities.profileData.email', 'multifactor', 'managing_organization_id', 'password'],
  ...['membership', 'membership.organization_id', 'membership.attributes', 'u.user_id', 'constructor', '__proto__'],
]
const LOG_FIELDS = [
  ...['type', 'user_id', 'user_name', 'description', 'ip', 'user_agent', 'client_id', 'client_name', 'organization_id'],
  ...['connection', 'connection_id', 'strategy', 'audience', 'scope', 'date', 'log_id'],
]
const VALUES = [
  ...[
    'mia',
    'moe',
    'max',
    'shared',
    'bea',
    'Foreign*',
    '*oreig*',
    '*@beta-only.example',
    'beta-only.example',
    '*',
    'a*',
  ],
  ...[
    'true',
    'false',
    '0',
    '1',
    '7',
    '42',
    '-1',
    '1e3',
    '99999999999',
    '"Foreign Person"',
    '"x y"',
    'deck',
    'de',
    'fr',
  ],
  ...[
    '2025-01-01',
    '2026-05-05T10:00:00.000Z',
    '10.1.1.1',
    '203.0.113.9',
    'Auditor',
    'Administrator',
    'sapi',
    's',
    'fp',
  ],
  ...[
    "'",
    "' or 1=1 --",
    '"; select 1; --',
    '%',
    '_',
    '\\\\',
    '日本語',
    'émile',
    '😀',
    'ｍｉａ',
    'ﬁn',
    'ß',
    '\\u0000',
    '$1',
  ],
  ...['Username-Password-Authentication', 'beta-people', 'null', 'undefined', 'NaN', '(a OR b)', '("x" AND y)', '/.*/'],
]
const ENDS = ['0', '7', '2025-01-01', '2030-01-01', 'a', 'zzz', 'Foreign', '*', '"m"', '😀', '10.0.0.0']
const JOINTS = [' AND ', ' OR ', ' ', ' NOT ', ' && ', ' || ', ' AND NOT ', ' OR NOT ', ' -', ' +']
const NOISE = [
  '(',
  ')',
  '"',
  '[',
  ']',
  '{',
  '}',
  ':',
  '^2',
  '~1',
  '\\',
  '*',
  '?',
  ' TO ',
  'NOT ',
  '!',
  ';',
  '--',
  '/*',
  '%00',
  '\t',
]

/** A query in the syntax of the search, right or nearly so. */
export function craftedQuery(random: Random, known: Known, fields: 'users' | 'logs', depth = 3): string {
  if (depth > 0 && random.chance(0.5)) {
    const [left, right] = [0, 1].map(() => craftedQuery(random, known, fields, depth - 1))
    const joined = `${left}${random.pick(JOINTS)}${right}`
    return random.pick([joined, `(${joined})`, `NOT (${joined})`, `-(${joined})`, `(${left}) OR (${joined})`])
  }
  const names = fields === 'users' ? USER_FIELDS : LOG_FIELDS
  const field = random.chance(0.07) ? random.pick(HIDDEN_FIELDS) : random.pick(names)
  const value = random.chance(0.2) ? JSON.stringify(random.pick([...known.ids, ...known.roles])) : random.pick(VALUES)
  const term = random.pick([
    `${field}:${value}`,
    `${field}:${value}`,
    `${field}:${value}^${random.number(9)}`,
    `${field}:(${value} OR ${random.pick(VALUES)})`,
    `${field}:${random.pick(['[', '{'])}${random.pick(ENDS)} TO ${random.pick(ENDS)}${random.pick([']', '}'])}`,
    `_exists_:${field}`,
    `${field}:>${random.pick(ENDS)}`,
    value,
  ])
  if (!random.chance(0.06)) return term
  const at = random.number(term.length + 1)
  return `${term.slice(0, at)}${random.pick(NOISE)}${term.slice(at)}`
}

const SORTS = [
  ...['name:1', 'name:-1', 'email:1', 'created_at:-1', 'last_login:1', 'logins_count:-1', 'user_id:1', 'last_ip:1'],
  ...['updated_at:1', 'blocked:1', 'app_metadata.plan:1', 'roles:1', 'name', 'name:2', 'u.name:1', 'name:1;', '1:1'],
]
const LOG_SORTS = [
  'date:1',
  'date:-1',
  'user_id:1',
  'type:-1',
  'ip:1',
  'organization_id:1',
  'organization_name:1',
  'x:1',
]
const SHOWN = [
  'user_id',
  'user_id,email,membership',
  'name,app_metadata',
  'identities',
  'membership',
  'log_id,type',
  '',
]
const PAGES = ['0', '1', '2', '7', '999', '100000', '-1', 'x', '9007199254740993']

/** A whole query string: `q`, order, page, checkpoint, fields, totals. */
export function craftedParameters(random: Random, known: Known, fields: 'users' | 'logs'): string {
  const parameters = new URLSearchParams()
  if (random.chance(0.9)) parameters.set('q', craftedQuery(random, known, fields).toWellFormed())
  const isCheckpoint = random.chance(0.15)
  if (isCheckpoint) parameters.set('take', random.pick(['1', '3', '100', '0']))
  if (isCheckpoint && random.chance(0.8)) parameters.set('from', random.pick(known.checkpoints))
  if (random.chance(isCheckpoint ? 0.1 : 0.4))
    parameters.set('sort', random.pick(fields === 'users' ? SORTS : LOG_SORTS))
  if (random.chance(0.3)) parameters.set('page', random.pick(PAGES))
  if (random.chance(0.3)) parameters.set('per_page', random.pick(['1', '2', '5', '100', '0', '101']))
  if (random.chance(0.7)) parameters.set('include_totals', 'true')
  if (random.chance(0.2)) parameters.set('fields', random.pick(SHOWN))
  if (random.chance(0.1)) parameters.set('include_fields', random.pick(['true', 'false', 'x']))
  if (random.chance(0.1)) parameters.set('search_engine', random.pick(['v3', 'v2']))
  return parameters.toString()
}
