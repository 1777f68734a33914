/** TABLE: what is measured. Both servers get the same requests, but for the token that only ours asks for. */
import { createHash } from 'node:crypto'

/** Who asks, and for what there is. */
export type Asker = {
  users: number
  /** Bearer token of the Management API; the bare server asks for none. */
  token: string | undefined
  client: { id: string; secret: string; audience: string }
  /** The application at which people sign in. */
  site: { id: string; secret: string }
}

/** A request, and whether an answer to it is the right one. */
export type Request = {
  method: string
  path: string
  body?: unknown
  /** The answer is plain text; `isRight` gets it as `text`. */
  isText?: true
  isRight: (answer: Record<string, unknown>) => boolean
}

/** One kind of request. */
export type Case = {
  name: 'read' | 'list' | 'metadata' | 'prefix' | 'infix' | 'token' | 'update' | 'sign-in'
  title: string
  /** The throughput aimed at, as a part of the bare server's, by connections. */
  aims: Readonly<Record<number, number>>
  /** Makes a request. @param turn a number that was not there before */
  make: (asker: Asker, turn: number) => Request
}

const PAGE = 50

/** Everybody's password. */
export const PASSWORD = 'slow ferry past Vinga'

// What writes comes last, so that the rows it leaves behind burden nobody else.
export const CASES: readonly Case[] = [
  {
    name: 'read',
    title: 'GET user',
    aims: { 16: 1, 64: 2 },
    make: ({ users }) => {
      const userId = someUserId(users)
      return { method: 'GET', path: pathOf(userId), isRight: (user) => user.user_id === userId }
    },
  },
  {
    name: 'list',
    title: `list of ${PAGE} with total`,
    aims: {},
    make: ({ users }) => ({
      method: 'GET',
      path: `/api/v2/users?per_page=${PAGE}&page=0&include_totals=true`,
      isRight: (page) => Array.isArray(page.users) && page.users.length === PAGE && page.total === users,
    }),
  },
  search('metadata', 'search by a value in metadata', (users) => {
    const n = String(1 + Math.floor(Math.random() * users))
    return `app_metadata.external_id:"${createHash('md5').update(`external${n}`).digest('hex')}"`
  }),
  // The share of the users whom these find is the same at every size.
  search('prefix', 'search by prefix', (users) => `email:user${someOf(users, 1_000)}*`),
  search('infix', 'search by infix', () => `email:*company${100 + Math.floor(Math.random() * 400)}*`),
  {
    name: 'token',
    title: 'client_credentials',
    aims: { 16: 0.8, 64: 0.8 },
    make: ({ client }) => ({
      method: 'POST',
      path: '/oauth/token',
      body: {
        grant_type: 'client_credentials',
        client_id: client.id,
        client_secret: client.secret,
        audience: client.audience,
      },
      isRight: (answer) => String(answer.access_token).split('.').length === 3 && answer.token_type === 'Bearer',
    }),
  },
  {
    name: 'update',
    title: 'PATCH user_metadata',
    aims: { 16: 0.7, 64: 0.7 },
    make: ({ users }, turn) => {
      const userId = someUserId(users)
      return {
        method: 'PATCH',
        path: pathOf(userId),
        body: { user_metadata: { turn } },
        isRight: ({ user_id, user_metadata }) =>
          user_id === userId && JSON.stringify(user_metadata).includes(`"turn":${turn}`),
      }
    },
  },
  {
    name: 'sign-in',
    title: 'sign-in by password',
    aims: { 16: 0.95, 64: 0.95 },
    make: ({ users, site }) => ({
      method: 'POST',
      path: '/oauth/token',
      body: {
        grant_type: 'http://auth0.com/oauth/grant-type/password-realm',
        realm: 'Username-Password-Authentication',
        client_id: site.id,
        client_secret: site.secret,
        username: emailOf(someNumber(users)),
        password: PASSWORD,
        scope: 'openid profile email',
      },
      isRight: ({ access_token, id_token }) => Boolean(access_token) && String(id_token).split('.').length === 3,
    }),
  },
]

/** The address of the n-th user, counted from 1. `load-users.ts` says it in SQL. */
export function emailOf(n: number): string {
  return `user${n}@company${n % 500}.example.com`
}

/** The case of this name. */
export function caseOf(name: Case['name']): Case {
  const found = CASES.find((one) => one.name === name)
  if (!found) throw new Error(`There is no case ${name}.`)
  return found
}

/** A search, which both servers answer with a page and the total of all hits. */
function search(name: Case['name'], title: string, queryOf: (users: number) => string): Case {
  return {
    name,
    title,
    aims: {},
    make: ({ users }) => ({
      method: 'GET',
      path: `/api/v2/users?per_page=${PAGE}&page=0&include_totals=true&q=${encodeURIComponent(queryOf(users))}`,
      isRight: (page) =>
        Array.isArray(page.users) &&
        Number(page.total) >= 1 &&
        page.users.length === Math.min(PAGE, Number(page.total)),
    }),
  }
}

/** The beginning of a number, such that one number in so many begins so. */
function someOf(users: number, oneIn: number): number {
  const beginnings = Math.max(10, oneIn / 10)
  return beginnings + Math.floor(Math.random() * Math.min(9 * beginnings, Math.max(1, users - beginnings)))
}

/** The id of the n-th user, counted from 1: spread over the index, as real ids are. `load-users.ts` says it in SQL. */
export function userIdOf(n: number): string {
  const known = userIds[n]
  if (known !== undefined) return known
  const userId = `auth0|${createHash('md5').update(String(n)).digest('hex').slice(0, 24)}`
  userIds[n] = userId
  return userId
}

// Made once, so that the hashing does not burden the machine during a measurement.
const userIds: string[] = []

function someUserId(users: number): string {
  return userIdOf(someNumber(users))
}

function someNumber(users: number): number {
  return 1 + Math.floor(Math.random() * users)
}

function pathOf(userId: string): string {
  return `/api/v2/users/${encodeURIComponent(userId)}`
}
