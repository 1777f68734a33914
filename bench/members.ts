/**
 * What the administrator of a customer waits for who has as many people as the tenant, against one who has a hundred: the
 * same requests in turn, one at a time, at the same server on the same database.
 */
import { Agent, get } from 'node:http'
import { openLog } from '../server/base/log.ts'
import { openSecrets } from '../server/base/secrets.ts'
import { readConfig } from '../server/config.ts'
import { openDatabase } from '../server/db/database.ts'
import { signAccessToken } from '../server/oidc/access-token.ts'
import { openServer } from '../server/open-server.ts'
import { withClient } from './database.ts'
import { FEW, LARGE, loadMembers, SMALL } from './load-members.ts'
import type { OurServer } from './servers.ts'
import { median, ratio } from './statistics.ts'

/** How long one form took in either organization. */
export type MembersResult = {
  title: string
  largeMs: number | undefined
  smallMs: number | undefined
  /** Large by small; less is better. */
  ratio: number | undefined
}

/** Somebody who asks, and of whom there is to ask. */
type Caller = { token: string; organizationId: string; members: number; number: number }
type Form = { title: string; path: (caller: Caller) => string; isRight: (answer: never) => boolean }

const users = (query: string) => `/api/v2/users?per_page=50&${query}`
const search = (q: string, more = '') => users(`q=${encodeURIComponent(q)}${more}`)
const TOTAL = '&include_totals=true'
type Page = { users: unknown[]; total: number }

// TABLE: what is asked. Each finds as many in both organizations.
const FORMS: readonly Form[] = [
  { title: 'list', path: () => users('page=0'), isRight: (found: unknown[]) => found.length === 50 },
  {
    title: 'list with total',
    path: () => users('page=0&include_totals=true'),
    isRight: ({ users: found, total }: Page) => found.length === 50 && total >= 100,
  },
  { title: 'list by last sign-in', path: () => users('sort=last_login:-1'), isRight: hasFound(50) },
  { title: 'prefix', path: ({ number }) => search(`email:user${number}@*`), isRight: hasFound(1) },
  { title: 'prefix with total', path: ({ number }) => search(`email:user${number}@*`, TOTAL), isRight: hasCounted(1) },
  { title: 'infix', path: ({ number }) => search(`email:*ser${number}@comp*`), isRight: hasFound(1) },
  {
    title: 'infix with total',
    path: ({ number }) => search(`email:*ser${number}@comp*`, TOTAL),
    isRight: hasCounted(1),
  },
  { title: 'role', path: () => search('roles:Auditor'), isRight: hasFound(FEW) },
  { title: 'role with total', path: () => search('roles:Auditor', TOTAL), isRight: hasCounted(FEW) },
  { title: 'blocked', path: () => search('blocked:true'), isRight: hasFound(FEW) },
  { title: 'blocked with total', path: () => search('blocked:true', TOTAL), isRight: hasCounted(FEW) },
  {
    title: 'members of the organization',
    path: ({ organizationId }) => `/api/v2/organizations/${organizationId}/members?include_totals=true&per_page=50`,
    isRight: ({ members }: { members: unknown[] }) => members.length === 50,
  },
]

function hasFound(count: number) {
  return (found: unknown[]) => found.length === count
}

function hasCounted(count: number) {
  return ({ users: found, total }: Page) => found.length === count && total === count
}

/** Measures it. @param turns requests of each form in each organization */
export async function measureMembers(
  ours: OurServer,
  database: { url: string; key: Buffer; users: number },
  turns: number,
): Promise<MembersResult[]> {
  await loadMembers(database.url, database.users)
  const large = await callerOf(ours, database, LARGE)
  const small = await callerOf(ours, database, SMALL)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const results: MembersResult[] = []
  for (const form of FORMS) {
    const taken = { large: [] as number[], small: [] as number[] }
    for (let turn = -5; turn < turns; turn += 1) {
      const both = [await timeOf(agent, ours.port, form, large), await timeOf(agent, ours.port, form, small)] as const
      if (turn < 0) continue
      taken.large.push(both[0])
      taken.small.push(both[1])
    }
    const [largeMs, smallMs] = [median(taken.large), median(taken.small)]
    results.push({ title: form.title, largeMs, smallMs, ratio: ratio(largeMs, smallMs) })
  }
  agent.destroy()
  return results
}

async function timeOf(agent: Agent, port: number, { title, path, isRight }: Form, caller: Caller): Promise<number> {
  const began = performance.now()
  const text = await new Promise<string>((resolve, reject) => {
    const headers = { authorization: `Bearer ${caller.token}` }
    get({ agent, port, host: '127.0.0.1', path: path(caller), headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => (body += part))
      response.on('end', () => resolve(body)).on('error', reject)
    }).on('error', reject)
  })
  const took = performance.now() - began
  // Each form reads what it has asked for itself.
  if (!isRight(JSON.parse(text) as never)) throw new Error(`${title}, ${caller.organizationId}: ${text.slice(0, 500)}`)
  return took
}

/** A token of the organization's administrator, as the portal for administrators gets it. */
async function callerOf(
  { port }: OurServer,
  { url, key, users: count }: { url: string; key: Buffer; users: number },
  organizationId: string,
): Promise<Caller> {
  const config = readConfig({
    PORT: String(port),
    TLS: 'off',
    DATABASE_URL: url,
    ENCRYPTION_KEY: key.toString('base64'),
  })
  const database = openDatabase({
    connectionString: url,
    maxConnections: 2,
    preparedStatements: true,
    onError: () => {},
  })
  const server = openServer({
    config,
    secrets: openSecrets(key),
    log: openLog(config.logLevel, { write: () => {} }),
    isDemo: false,
    database,
  })
  const [found] = await withClient(url, async (client) => {
    const { rows } = await client.query(CALLER_SQL, [organizationId])
    return rows
  })
  const token = await signAccessToken(
    { kid: found.kid, privateKey: await server.keys.privateKey(found.kid) },
    {
      issuer: config.issuer,
      subject: found.user_id,
      audience: config.managementAudience,
      clientId: found.client_id,
      clientGeneration: found.client_generation,
      scope: found.scopes.join(' '),
      lifetimeSeconds: 86_400,
      userGeneration: found.user_generation,
      organizationId,
      membershipGeneration: found.membership_generation,
      organizationGeneration: found.organization_generation,
    },
  )
  await database.close()
  const isLarge = organizationId === LARGE
  // Of the small one the last, of the large one somebody in the middle.
  const number = isLarge ? Math.floor(count / 2) : 1 + ((100 + 100) % count)
  return { token, organizationId, members: isLarge ? count : 100, number }
}

const CALLER_SQL = `
  select m.user_id, u.token_generation as user_generation, m.token_generation as membership_generation,
    o.token_generation as organization_generation, c.client_id, c.token_generation as client_generation,
    (select kid from signing_keys where state = 'current') as kid,
    array(select distinct p.permission from role_permissions p join resource_servers a on a.id = p.resource_server_id
      where p.role_id = r.id and a.system_name = 'management') as scopes
  from memberships m join users u using (user_id) join organizations o on o.id = m.organization_id
    join membership_roles mr on mr.organization_id = m.organization_id and mr.user_id = m.user_id
    join roles r on r.id = mr.role_id and r.name = 'Administrator', clients c
  where m.organization_id = $1 and c.client_id = 'tenantry-admin'`
