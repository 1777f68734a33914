/**
 * The bare server that ours is measured against: `node:http`, `pg`, prepared statements, best indexes, and nothing
 * else. It asks nobody who he is, checks no body and records nothing. A process of its own, started by `servers.ts`
 * with the database's address.
 */
import { createHmac, generateKeyPairSync, randomBytes, sign, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { hashRaw } from '@node-rs/argon2'
import pg from 'pg'
import { ARGON2, CLIENT_SECRET_KEY } from './raw-client.ts'

const READ = { name: 'read', text: 'select * from raw.users where user_id = $1' }
const UPDATE = {
  name: 'update',
  text: `update raw.users set user_metadata = user_metadata || $2::jsonb, updated_at = now()
    where user_id = $1 returning *`,
}
const LIST = {
  name: 'list',
  text: `select u.*, (select value from raw.counters where name = 'users') as total from raw.users u
    order by created_at, user_id limit $1`,
}
// TABLE: what `q` can say here, and how it is best found.
const SEARCHES = [
  {
    form: /^app_metadata\.external_id:"(.*)"$/,
    name: 'metadata',
    where: `app_metadata @> jsonb_build_object('external_id', $1::text)`,
  },
  { form: /^email:([^*]+)\*$/, name: 'prefix', where: `email >= $1 and email < $1 || chr(1114111)` },
  { form: /^email:\*(.+)\*$/, name: 'infix', where: `email like '%' || $1 || '%'` },
].map(({ form, name, where }) => ({
  form,
  // One statement for page and total, and no index of the order in the planner's sight.
  text: `with hits as materialized (select user_id, created_at from raw.users where ${where})
    select u.*, (select count(*) from hits) as total
    from (select * from hits order by created_at, user_id limit $2) h join raw.users u using (user_id) order by u.created_at, u.user_id`,
  name,
}))
const CLIENT = { name: 'client', text: 'select secret_digest, audience, scope from raw.clients where client_id = $1' }
const PREFIX = '/api/v2/users'
const LIFETIME_SECONDS = 86_400

const { DATABASE_URL: connectionString = '' } = process.env
const pool = new pg.Pool({ connectionString, max: 10, idleTimeoutMillis: 0 })
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const signAsync = promisify(sign)
const nonce = randomBytes(16)

const server = createServer((request, response) => {
  answer(request).then(
    (body) => {
      const text = JSON.stringify(body)
      const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }
      response.writeHead(body === undefined ? 404 : 200, headers).end(text)
    },
    (error: Error) => {
      response.writeHead(500, { 'content-length': Buffer.byteLength(error.message) }).end(error.message)
    },
  )
})
server.keepAliveTimeout = 72_000
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
// Whoever measures has ended.
process.on('disconnect', () => process.exit())

async function answer(request: IncomingMessage): Promise<unknown> {
  const { method, url = '' } = request
  if (url === '/oauth/token') return await answerToken(JSON.parse(await bodyOf(request)))
  if (url.startsWith(`${PREFIX}?`)) return await listUsers(url)
  const userId = decodeURIComponent(url.slice(PREFIX.length + 1))
  if (method === 'GET') return (await pool.query({ ...READ, values: [userId] })).rows[0]
  const { user_metadata } = JSON.parse(await bodyOf(request))
  return (await pool.query({ ...UPDATE, values: [userId, JSON.stringify(user_metadata)] })).rows[0]
}

async function listUsers(url: string): Promise<unknown> {
  const query = new URLSearchParams(url.slice(PREFIX.length + 1))
  const limit = Number(query.get('per_page'))
  const { rows } = await pool.query(listStatement(query.get('q'), limit))
  const users = rows.map(({ total: _, ...user }) => user)
  return { start: 0, limit, length: users.length, users, total: Number(rows[0]?.total ?? 0) }
}

function listStatement(q: string | null, limit: number): pg.QueryConfig {
  if (q === null) return { ...LIST, values: [limit] }
  for (const { form, name, text } of SEARCHES) {
    const [, value] = form.exec(q) ?? []
    // Not prepared: a plan made for any text scans the table.
    if (value !== undefined)
      return name === 'infix' ? { text, values: [value, limit] } : { name, text, values: [value, limit] }
  }
  throw new Error(`No such search: ${q}`)
}

type TokenRequest = { client_id: string; client_secret: string; password?: string }

async function answerToken(asked: TokenRequest): Promise<unknown> {
  return asked.password === undefined ? await issueToken(asked) : await hashOnly(asked.password)
}

/** All that a sign-in cannot do without; who it is and what he gets is left out. */
async function hashOnly(password: string): Promise<unknown> {
  const tag = await hashRaw(password, { ...ARGON2, salt: nonce })
  return { access_token: tag.toString('base64url'), id_token: 'none.none.none' }
}

async function issueToken({ client_id, client_secret }: TokenRequest): Promise<unknown> {
  const { rows } = await pool.query({ ...CLIENT, values: [client_id] })
  const [client] = rows
  const digest = createHmac('sha256', CLIENT_SECRET_KEY).update(client_secret).digest()
  if (!client || !timingSafeEqual(digest, client.secret_digest)) return undefined
  const issuedAt = Math.floor(Date.now() / 1_000)
  const claims = {
    iss: 'http://localhost/',
    sub: `${client_id}@clients`,
    aud: client.audience,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
    scope: client.scope,
    azp: client_id,
    gty: 'client-credentials',
  }
  const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'raw' })}.${encode(claims)}`
  const signature = await signAsync('RSA-SHA256', Buffer.from(text), privateKey)
  return {
    access_token: `${text}.${signature.toString('base64url')}`,
    scope: client.scope,
    expires_in: LIFETIME_SECONDS,
    token_type: 'Bearer',
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  request.setEncoding('utf8')
  for await (const part of request) text += part
  return text
}
